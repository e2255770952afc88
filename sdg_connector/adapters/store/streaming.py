"""Documents too big for one row: sealed chunk by chunk, in the STREAM construction.

Each chunk has its number and a mark on the last one in its nonce, so that chunks that are missing,
moved or cut off are noticed (Hoang, Reyhanitabar, Rogaway, Vizár 2015,
https://eprint.iacr.org/2015/189). Each document has a key of its own, which lies sealed under the
store's: that key can be replaced without touching the chunks.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sdg_connector.connector import Gone
from sdg_connector.content import Content, chunks_of, regrouped, size_of
from sdg_connector.errors import OwnMistake

CHUNK: Final = 1024**2
"""Octets of a chunk before it is sealed."""
_KEY: Final = 32
_TAG: Final = 16
_SIZE: Final = 8


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """The key of one document, and how many octets it opens."""

    key: bytes = field(repr=False)
    size: int

    @classmethod
    def new(cls, size: int) -> "DocumentKey":
        """A fresh key; it seals one document, once."""
        return cls(os.urandom(_KEY), size)

    def to_bytes(self) -> bytes:
        """As it is sealed."""
        return self.key + self.size.to_bytes(_SIZE, "big")

    @classmethod
    def from_bytes(cls, data: bytes) -> "DocumentKey":
        """Back from what ``to_bytes`` gave."""
        return cls(data[:_KEY], int.from_bytes(data[_KEY:], "big"))

    @property
    def count(self) -> int:
        """How many chunks there are, from number 1."""
        return max(1, -(-self.size // CHUNK))

    def sealed_size(self, number: int) -> int:
        """Octets of a sealed chunk."""
        plain = CHUNK if number < self.count else self.size - CHUNK * (self.count - 1)
        return plain + _TAG

    def seal(self, content: Content) -> Iterator[bytes]:
        """The sealed chunks; raises ``OwnMistake`` when the content is not as long as it said."""
        cipher, given = AESGCM(self.key), 0
        for number, chunk in enumerate(regrouped(chunks_of(content), CHUNK), 1):
            given += len(chunk)
            yield cipher.encrypt(self._nonce(number), chunk, None)
        if given != self.size:
            raise OwnMistake(f"a document of {self.size} octets gave {given}")

    def open(self, number: int, sealed: bytes) -> bytes:
        """One chunk; raises ``Gone`` for one that was altered or stood elsewhere."""
        try:
            return AESGCM(self.key).decrypt(self._nonce(number), sealed, None)
        except InvalidTag:
            raise Gone("a document was altered") from None

    def _nonce(self, number: int) -> bytes:
        return number.to_bytes(11, "big") + (b"\1" if number == self.count else b"\0")


def fits_in_a_row(content: Content) -> bool:
    """Whether a document is sealed whole."""
    return size_of(content) <= CHUNK
