"""One attachment on its way out (compress, digest, encrypt) and in (decrypt, prove, decompress)."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from sdg_connector.as4.compression import InflationCaps, compress, decompress
from sdg_connector.as4.errors import As4Refused, EbmsError
from sdg_connector.as4.message import GZIP, PartInfo, Payload
from sdg_connector.as4.mime import MimePart, NewSpool
from sdg_connector.as4.wssecurity import SealedPart, SecurityHeader, decryption_failed
from sdg_connector.content import pieces
from xmltrust import DecryptionFailed, Limits, SignatureRefused, XmlRefused, parse
from xmltrust.attachments import open_stream, seal_stream
from xmltrust.references import canonical_document, check_digest

OCTET_STREAM = "application/octet-stream"
_XML_TYPE = re.compile(r"(?:text/xml|application/xml|(?:application|image)/.*\+xml)", re.IGNORECASE)
_DECLARATION = re.compile(rb"\A<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"'][^>]*\?>")
_READABLE = frozenset({"iso-8859-1", "us-ascii"})
_MAX_CANONICAL = 32 * 1024**2
_LIMITS = Limits(max_bytes=_MAX_CANONICAL, max_depth=200, max_elements=10**6, max_attributes=10**6)


def seal_part(
    payload: Payload, *, compressed: bool, content_key: bytes | None, new_spool: NewSpool
) -> tuple[SealedPart, MimePart]:
    """A payload as it goes on the wire, in one pass: gzip, then digest, then AES-GCM.

    What is not compressed is labelled ``application/octet-stream``, so that its digest is over its
    plain octets: SwA Profile 5.4.2 would have a receiver canonicalise what is labelled XML.
    """
    digest = hashlib.sha256()
    content = payload.chunks()
    plain = _digested(compress(content) if compressed else content, digest)
    spool = new_spool()
    size = 0
    for octets in plain if content_key is None else seal_stream(plain, key=content_key):
        size += len(octets)
        spool.write(octets)
    media_type = GZIP if compressed else OCTET_STREAM
    sealed = SealedPart(
        content_id=payload.content_id, media_type=media_type, digest=digest.digest()
    )
    part = MimePart(
        content_id=payload.content_id,
        content_type=media_type if content_key is None else OCTET_STREAM,
        content=spool,
        size=size,
    )
    return sealed, part


def open_part(
    info: PartInfo,
    part: MimePart,
    security: SecurityHeader,
    *,
    caps: InflationCaps,
    new_spool: NewSpool,
) -> tuple[BinaryIO, int]:
    """The payload's octets and their number, once its tag and its signed digest were proven.

    Raises ``As4Refused``: EBMS:0102, 0101, 0303.
    """
    plain, size = part.content, part.size
    label = part.content_type
    part.content.seek(0)
    if security.content_key is not None:
        label = security.encrypted[info.content_id]
        try:
            plain, size = _spooled(
                open_stream(part.content, size=part.size, key=security.content_key), new_spool
            )
        except DecryptionFailed as error:
            raise decryption_failed() from error
        part.content.close()
    try:
        check_digest(security.part_reference(info.content_id), _digest(plain, size, label))
    except (SignatureRefused, XmlRefused) as error:
        raise As4Refused(
            EbmsError.FAILED_AUTHENTICATION,
            error.rule,
            expected=error.expected,
            found=error.found,
        ) from error
    plain.seek(0)
    if not info.compressed:
        return plain, size
    content, size = _spooled(decompress(pieces(plain), caps=caps), new_spool)
    plain.close()
    content.seek(0)
    return content, size


def signed_form(octets: bytes, media_type: str) -> bytes:
    """The octets that a signature covers, by the label of the part (SwA Profile 5.4.2, 5.4.4).

    XML: exclusive canonical form without comments; other text: lines end with CR LF; else as is.
    Raises ``XmlRefused`` for XML that has no such form.
    """
    label = media_type.partition(";")[0].strip().lower()
    if _XML_TYPE.fullmatch(label):
        root = parse(_as_utf8(octets), limits=_LIMITS, comments_allowed=True)
        return canonical_document(root)
    if label.startswith("text/"):
        return re.sub(rb"\r\n|\r|\n", b"\r\n", octets)
    return octets


def _digest(content: BinaryIO, size: int, label: str) -> bytes:
    content.seek(0)
    kind = label.partition(";")[0].strip().lower()
    if kind.startswith("text/") or _XML_TYPE.fullmatch(kind):
        if size > _MAX_CANONICAL:
            raise XmlRefused("xml/size", expected=f"at most {_MAX_CANONICAL}", found=f"{size}")
        return hashlib.sha256(signed_form(content.read(), kind)).digest()
    plain = hashlib.sha256()
    for chunk in pieces(content):
        plain.update(chunk)
    return plain.digest()


def _as_utf8(octets: bytes) -> bytes:
    """Foreign XML in an older one-octet encoding, as its signer saw it, for the digest only."""
    declared = _DECLARATION.match(octets)
    encoding = "" if declared is None else declared[1].decode("ascii").lower()
    if declared is None or encoding not in _READABLE:
        return octets
    return octets[declared.end() :].decode("iso-8859-1").encode("utf-8")


def _digested(chunks: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _spooled(chunks: Iterable[bytes], new_spool: NewSpool) -> tuple[BinaryIO, int]:
    spool, size = new_spool(), 0
    try:
        for chunk in chunks:
            size += len(chunk)
            spool.write(chunk)
    except BaseException:
        spool.close()
        raise
    return spool, size
