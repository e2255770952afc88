"""Read SOAP messages of Domibus' WS plugin whose payloads are inline or attached (MTOM).

XOP: https://www.w3.org/TR/xop10/. An inline payload is lifted out before the parser sees it, for
the parser takes no text of more than ten million characters from a stranger.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from sdg_connector.as4 import MimeCaps, MimeReader
from sdg_connector.as4.message import SOAP
from xmltrust import Limits, XmlRefused, at_most_one, parse, text_of
from xmltrust.canonical import decode_base64

XOP_TYPE = "application/xop+xml"
_INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"
_LIMITS = Limits(max_bytes=64 * 1024**2, max_elements=50_000)
_MAX_OCTETS = 2 * 1024**3
_LONG = re.compile(rb"(?<=>)[A-Za-z0-9+/=\s]{1000000,}(?=<)")
_LIFTED = "lifted:"
"""No base64 holds a colon, so that nobody else writes this."""


@dataclass(frozen=True, slots=True)
class SoapMessage:
    """An envelope and the octets that stand outside it."""

    root: etree._Element
    lifted: tuple[bytes, ...] = field(default=(), repr=False)
    attached: dict[str, bytes] = field(default_factory=dict, repr=False)

    def octets(self, value: etree._Element) -> bytes:
        """The octets of an ``xs:base64Binary`` element; raises ``XmlRefused``."""
        include = at_most_one(value, _INCLUDE)
        if include is not None:
            href = str(include.get("href", ""))
            found = self.attached.get(unquote(href.removeprefix("cid:")))
            if found is None:
                raise XmlRefused("XOP 1.0 3.2", expected="an attachment", found="none")
            return found
        text = text_of(value)
        if text.startswith(_LIFTED):
            number = text.removeprefix(_LIFTED)
            if not number.isdecimal() or int(number) >= len(self.lifted):
                raise XmlRefused("domibus/payload", expected="base64", found="something else")
            text = self.lifted[int(number)].decode("ascii")
        return decode_base64(text, "domibus/payload")


def read_soap(content_type: str, chunks: Iterable[bytes]) -> SoapMessage:
    """The envelope in an HTTP body; raises ``XmlRefused`` or ``As4Refused`` for anything else."""
    attached: dict[str, bytes] = {}
    if content_type.lower().startswith("multipart/related"):
        caps = MimeCaps(max_octets=_MAX_OCTETS, max_root=_LIMITS.max_bytes)
        reader = MimeReader(content_type, caps=caps, root_type=XOP_TYPE)
        for chunk in chunks:
            reader.feed(chunk)
        message = reader.close()
        data = message.root
        for part in message.parts:
            part.content.seek(0)
            attached[part.content_id] = part.content.read()
    else:
        data = b"".join(chunks)
    lifted: list[bytes] = []

    def lift(found: re.Match[bytes]) -> bytes:
        lifted.append(found[0])
        return f"{_LIFTED}{len(lifted) - 1}".encode("ascii")

    root = parse(_LONG.sub(lift, data), limits=_LIMITS, comments_allowed=True)
    if root.tag != f"{{{SOAP}}}Envelope":
        raise XmlRefused("SOAP 1.2 5.1", expected="an envelope", found="another element")
    return SoapMessage(root, tuple(lifted), attached)
