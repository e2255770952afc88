"""AES-GCM over what is stored, under named keys that can be replaced one after another."""

import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sdg_connector.connector import Gone
from sdg_connector.errors import OwnMistake

_NONCE = 12
_KEY = 32


class Sealer:
    """Seals under the current key, opens under any of them."""

    def __init__(self, keys: Mapping[str, bytes], *, current: str) -> None:
        """``keys`` hold 32 octets each; raises ``OwnMistake`` for others or a missing current."""
        if current not in keys or any(len(key) != _KEY for key in keys.values()):
            raise OwnMistake("the store needs keys of 32 octets, the current one among them")
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self.current = current

    def seal(self, content: bytes, *, bound_to: str) -> bytes:
        """The sealed octets; they open only under the id that they are bound to."""
        nonce = os.urandom(_NONCE)
        return nonce + self._ciphers[self.current].encrypt(nonce, content, bound_to.encode())

    def open(self, sealed: bytes, *, key_name: str, bound_to: str) -> bytes:
        """The octets; raises ``Gone`` when the key is not at hand or the seal is broken."""
        cipher = self._ciphers.get(key_name)
        if cipher is None:
            raise Gone(f"the key {key_name} is not at hand")
        try:
            return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
        except InvalidTag:
            raise Gone(f"the document {bound_to} was altered") from None

    def __repr__(self) -> str:
        return f"Sealer(current={self.current!r})"
