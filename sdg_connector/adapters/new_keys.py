"""Make private keys with a test certificate, or with a request for a certificate authority."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.x509.oid import NameOID

from sdg_connector.adapters.key_kinds import KeyKind

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PrivateKey = SigningKey | x25519.X25519PrivateKey


_MAKERS: Final[Mapping[KeyKind, Callable[[], SigningKey]]] = {
    KeyKind.RSA_3072: lambda: rsa.generate_private_key(public_exponent=65537, key_size=3072),
    KeyKind.RSA_4096: lambda: rsa.generate_private_key(public_exponent=65537, key_size=4096),
    KeyKind.P256: lambda: ec.generate_private_key(ec.SECP256R1()),
    KeyKind.P384: lambda: ec.generate_private_key(ec.SECP384R1()),
    KeyKind.P521: lambda: ec.generate_private_key(ec.SECP521R1()),
    KeyKind.ED25519: ed25519.Ed25519PrivateKey.generate,
}


def new_key(kind: KeyKind) -> SigningKey:
    """A fresh private key of any kind that signs."""
    return _MAKERS[kind]()


def new_agreement_key() -> x25519.X25519PrivateKey:
    """A fresh X25519 key, which agrees on content keys and signs nothing."""
    return x25519.X25519PrivateKey.generate()


def read_signing_key(path: Path, password: bytes | None) -> SigningKey:
    """A private key from its PEM file.

    Raises ``OSError``, and ``TypeError`` or ``ValueError`` for one that no password, or another,
    protects, or that cannot sign.
    """
    key = serialization.load_pem_private_key(path.read_bytes(), password)
    if not isinstance(key, SigningKey):
        raise ValueError(f"{path} holds no RSA, elliptic curve or Ed25519 key")
    return key


def key_pem(key: PrivateKey, *, password: bytes | None) -> bytes:
    """The key as PKCS #8 PEM, encrypted when a password is given."""
    protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        protection = serialization.BestAvailableEncryption(password)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
    )


def self_signed(
    key: SigningKey, *, common_name: str, organisation: str, country: str, now: datetime, days: int
) -> bytes:
    """A self-signed certificate (PEM): for tests, and where peers pin certificates one by one."""
    name = _name(common_name, organisation, country)
    return _certificate(key, subject=name, issuer=name, signer=key, now=now, days=days)


def certified(
    key: PrivateKey,
    *,
    signer: SigningKey,
    issuer: bytes,
    common_name: str,
    organisation: str,
    country: str,
    now: datetime,
    days: int,
) -> bytes:
    """A certificate (PEM) by another key of ours, whose own certificate is ``issuer`` (PEM).

    For a key that cannot sign its own: X25519 (https://www.rfc-editor.org/rfc/rfc8410#section-5).
    """
    shown = x509.load_pem_x509_certificate(issuer)
    name = _name(common_name, organisation, country)
    return _certificate(key, subject=name, issuer=shown.subject, signer=signer, now=now, days=days)


def _certificate(
    key: PrivateKey,
    *,
    subject: x509.Name,
    issuer: x509.Name,
    signer: SigningKey,
    now: datetime,
    days: int,
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(signer, _hash(signer)).public_bytes(serialization.Encoding.PEM)


def signing_request(key: SigningKey, *, common_name: str, organisation: str, country: str) -> bytes:
    """A certificate signing request (PKCS #10, PEM) for the authority that issues certificates."""
    request = x509.CertificateSigningRequestBuilder().subject_name(
        _name(common_name, organisation, country)
    )
    return request.sign(key, _hash(key)).public_bytes(serialization.Encoding.PEM)


def _hash(key: SigningKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size > 256:
        return hashes.SHA384() if key.key_size <= 384 else hashes.SHA512()
    return hashes.SHA256()


def _name(common_name: str, organisation: str, country: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
