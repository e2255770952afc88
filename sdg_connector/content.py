"""Octets of any size: plain ``bytes`` while few, read a piece at a time when they are many.

Evidence of a gigabyte must pass through a process that has a hundred megabytes to spare.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

PIECE: Final = 256 * 1024
"""Octets that are read at once."""
IN_MEMORY: Final = 1024**2
"""Octets up to which a document stays in memory whole."""


class Streamed(Protocol):
    """Octets that lie elsewhere, in a file or in the encrypted store."""

    @property
    def size(self) -> int:
        """How many octets."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """The octets from the start, a piece at a time; may be asked for again."""
        ...


Content = bytes | Streamed
"""A document: in memory, or elsewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class FileContent:
    """The octets of an open file, from its start; one reader at a time."""

    file: BinaryIO = field(repr=False)
    size: int
    keeper: object = field(default=None, repr=False)
    """Kept alive as long as this: whoever closes the file."""

    def chunks(self) -> Iterator[bytes]:
        """The octets from the start."""
        self.file.seek(0)
        yield from pieces(self.file)


def pieces(source: BinaryIO) -> Iterator[bytes]:
    """What is left of a file."""
    while piece := source.read(PIECE):
        yield piece


def size_of(content: Content) -> int:
    """How many octets."""
    return len(content) if isinstance(content, bytes) else content.size


def chunks_of(content: Content) -> Iterator[bytes]:
    """The octets, a piece at a time."""
    if not isinstance(content, bytes):
        return content.chunks()
    return (content[start : start + PIECE] for start in range(0, len(content), PIECE))


async def arriving(content: Content) -> AsyncIterator[bytes]:
    """The octets of a file or a store, waited for on a thread so that nobody else waits."""
    chunks = chunks_of(content)
    while chunk := await asyncio.to_thread(next, chunks, b""):
        yield chunk


def octets_of(content: Content) -> bytes:
    """All octets in memory: for documents that are small by their nature."""
    return content if isinstance(content, bytes) else b"".join(content.chunks())


def beginning_of(content: Content, most: int) -> bytes:
    """The first octets, ``most`` at most."""
    found = bytearray()
    for chunk in chunks_of(content):
        found += chunk
        if len(found) >= most:
            break
    return bytes(found[:most])


def sha256_of(content: Content) -> str:
    """The hexadecimal SHA-256 digest."""
    digest = hashlib.sha256()
    for chunk in chunks_of(content):
        digest.update(chunk)
    return digest.hexdigest()


def regrouped(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same octets in pieces of ``size``, the last one shorter; one empty piece for none."""
    buffer = bytearray()
    empty = True
    for chunk in chunks:
        buffer += chunk
        while len(buffer) > size:
            yield bytes(buffer[:size])
            del buffer[:size]
            empty = False
    if buffer or empty:
        yield bytes(buffer)
