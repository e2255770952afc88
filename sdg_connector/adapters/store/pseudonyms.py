"""A name for a person that says nothing to whoever lacks the key.

The journal outlives everything that names the person. A regulator or the person may still ask which
exchanges were about them (IR (EU) 2022/1463, article 17): with the identifier at hand the same
pseudonym is made again, and the entries are found.
"""

import hmac
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"sdg-connector journal subject"
_OCTETS = 32


class Pseudonyms:
    """Under the store's keys, each used through a key of its own derived from it."""

    def __init__(self, keys: Mapping[str, bytes], *, current: str) -> None:
        self._keys = {name: _derived(key) for name, key in keys.items()}
        self._current = current

    def of(self, person: str) -> str:
        """The pseudonym under the current key, with the key's name before it."""
        return self._under(self._current, person)

    def all_of(self, person: str) -> frozenset[str]:
        """The pseudonyms under every key at hand, for a search."""
        return frozenset(self._under(name, person) for name in self._keys)

    def _under(self, name: str, person: str) -> str:
        digest = hmac.digest(self._keys[name], person.strip().upper().encode(), "sha256")
        return f"{name}:{digest.hex()}"

    def __repr__(self) -> str:
        return f"Pseudonyms(current={self._current!r})"


def _derived(key: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_OCTETS, salt=None, info=_PURPOSE).derive(key)
