"""Read SOAP messages of Domibus' WS plugin whose payloads are inline or attached (MTOM).

XOP: https://www.w3.org/TR/xop10/. A big payload goes to a file as it arrives, decoded, and a mark
stands in its place: the parser takes no text of ten million characters from a stranger, and a
gigabyte must not stand in memory.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import unquote

from lxml import etree

from sdg_connector.adapters.as4_endpoint import Spools
from sdg_connector.as4 import MimeCaps, MimeReader
from sdg_connector.as4.message import SOAP
from sdg_connector.content import IN_MEMORY, PIECE, Content, FileContent
from xmltrust import Limits, XmlRefused, at_most_one, parse, text_of
from xmltrust.canonical import decode_base64

XOP_TYPE = "application/xop+xml"
_INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"
_LIMITS = Limits(max_bytes=64 * 1024**2, max_elements=50_000)
_MAX_OCTETS = 2 * 1024**3
_LONG = 1_000_000
"""Characters of base64 from which on a text goes to a file."""
_SPACE = b" \t\r\n"
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]*")
LIFTED = "lifted:"
"""No base64 holds a colon, so that nobody else writes this."""


@dataclass(frozen=True, slots=True)
class SoapMessage:
    """An envelope and the contents that stand outside it."""

    root: etree._Element
    lifted: tuple[FileContent, ...] = field(default=(), repr=False)
    attached: dict[str, Content] = field(default_factory=dict, repr=False)

    def content(self, value: etree._Element) -> Content:
        """What an ``xs:base64Binary`` element stands for; raises ``XmlRefused``."""
        include = at_most_one(value, _INCLUDE)
        if include is not None:
            href = str(include.get("href", ""))
            found = self.attached.get(unquote(href.removeprefix("cid:")))
            if found is None:
                raise XmlRefused("XOP 1.0 3.2", expected="an attachment", found="none")
            return found
        text = text_of(value)
        if not text.startswith(LIFTED):
            return decode_base64(text, "domibus/payload")
        number = text.removeprefix(LIFTED)
        if not number.isdecimal() or int(number) >= len(self.lifted):
            raise _no_base64()
        return self.lifted[int(number)]


class SoapReader:
    """Reads one HTTP body as it arrives: ``feed`` it, then ``close``.

    Raises ``XmlRefused`` or ``As4Refused`` for what is no SOAP message of the plugin.
    """

    def __init__(self, content_type: str) -> None:
        """Take the HTTP Content-Type header."""
        self._spools = Spools()
        self._lifter = _Lifter(self._spools)
        self._mime: MimeReader | None = None
        if content_type.lower().startswith("multipart/related"):
            caps = MimeCaps(max_octets=_MAX_OCTETS, max_root=_LIMITS.max_bytes)
            self._mime = MimeReader(
                content_type, caps=caps, new_spool=self._spools, root_type=XOP_TYPE
            )

    def feed(self, chunk: bytes) -> None:
        """Take octets."""
        if self._mime is not None:
            self._mime.feed(chunk)
        else:
            self._lifter.feed(chunk)

    def close(self) -> SoapMessage:
        """The message, once all its octets were fed."""
        attached: dict[str, Content] = {}
        if self._mime is not None:
            message = self._mime.close()
            self._lifter.feed(message.root)
            for part in message.parts:
                content = FileContent(part.content, part.size, self._spools)
                small = part.size <= IN_MEMORY
                attached[part.content_id] = b"".join(content.chunks()) if small else content
        root = parse(bytes(self._lifter.kept), limits=_LIMITS, comments_allowed=True)
        if root.tag != f"{{{SOAP}}}Envelope":
            raise XmlRefused("SOAP 1.2 5.1", expected="an envelope", found="another element")
        return SoapMessage(root, tuple(self._lifter.lifted), attached)


def read_soap(content_type: str, chunks: Iterable[bytes]) -> SoapMessage:
    """The message in a whole HTTP body; raises ``XmlRefused`` or ``As4Refused``."""
    reader = SoapReader(content_type)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.close()


class _Lifter:
    """Takes long base64 texts out of an envelope as it arrives."""

    def __init__(self, spools: Spools) -> None:
        self.kept = bytearray()
        self.lifted: list[FileContent] = []
        self._spools = spools
        self._text = 0
        """Where the text behind the last ``>`` begins."""
        self._plain = False
        """Whether that text is known to be no base64."""
        self._decoder: _Decoder | None = None

    def feed(self, octets: bytes) -> None:
        for start in range(0, len(octets), PIECE):
            piece = octets[start : start + PIECE]
            if self._decoder is not None:
                piece = self._lift(self._decoder, piece)
            if piece:
                self._keep(piece)

    def _keep(self, piece: bytes) -> None:
        before = len(self.kept)
        self.kept += piece
        if before + len(piece) > _LIMITS.max_bytes:
            raise XmlRefused("xml/size", expected=f"at most {_LIMITS.max_bytes}", found="more")
        last = piece.rfind(b">")
        if last >= 0:
            self._text, self._plain = before + last + 1, False
        if self._plain or len(self.kept) - self._text < _LONG:
            return
        text = bytes(self.kept[self._text :])
        if not _BASE64.fullmatch(text):
            self._plain = True
            return
        self._decoder = _Decoder(self._spools())
        self._decoder.feed(text)
        self.kept[self._text :] = f"{LIFTED}{len(self.lifted)}".encode("ascii")

    def _lift(self, decoder: "_Decoder", piece: bytes) -> bytes:
        """Take what is base64; gives the rest."""
        found = _BASE64.match(piece)
        end = found.end() if found else 0
        decoder.feed(piece[:end])
        if end < len(piece):
            if piece[end : end + 1] != b"<":
                raise _no_base64()
            self.lifted.append(FileContent(decoder.file, decoder.close(), self._spools))
            self._decoder, self._text = None, len(self.kept)
        return piece[end:]


class _Decoder:
    """Decodes base64 as it arrives."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self._rest = b""
        self._size = 0
        self._ended = False

    def feed(self, text: bytes) -> None:
        text = self._rest + text.translate(None, _SPACE)
        whole = len(text) - len(text) % 4
        self._rest = text[whole:]
        if not whole:
            return
        if self._ended:
            raise _no_base64()
        self._ended = text[whole - 1 : whole] == b"="
        try:
            octets = base64.b64decode(text[:whole], validate=True)
        except binascii.Error:
            raise _no_base64() from None
        self._size += len(octets)
        self.file.write(octets)

    def close(self) -> int:
        """How many octets there are."""
        if self._rest:
            raise _no_base64()
        return self._size


def _no_base64() -> XmlRefused:
    return XmlRefused("domibus/payload", expected="base64", found="something else")
