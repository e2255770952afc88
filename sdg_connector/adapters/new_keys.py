"""Make private keys with a test certificate, or with a request for a certificate authority."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from sdg_connector.adapters.key_kinds import KeyKind

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


_MAKERS: Final[Mapping[KeyKind, Callable[[], PrivateKey]]] = {
    KeyKind.RSA_3072: lambda: rsa.generate_private_key(public_exponent=65537, key_size=3072),
    KeyKind.RSA_4096: lambda: rsa.generate_private_key(public_exponent=65537, key_size=4096),
    KeyKind.P256: lambda: ec.generate_private_key(ec.SECP256R1()),
    KeyKind.P384: lambda: ec.generate_private_key(ec.SECP384R1()),
    KeyKind.P521: lambda: ec.generate_private_key(ec.SECP521R1()),
    KeyKind.ED25519: ed25519.Ed25519PrivateKey.generate,
}


def new_key(kind: KeyKind) -> PrivateKey:
    """A fresh private key."""
    return _MAKERS[kind]()


def key_pem(key: PrivateKey, *, password: bytes | None) -> bytes:
    """The key as PKCS #8 PEM, encrypted when a password is given."""
    protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        protection = serialization.BestAvailableEncryption(password)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
    )


def self_signed(
    key: PrivateKey, *, common_name: str, organisation: str, country: str, now: datetime, days: int
) -> bytes:
    """A self-signed certificate (PEM): for tests, and where peers pin certificates one by one."""
    name = _name(common_name, organisation, country)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, _hash(key)).public_bytes(serialization.Encoding.PEM)


def signing_request(key: PrivateKey, *, common_name: str, organisation: str, country: str) -> bytes:
    """A certificate signing request (PKCS #10, PEM) for the authority that issues certificates."""
    request = x509.CertificateSigningRequestBuilder().subject_name(
        _name(common_name, organisation, country)
    )
    return request.sign(key, _hash(key)).public_bytes(serialization.Encoding.PEM)


def _hash(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
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
