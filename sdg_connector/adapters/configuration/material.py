"""The keys, certificates and secrets that a configuration points to, read when they are needed."""

import base64
import binascii
import os
from pathlib import Path
from typing import Final

from cryptography import x509

from sdg_connector.adapters.configuration.model import KeyPair, Secret, StoreSection
from sdg_connector.errors import OwnMistake
from xmltrust import Certificate, DecryptionKey, SigningKey, XmlTrustError

_SEALING_KEY: Final = 32
"""Octets of an AES-256 key."""


def secret_of(secret: Secret) -> bytes:
    """The secret's octets, without the line end of a file; raises ``OwnMistake`` without it."""
    if isinstance(secret.place, Path):
        try:
            return secret.place.read_bytes().rstrip(b"\r\n")
        except OSError as problem:
            raise OwnMistake(f"{secret.place} cannot be read") from problem
    value = os.environ.get(secret.place)
    if not value:
        raise OwnMistake(f"the variable {secret.place} is not set")
    return value.encode()


def sealing_keys(store: StoreSection) -> dict[str, bytes]:
    """The store's keys by name; raises ``OwnMistake`` for one that is not 32 octets."""
    return {name: sealing_key(secret) for name, secret in store.keys.items()}


def sealing_key(secret: Secret) -> bytes:
    """A key of 32 octets, as they are or in base64; raises ``OwnMistake``."""
    if isinstance(secret.place, Path) and _is_raw(secret.place):
        return secret.place.read_bytes()
    try:
        key = base64.b64decode(secret_of(secret), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _SEALING_KEY:
        raise OwnMistake(f"{secret.shown}: expected a key of 32 octets, plain or in base64")
    return key


def signing_key(pair: KeyPair) -> SigningKey:
    """The key that signs; raises ``OwnMistake`` when key and certificate do not do."""
    try:
        return SigningKey.load(_octets(pair.key), _octets(pair.certificate), _password(pair))
    except XmlTrustError as problem:
        raise OwnMistake(f"{pair.key}: {problem}") from problem


def decryption_key(pair: KeyPair) -> DecryptionKey:
    """The key that decrypts; raises likewise."""
    try:
        return DecryptionKey.load(_octets(pair.key), _octets(pair.certificate), _password(pair))
    except XmlTrustError as problem:
        raise OwnMistake(f"{pair.key}: {problem}") from problem


def certificate(path: Path) -> Certificate:
    """The first certificate of a PEM file; raises ``OwnMistake``."""
    try:
        return Certificate.load_chain(_octets(path))[0]
    except XmlTrustError as problem:
        raise OwnMistake(f"{path}: {problem}") from problem


def certificates(path: Path) -> list[x509.Certificate]:
    """Every certificate of a PEM file; raises ``OwnMistake`` when there is none."""
    try:
        return x509.load_pem_x509_certificates(_octets(path))
    except ValueError as problem:
        raise OwnMistake(f"{path}: expected certificates in PEM") from problem


def _is_raw(path: Path) -> bool:
    try:
        return path.stat().st_size == _SEALING_KEY
    except OSError:
        return False


def _password(pair: KeyPair) -> bytes | None:
    return None if pair.password is None else secret_of(pair.password)


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise OwnMistake(f"{path} cannot be read") from problem
