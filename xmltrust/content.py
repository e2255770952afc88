"""AES-GCM in the octet layout of XML Encryption: nonce, ciphertext, tag.

https://www.w3.org/TR/xmlenc-core1/#sec-AES-GCM
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xmltrust.algorithms import ContentEncryption
from xmltrust.errors import DecryptionFailed

_NONCE, _TAG = 12, 16


def new_content_key(algorithm: ContentEncryption) -> bytes:
    """A fresh random key of the algorithm's length."""
    return AESGCM.generate_key(algorithm.key_bytes * 8)


def seal(content_key: bytes, octets: bytes) -> bytes:
    """Encrypt under a fresh 96-bit nonce; the 128-bit tag stands last."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(content_key).encrypt(nonce, octets, None)


def unseal(content_key: bytes, octets: bytes) -> bytes:
    """Decrypt what ``seal`` made; raises ``DecryptionFailed``."""
    if len(octets) < _NONCE + _TAG:
        raise DecryptionFailed
    try:
        return AESGCM(content_key).decrypt(octets[:_NONCE], octets[_NONCE:], None)
    except (InvalidTag, ValueError):
        raise DecryptionFailed from None
