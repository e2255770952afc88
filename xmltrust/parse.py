"""Turn foreign bytes into XML elements, or refuse them."""

import re
from dataclasses import dataclass

from lxml import etree

from xmltrust.errors import XmlRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How big a document may be; each cap is checked before the document is handed out."""

    max_bytes: int = 512 * 1024
    """Octets, checked before anything is parsed."""
    max_depth: int = 64
    """Elements inside one another, at most 200."""
    max_elements: int = 20_000
    max_attributes: int = 20_000


DEFAULT_LIMITS = Limits()

_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
    collect_ids=False,
    encoding="utf-8",
)
_ENCODING = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MORE_ELEMENTS = etree.XPath("count(//*) > $most")
_MORE_ATTRIBUTES = etree.XPath("count(//@*) > $most")
_COMMENT_OR_INSTRUCTION = etree.XPath("boolean(//comment() | //processing-instruction())")
_DEEPER: dict[int, etree.XPath] = {}
_IDS = etree.XPath(
    # The length first: most attributes are told by it alone, in half the time.
    "//@*[string-length(local-name()) = 2]"
    "[local-name() = 'ID' or local-name() = 'Id' or local-name() = 'id']",
    smart_strings=False,
)


def parse(
    data: bytes, *, limits: Limits = DEFAULT_LIMITS, comments_allowed: bool = False
) -> etree._Element:
    """Give the root element of a document that is harmless to read.

    UTF-8 only; no DOCTYPE and hence no entities or defaulted attributes; within ``limits``; and
    no comments or processing instructions unless ``comments_allowed``, since a comment inside a
    value cuts it in two for a careless reader (VU#475445).

    Raises ``XmlRefused`` for all other bytes.
    """
    _check_bytes(data, limits)
    try:
        root = etree.fromstring(data, parser=_PARSER)
    except etree.XMLSyntaxError as error:
        raise XmlRefused(
            "xml/well-formed",
            expected="well-formed XML",
            found=f"an error in line {error.lineno}",
        ) from None
    except (etree.LxmlError, ValueError) as error:
        raise XmlRefused(
            "xml/well-formed", expected="well-formed XML", found=type(error).__name__
        ) from None
    _check_tree(root, data, limits, comments_allowed=comments_allowed)
    return root


def identifiers(root: etree._Element) -> list[str]:
    """Every value of an ``ID``, ``Id``, ``id`` or ``xml:id`` attribute, in any namespace."""
    found = _IDS(root.getroottree())
    return [str(value) for value in found] if isinstance(found, list) else []


def _check_bytes(data: bytes, limits: Limits) -> None:
    if not isinstance(data, bytes):
        raise XmlRefused("xml/bytes", expected="bytes", found=type(data).__name__)
    if len(data) > limits.max_bytes:
        raise XmlRefused(
            "xml/size", expected=f"at most {limits.max_bytes} octets", found=f"{len(data)} octets"
        )
    encoding = _ENCODING.match(data)
    if encoding is not None and encoding[1].lower() not in (b"utf-8", b"utf8"):
        raise XmlRefused("xml/encoding", expected="UTF-8", found="another declared encoding")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise XmlRefused(
            "xml/encoding", expected="UTF-8", found=f"other octets at {error.start}"
        ) from None
    # One octet is found forty times faster than two: most documents have no "!" at all.
    if b"!" in data and _DOCTYPE.search(data):
        raise XmlRefused("xml/doctype", expected="no DOCTYPE", found="a DOCTYPE")


def _check_tree(
    root: etree._Element, data: bytes, limits: Limits, *, comments_allowed: bool
) -> None:
    """Check what was parsed; a document whose octets cannot break a rule is not walked for it."""
    tree = root.getroottree()
    if tree.docinfo.internalDTD:
        raise XmlRefused("xml/doctype", expected="no DOCTYPE", found="a DOCTYPE")
    if tree.docinfo.xml_version != "1.0":
        raise XmlRefused("xml/version", expected="XML 1.0", found="another version")
    # Each element has a "<" of its own, each attribute a "=", each comment or CDATA a "<!".
    size = len(data)
    if (
        size > limits.max_elements
        and data.count(b"<") > limits.max_elements
        and _MORE_ELEMENTS(tree, most=limits.max_elements)
    ):
        raise XmlRefused("xml/elements", expected=f"at most {limits.max_elements}", found="more")
    if (
        size > limits.max_attributes
        and data.count(b"=") > limits.max_attributes
        and _MORE_ATTRIBUTES(tree, most=limits.max_attributes)
    ):
        raise XmlRefused(
            "xml/attributes", expected=f"at most {limits.max_attributes}", found="more"
        )
    # An element inside so many others has as many start and end tags around it.
    if data.count(b"<") > 2 * limits.max_depth and _deeper_than(limits.max_depth)(tree):
        raise XmlRefused(
            "xml/depth", expected=f"at most {limits.max_depth} levels", found="more levels"
        )
    suspicious = (b"!" in data and b"<!" in data) or (b"?" in data and data.find(b"<?", 1) > 0)
    if suspicious and not comments_allowed and _COMMENT_OR_INSTRUCTION(tree):
        raise XmlRefused(
            "xml/comment",
            expected="neither comments nor processing instructions",
            found="one of them",
        )


def _deeper_than(depth: int) -> etree.XPath:
    if depth not in _DEEPER:
        _DEEPER[depth] = etree.XPath("boolean(" + "/*" * (depth + 1) + ")")
    return _DEEPER[depth]
