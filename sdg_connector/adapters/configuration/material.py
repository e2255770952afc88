"""The keys, certificates and secrets that a configuration points to, read when they are needed."""

import base64
import binascii
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509

from sdg_connector.adapters.configuration.model import (
    HardwareSection,
    HeldKey,
    KeyPair,
    OwnKey,
    Secret,
    StoreSection,
)
from sdg_connector.errors import OwnMistake
from xmltrust import Certificate, DecryptionKey, SigningKey, XmlTrustError

if TYPE_CHECKING:
    from sdg_connector.adapters.hardware_keys import HardwareToken

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


def signing_key(own: OwnKey) -> SigningKey:
    """The key that signs; raises ``OwnMistake`` when key and certificate do not do."""
    if isinstance(own, HeldKey):
        return _token(own.hardware).signing_key(own.label, _chain(own.certificate))
    try:
        return SigningKey.load(_octets(own.key), _octets(own.certificate), _password(own))
    except XmlTrustError as problem:
        raise OwnMistake(f"{own.key}: {problem}") from problem


def decryption_key(own: OwnKey) -> DecryptionKey:
    """The key that decrypts; raises likewise."""
    if isinstance(own, HeldKey):
        return _token(own.hardware).decryption_key(own.label, certificate(own.certificate))
    try:
        return DecryptionKey.load(_octets(own.key), _octets(own.certificate), _password(own))
    except XmlTrustError as problem:
        raise OwnMistake(f"{own.key}: {problem}") from problem


def certificate(path: Path) -> Certificate:
    """The first certificate of a PEM file; raises ``OwnMistake``."""
    return _chain(path)[0]


def certificate_chain(path: Path) -> tuple[Certificate, ...]:
    """Every certificate of a PEM file; raises ``OwnMistake`` when there is none."""
    return _chain(path)


def certificates(path: Path) -> list[x509.Certificate]:
    """Every certificate of a PEM file; raises ``OwnMistake`` when there is none."""
    try:
        return x509.load_pem_x509_certificates(_octets(path))
    except ValueError as problem:
        raise OwnMistake(f"{path}: expected certificates in PEM") from problem


def _chain(path: Path) -> tuple[Certificate, ...]:
    try:
        return tuple(Certificate.load_chain(_octets(path)))
    except XmlTrustError as problem:
        raise OwnMistake(f"{path}: {problem}") from problem


@cache
def _token(hardware: HardwareSection) -> "HardwareToken":
    """The module's token, logged in to once and then shared by the process until it ends."""
    try:
        from sdg_connector.adapters.hardware_keys import HardwareToken  # noqa: PLC0415  an extra
    except ModuleNotFoundError:
        raise OwnMistake("a key in a hardware module needs sdg-connector[hsm]") from None
    pin = secret_of(hardware.pin).decode("utf-8", "replace")
    return HardwareToken.open(hardware.library, token=hardware.token, pin=pin)


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
