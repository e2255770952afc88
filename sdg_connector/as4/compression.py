"""Gzip of payloads as AS4 asks for it, with caps on the way back.

AS4 profile 3.1; isal is used when it is installed (the extra ``fast``), zlib otherwise: any gzip
stream is a valid one.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from sdg_connector.as4.errors import As4Refused, EbmsError

_GZIP_WINDOW = 31
_STEP = 256 * 1024


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Decompressor(Protocol):
    eof: bool
    unconsumed_tail: bytes
    unused_data: bytes

    def decompress(self, data: bytes, /, max_length: int) -> bytes: ...


class _Codec(Protocol):
    DEFLATED: int
    error: type[Exception]

    def compressobj(self, level: int, method: int, wbits: int) -> _Compressor: ...

    def decompressobj(self, wbits: int) -> _Decompressor: ...


def _codec() -> tuple[_Codec, int]:
    if find_spec("isal") is not None:
        return cast(_Codec, import_module("isal.isal_zlib")), 2
    return cast(_Codec, zlib), 6


CODEC, LEVEL = _codec()
"""The module that compresses here, and the level at which it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InflationCaps:
    """How much a compressed part may grow: gzip reaches a thousand to one, documents do not."""

    max_octets: int = 2 * 1024**3
    """Octets of one decompressed part."""
    max_ratio: int = 100
    """Decompressed by compressed octets, once ``free_octets`` are exceeded."""
    free_octets: int = 10 * 1024**2


def compress(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The gzip stream of ``chunks``, one member, without a time stamp: same in, same out."""
    compressor = CODEC.compressobj(LEVEL, CODEC.DEFLATED, _GZIP_WINDOW)
    for chunk in chunks:
        packed = compressor.compress(chunk)
        if packed:
            yield packed
    yield compressor.flush()


def decompress(chunks: Iterable[bytes], *, caps: InflationCaps) -> Iterator[bytes]:
    """The octets inside one gzip stream; raises ``As4Refused`` (EBMS:0303).

    Refused: what is no gzip, is cut short, has octets behind its end (a second member included), or
    grows beyond ``caps``.
    """
    decompressor = CODEC.decompressobj(_GZIP_WINDOW)
    taken = given = 0
    for chunk in chunks:
        taken += len(chunk)
        rest = chunk
        while rest:
            if decompressor.eof:
                raise _refused("one gzip stream", "octets behind its end")
            try:
                octets = decompressor.decompress(rest, _STEP)
            except (zlib.error, CODEC.error) as error:
                raise _refused("a gzip stream", "something else") from error
            given += len(octets)
            if given > caps.max_octets or (
                given > caps.free_octets and given > caps.max_ratio * taken
            ):
                raise _refused("a payload within the caps", "a gzip stream that grows beyond them")
            rest = decompressor.unconsumed_tail
            if decompressor.unused_data:
                raise _refused("one gzip stream", "octets behind its end")
            yield octets
    while not decompressor.eof:
        octets = decompressor.decompress(b"", _STEP)
        if not octets:
            raise _refused("a whole gzip stream", "one that is cut short")
        yield octets


def _refused(expected: str, found: str) -> As4Refused:
    return As4Refused(
        EbmsError.DECOMPRESSION_FAILURE, "eDelivery AS4 3.3.1", expected=expected, found=found
    )
