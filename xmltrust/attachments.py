"""Encrypt and decrypt octet streams of any size with AES-GCM, in flat memory.

The wire form is that of XML Encryption 1.1: 12 octets of nonce, ciphertext, 16 octets of tag.
https://www.w3.org/TR/xmlenc-core1/#sec-AES-GCM
"""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from xmltrust.errors import DecryptionFailed, XmlMisuse

CHUNK = 256 * 1024
NONCE_BYTES = 12
TAG_BYTES = 16
_MAX_OCTETS = 2**36 - 32
"""AES-GCM may not encrypt more under one nonce (NIST SP 800-38D 5.2.1.1)."""


def seal_stream(chunks: Iterable[bytes], *, key: bytes) -> Iterator[bytes]:
    """Encrypt ``chunks`` under a fresh nonce; raises ``XmlMisuse`` beyond what GCM may carry."""
    nonce = os.urandom(NONCE_BYTES)
    encryptor = Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
    yield nonce
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > _MAX_OCTETS:
            raise XmlMisuse("xenc/gcm-size", expected=f"at most {_MAX_OCTETS}", found="more")
        yield encryptor.update(chunk)
    yield encryptor.finalize()
    yield encryptor.tag


def open_stream(source: BinaryIO, *, size: int, key: bytes) -> Iterator[bytes]:
    """Decrypt ``size`` octets of ``source``; what is yielded counts only if no error follows.

    Raises ``DecryptionFailed`` at the end when the tag does not fit: throw away what came before.
    """
    if size < NONCE_BYTES + TAG_BYTES:
        raise DecryptionFailed
    nonce = _exactly(source, NONCE_BYTES)
    decryptor = Cipher(algorithms.AES(key), modes.GCM(nonce)).decryptor()
    left = size - NONCE_BYTES - TAG_BYTES
    while left:
        chunk = _exactly(source, min(left, CHUNK))
        left -= len(chunk)
        yield decryptor.update(chunk)
    try:
        yield decryptor.finalize_with_tag(_exactly(source, TAG_BYTES))
    except InvalidTag:
        raise DecryptionFailed from None


def _exactly(source: BinaryIO, size: int) -> bytes:
    octets = source.read(size)
    if len(octets) != size:
        raise DecryptionFailed
    return octets
