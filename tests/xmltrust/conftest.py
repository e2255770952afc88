"""Keys and certificates for the tests of xmltrust, made once per run."""

import datetime as dt
from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from xmltrust import Certificate, DecryptionKey, SigningKey, TrustedKey

CURVES: dict[str, ec.EllipticCurve] = {
    "p256": ec.SECP256R1(),
    "p384": ec.SECP384R1(),
    "p521": ec.SECP521R1(),
    "bp256": ec.BrainpoolP256R1(),
    "bp384": ec.BrainpoolP384R1(),
    "bp512": ec.BrainpoolP512R1(),
}


@dataclass(frozen=True)
class Pair:
    """One party of a test: its key as every kind of object that xmltrust wants."""

    key_pem: bytes
    certificate_pem: bytes
    signing: SigningKey
    decryption: DecryptionKey | None
    certificate: Certificate
    trusted: tuple[TrustedKey, ...]


def make_pair(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey,
) -> Pair:
    """A self-signed certificate around a key, and both in every shape."""
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "test party")])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    edwards = isinstance(key, ed25519.Ed25519PrivateKey)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=3650))
        .sign(key, None if edwards else hashes.SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM)
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    loaded = Certificate.load(pem)
    return Pair(
        key_pem,
        pem,
        SigningKey.load(key_pem, pem),
        None if edwards else DecryptionKey.load(key_pem, pem),
        loaded,
        (TrustedKey.from_certificate(loaded, source="test"),),
    )


class Pairs:
    """Parties by name (``rsa2048``, ``rsa3072``, ``p256``, ``bp384``, ``ed25519``, ...)."""

    def __init__(self) -> None:
        self._made: dict[str, Pair] = {}

    def __getitem__(self, name: str) -> Pair:
        if name not in self._made:
            self._made[name] = self._make(name.partition("-")[0])
        return self._made[name]

    @staticmethod
    def _make(kind: str) -> Pair:
        if kind.startswith("rsa"):
            return make_pair(rsa.generate_private_key(65537, int(kind[3:])))
        if kind == "ed25519":
            return make_pair(ed25519.Ed25519PrivateKey.generate())
        return make_pair(ec.generate_private_key(CURVES[kind]))


@pytest.fixture(scope="session")
def pairs() -> Pairs:
    """Every party, made when first asked for; ``p256-other`` is another P-256 key."""
    return Pairs()
