"""multipart/related as AS4 uses it: written plainly, read strictly and as a stream.

RFC 2046 5.1, RFC 2387, SOAP with Attachments; eDelivery AS4 3.2.2.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from sdg_connector.as4.content_type import ContentType, read_content_type
from sdg_connector.as4.errors import As4Refused, EbmsError
from sdg_connector.content import pieces

SOAP_TYPE = "application/soap+xml"
SOAP_CONTENT_TYPE = "application/soap+xml; charset=UTF-8"
NewSpool = Callable[[], BinaryIO]
"""Makes an empty file for the octets of a part: memory, or a temporary file beyond some size."""

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,60}):[ \t]*([\x20-\x7e\t]*)")
_PLAIN_ENCODINGS = frozenset({"binary", "8bit", "7bit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MimeCaps:
    """How big a message may be before anything in it is believed."""

    max_octets: int = 2 * 1024**3 + 64 * 1024**2
    """Octets of the whole message."""
    max_root: int = 512 * 1024
    """Octets of the SOAP envelope."""
    max_parts: int = 100
    max_header: int = 8 * 1024
    """Octets of the headers of one part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MimePart:
    """One attachment as it lay on the wire."""

    content_id: str
    content_type: str
    content: BinaryIO = field(repr=False)
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MimeMessage:
    """A SOAP envelope and its attachments."""

    root: bytes = field(repr=False)
    parts: tuple[MimePart, ...] = ()


@dataclass(slots=True)
class _OpenPart:
    headers: dict[str, str]
    content: BinaryIO
    size: int = 0


def refused(expected: str, found: str) -> As4Refused:
    """EBMS:0007, the error of a message that cannot be unpacked."""
    return As4Refused(
        EbmsError.MIME_INCONSISTENCY, "eDelivery AS4 3.2.2", expected=expected, found=found
    )


def write_multipart(
    root: bytes, parts: Iterable[MimePart], *, boundary: str, root_id: str
) -> Iterator[bytes]:
    """The octets of the message, root part first."""
    yield _opening(boundary, SOAP_CONTENT_TYPE, root_id)[2:]
    yield root
    for part in parts:
        yield _opening(boundary, part.content_type, part.content_id)
        part.content.seek(0)
        yield from pieces(part.content)
    yield f"\r\n--{boundary}--\r\n".encode("ascii")


def multipart_size(root: bytes, parts: Iterable[MimePart], *, boundary: str, root_id: str) -> int:
    """How many octets ``write_multipart`` gives."""
    framed = len(_opening(boundary, SOAP_CONTENT_TYPE, root_id)) - 2 + len(root)
    for part in parts:
        framed += len(_opening(boundary, part.content_type, part.content_id)) + part.size
    return framed + len(boundary) + 8


def _opening(boundary: str, content_type: str, content_id: str) -> bytes:
    """What stands before a part, the line end behind the one before it included."""
    return (
        f"\r\n--{boundary}\r\nContent-Type: {content_type}\r\n"
        f"Content-Transfer-Encoding: binary\r\nContent-ID: <{content_id}>\r\n\r\n"
    ).encode("ascii")


def multipart_type(*, boundary: str, root_id: str) -> str:
    """The HTTP Content-Type of such a message."""
    return (
        f'multipart/related; type="{SOAP_TYPE}"; boundary="{boundary}"; '
        f'start="<{root_id}>"; start-info="{SOAP_TYPE}"'
    )


def read_mime(
    content_type: str,
    chunks: Iterable[bytes],
    *,
    caps: MimeCaps | None = None,
    new_spool: NewSpool = io.BytesIO,
) -> MimeMessage:
    """A whole message at once; raises ``As4Refused`` (EBMS:0007)."""
    reader = MimeReader(content_type, caps=caps, new_spool=new_spool)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.close()


class MimeReader:
    """Reads one message as its octets arrive: ``feed`` them, then ``close``.

    Accepts multipart/related and, for signals and messages without payload, a bare SOAP envelope.
    The root is the first part; a ``start`` parameter must say the same. Raises ``As4Refused``.
    """

    def __init__(
        self,
        content_type: str,
        *,
        caps: MimeCaps | None = None,
        new_spool: NewSpool = io.BytesIO,
        root_type: str = SOAP_TYPE,
    ) -> None:
        """Take the HTTP Content-Type header and what limits the message."""
        self._caps = caps or MimeCaps()
        self._new_spool = new_spool
        self._root_type = root_type
        self._type = read_content_type(content_type)
        self._delimiter = b""
        self._buffer = bytearray()
        self._total = 0
        self._parts: list[_OpenPart] = []
        self._state = self._in_bare_root
        if self._type.media_type == "multipart/related":
            self._delimiter = b"\r\n--" + _boundary(self._type)
            self._buffer += b"\r\n"
            self._state = self._before_first
        elif self._type.media_type != SOAP_TYPE:
            raise refused("multipart/related or application/soap+xml", "another content type")

    def feed(self, chunk: bytes) -> None:
        """Take the next octets."""
        self._total += len(chunk)
        if self._total > self._caps.max_octets:
            raise refused(f"at most {self._caps.max_octets} octets", "a bigger message")
        self._buffer += chunk
        while self._state():
            pass

    def close(self) -> MimeMessage:
        """The message, once all octets were fed."""
        if not self._delimiter:
            return MimeMessage(root=bytes(self._buffer))
        if self._state != self._after_last:
            raise refused("a closing boundary", "the end of the message")
        if bytes(self._buffer).strip(b"\r\n"):
            raise refused("nothing behind the closing boundary", "more octets")
        root, attachments = self._parts[0], self._parts[1:]
        self._check_root(root)
        root.content.seek(0)
        found = tuple(
            MimePart(
                content_id=_content_id(part.headers),
                content_type=part.headers.get("content-type", "application/octet-stream"),
                content=part.content,
                size=part.size,
            )
            for part in attachments
        )
        ids = [_content_id(root.headers, optional=True)] + [part.content_id for part in found]
        if len({one.lower() for one in ids}) != len(ids):
            raise refused("each Content-ID once", "one twice")
        return MimeMessage(root=root.content.read(), parts=found)

    def _check_root(self, root: _OpenPart) -> None:
        if read_content_type(root.headers.get("content-type", "")).media_type != self._root_type:
            raise refused(f"a first part of type {self._root_type}", "another type")
        start = self._type.parameters.get("start")
        if start is not None and start.strip("<> ") != _content_id(root.headers, optional=True):
            raise refused("the start parameter to name the first part", "another part")

    def _in_bare_root(self) -> bool:
        if len(self._buffer) > self._caps.max_root:
            raise refused(f"an envelope of at most {self._caps.max_root} octets", "a bigger one")
        return False

    def _before_first(self) -> bool:
        while self._buffer.startswith(b"\r\n\r\n"):
            del self._buffer[:2]
        if len(self._buffer) < len(self._delimiter):
            return False
        if not self._buffer.startswith(self._delimiter):
            raise refused("the boundary first", "other octets")
        return self._enter_delimiter()

    def _enter_delimiter(self) -> bool:
        del self._buffer[: len(self._delimiter)]
        self._state = self._behind_delimiter
        return True

    def _behind_delimiter(self) -> bool:
        if len(self._buffer) < 2:
            return False
        if self._buffer.startswith(b"--"):
            if not self._parts:
                raise refused("at least one part", "none")
            del self._buffer[:2]
            self._state = self._after_last
            return True
        if not self._buffer.startswith(b"\r\n"):
            raise refused("a line end behind the boundary", "other octets")
        if len(self._parts) > self._caps.max_parts:
            raise refused(f"at most {self._caps.max_parts} attachments", "more")
        self._state = self._in_headers
        return True

    def _in_headers(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or end > self._caps.max_header:
            if len(self._buffer) > self._caps.max_header:
                raise refused(f"headers of at most {self._caps.max_header} octets", "more")
            return False
        headers = _parse_headers(bytes(self._buffer[2:end]))
        del self._buffer[: end + 2]
        spool = self._new_spool() if self._parts else io.BytesIO()
        self._parts.append(_OpenPart(headers=headers, content=spool))
        del self._buffer[:2]
        self._state = self._in_content
        return True

    def _in_content(self) -> bool:
        end = self._buffer.find(self._delimiter)
        if end < 0:
            self._keep(max(0, len(self._buffer) - len(self._delimiter)))
            return False
        self._keep(end)
        return self._enter_delimiter()

    def _keep(self, count: int) -> None:
        part = self._parts[-1]
        part.size += count
        if len(self._parts) == 1 and part.size > self._caps.max_root:
            raise refused(f"an envelope of at most {self._caps.max_root} octets", "a bigger one")
        with memoryview(self._buffer) as view:
            part.content.write(view[:count])
        del self._buffer[:count]

    def _after_last(self) -> bool:
        if len(self._buffer) > self._caps.max_header:
            raise refused("nothing behind the closing boundary", "more octets")
        return False


def _boundary(content_type: ContentType) -> bytes:
    boundary = content_type.parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise refused("a boundary of 1 to 70 characters (RFC 2046 5.1.1)", "another or none")
    return boundary.encode("ascii")


def _parse_headers(block: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    unfolded = re.sub(rb"\r\n[ \t]+", b" ", block)
    for line in unfolded.split(b"\r\n"):
        if not line:
            continue
        match = _HEADER.fullmatch(line)
        if match is None:
            raise refused("MIME headers", "a line that is none")
        name = match[1].decode("ascii").lower()
        if name in headers:
            raise refused("each header once", "one twice")
        headers[name] = match[2].decode("ascii").strip()
    if headers.get("content-transfer-encoding", "binary").lower() not in _PLAIN_ENCODINGS:
        raise refused("binary content", "another Content-Transfer-Encoding")
    return headers


def _content_id(headers: dict[str, str], *, optional: bool = False) -> str:
    value = headers.get("content-id", "")
    if value.startswith("<") and value.endswith(">"):
        value = value[1:-1]
    if not value and not optional:
        raise refused("a Content-ID on each part", "none")
    return value
