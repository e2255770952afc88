"""The SOAP 1.2 envelope of AS4: one Messaging, one Security, an empty Body, at fixed places."""

from collections import Counter
from dataclasses import dataclass

from lxml import etree

from sdg_connector.as4.errors import As4Refused, EbmsError
from sdg_connector.as4.message import EB, SOAP, WSU
from sdg_connector.as4.tokens import SECURITY
from xmltrust import Limits, parse
from xmltrust.errors import XmlRefused
from xmltrust.select import Children

WSU_ID = f"{{{WSU}}}Id"
MUST_UNDERSTAND = f"{{{SOAP}}}mustUnderstand"
_ENVELOPE, _HEADER, _BODY = (f"{{{SOAP}}}{name}" for name in ("Envelope", "Header", "Body"))
_MESSAGING = f"{{{EB}}}Messaging"
_TRUE = frozenset({"true", "1"})
_IDENTIFIERS = etree.XPath(
    "descendant-or-self::*/@*[string-length(local-name()) = 2]"
    "[translate(local-name(), 'ID', 'id') = 'id']",
    smart_strings=False,
)
_LIMITS = Limits(max_bytes=512 * 1024, max_depth=32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An envelope by the places of its parts, whoever wrote it."""

    root: etree._Element
    messaging: etree._Element
    body: etree._Element
    security: etree._Element | None

    @property
    def header(self) -> etree._Element:
        """S12:Header."""
        return self.root[0]


def new_envelope(*, messaging_id: str, body_id: str) -> Envelope:
    """An unsigned envelope whose eb:Messaging is empty.

    Fill it where it stands: an element that moves into another document costs as much as it did.
    """
    root = etree.Element(_ENVELOPE, nsmap={"env": SOAP, "eb": EB, "wsu": WSU})
    header = etree.SubElement(root, _HEADER)
    messaging = etree.SubElement(header, _MESSAGING)
    messaging.set(MUST_UNDERSTAND, "true")
    messaging.set(WSU_ID, messaging_id)
    body = etree.SubElement(root, _BODY)
    body.set(WSU_ID, body_id)
    return Envelope(root=root, messaging=messaging, body=body, security=None)


def read_envelope(data: bytes, *, body_is_empty: bool = True) -> Envelope:
    """The envelope in ``data``; raises ``As4Refused`` (EBMS:0009).

    A signal's Body may hold a SOAP fault beside the ebMS error: then ``body_is_empty`` is false.
    """
    try:
        root = parse(data, limits=_LIMITS)
        envelope = _read(root)
    except XmlRefused as error:
        raise invalid(error.rule, error.expected, error.found) from error
    if body_is_empty and (len(envelope.body) or (envelope.body.text or "").strip()):
        raise invalid("eDelivery AS4 3.2.2", "an empty SOAP Body", "content in it")
    _check_ids(root)
    return envelope


def _read(root: etree._Element) -> Envelope:
    if root.tag != _ENVELOPE:
        raise invalid("eDelivery AS4 3.5", "a SOAP 1.2 envelope", "another element")
    if [child.tag for child in root] != [_HEADER, _BODY]:
        raise invalid("SOAP 1.2 5.1", "one Header, then one Body", "other children")
    header, body = root[0], root[1]
    blocks = Children(header)
    messaging = blocks.exactly_one(_MESSAGING)
    security = blocks.at_most_one(SECURITY)
    for block in header:
        if block not in (messaging, security) and block.get(MUST_UNDERSTAND) in _TRUE:
            raise invalid("SOAP 1.2 5.2.3", "headers that we understand", "another one")
    return Envelope(root=root, messaging=messaging, body=body, security=security)


def _check_ids(root: etree._Element) -> None:
    """Each identifier names one element, however the attribute is spelled."""
    values = _IDENTIFIERS(root)
    if isinstance(values, list) and len(set(values)) == len(values):
        return
    # A value stands there twice: only then is it asked whether on one element.
    names: Counter[str] = Counter()
    for element in root.iter():
        names.update({str(value) for key, value in element.attrib.items() if _is_id(str(key))})
    if any(count > 1 for count in names.values()):
        raise As4Refused(
            EbmsError.FAILED_AUTHENTICATION,
            "WSS 4.3",
            expected="each identifier once",
            found="one on two elements",
        )


def _is_id(name: str) -> bool:
    return name.rpartition("}")[2].lower() == "id"


def write_envelope(envelope: Envelope) -> bytes:
    """The octets to send."""
    return etree.tostring(envelope.root, xml_declaration=True, encoding="UTF-8")


def invalid(rule: str, expected: str, found: str) -> As4Refused:
    """EBMS:0009, the error of a header that breaks its schema."""
    return As4Refused(EbmsError.INVALID_HEADER, rule, expected=expected, found=found)
