"""Read X.509 certificates, those that ``cryptography`` refuses included, and hold their keys.

The parts of ``cryptography`` that read and write DER are imported by the functions that do so: they
take 80 ms, twice as long as everything else here, and a program that only starts needs none.
"""

import base64
import binascii
import hashlib
import re
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.utils import CryptographyDeprecationWarning

from xmltrust.algorithms import KeyFamily
from xmltrust.errors import CertificateRefused
from xmltrust.tolerant_der import CertificateParts, read_certificate_parts

if TYPE_CHECKING:
    from cryptography import x509

PublicKey = (
    rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | x25519.X25519PublicKey
)

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as a carrier of a key; whether to trust it is decided elsewhere."""

    der: bytes = field(repr=False)
    public_key: PublicKey = field(repr=False)
    not_before: datetime
    not_after: datetime
    warnings: tuple[str, ...] = ()
    """Why ``cryptography`` would not read it, when only the tolerant reader could."""

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Read one certificate from PEM or DER; raises ``CertificateRefused``.

        Real nodes publish certificates that strict readers refuse (NULL parameters in an ECDSA
        algorithm identifier, characters outside PrintableString); their key is still plain.
        """
        found = _PEM.findall(data)
        if len(found) > 1:
            raise CertificateRefused(
                "certificate/one", expected="one certificate", found=f"{len(found)}"
            )
        return cls._from_der(_base64(found[0]) if found else data)

    @classmethod
    def load_chain(cls, pem: bytes) -> "tuple[Self, ...]":
        """Read every certificate of a PEM file, in its order; raises ``CertificateRefused``."""
        found = _PEM.findall(pem)
        if not found:
            raise CertificateRefused(
                "certificate/pem", expected="at least one PEM certificate", found="none"
            )
        return tuple(cls._from_der(_base64(one)) for one in found)

    @classmethod
    def from_base64(cls, text: str) -> Self:
        """Read the content of a ``ds:X509Certificate``; raises ``CertificateRefused``."""
        return cls._from_der(_base64(text.encode("utf-8", "replace")))

    @classmethod
    def _from_der(cls, der: bytes) -> Self:
        if len(der) > _MAX_BYTES:
            raise CertificateRefused(
                "certificate/size", expected=f"at most {_MAX_BYTES} octets", found=f"{len(der)}"
            )
        from cryptography import x509  # noqa: PLC0415  see above

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", CryptographyDeprecationWarning)
                strict = x509.load_der_x509_certificate(der)
                return cls(
                    der,
                    _usable(strict.public_key()),
                    strict.not_valid_before_utc,
                    strict.not_valid_after_utc,
                )
        except (ValueError, TypeError, UnsupportedAlgorithm) as refusal:
            return cls._tolerantly(der, refusal)

    @classmethod
    def _tolerantly(cls, der: bytes, refusal: Exception) -> Self:
        parts: CertificateParts = read_certificate_parts(der)
        return cls(
            der,
            load_public_key(parts.public_key_info),
            parts.not_before,
            parts.not_after,
            (f"not strict DER ({type(refusal).__name__}): only validity and public key were read",),
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER form, in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def subject_for_log(self) -> str:
        """Enough to recognise the certificate in a log: its fingerprint, no name."""
        return f"sha256:{self.fingerprint[:16]}"

    def x509(self) -> "x509.Certificate":
        """The certificate for ``cryptography``; raises ``CertificateRefused`` when it cannot."""
        from cryptography import x509  # noqa: PLC0415  see above

        try:
            return x509.load_der_x509_certificate(self.der)
        except ValueError:
            raise CertificateRefused(
                "certificate/strict", expected="a certificate in strict DER", found="a deviation"
            ) from None

    def valid_at(self, now: datetime) -> bool:
        """Whether ``now`` lies within the certificate's validity."""
        return self.not_before <= now.astimezone(UTC) <= self.not_after


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key that the caller decided to trust, and where it came from."""

    public_key: PublicKey = field(repr=False)
    source: str
    """For logs: the metadata or file that named the key."""
    certificate: Certificate | None = field(default=None, repr=False)

    @classmethod
    def from_certificate(cls, certificate: Certificate, *, source: str) -> Self:
        """Trust the key of a certificate."""
        return cls(certificate.public_key, source, certificate)


def load_public_key(der: bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo; raises ``CertificateRefused`` for other bytes or key kinds."""
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415  see above

    try:
        return _usable(load_der_public_key(der))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CertificateRefused(
            "certificate/key", expected="a key of a known kind and named curve", found="another"
        ) from None


def key_info(key: PublicKey) -> bytes:
    """The SubjectPublicKeyInfo of a key: what makes two keys the same key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415  see above

    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def curve_point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The uncompressed point (SEC 1, 2.3.3)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415  see above

    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def family_of(key: PublicKey) -> KeyFamily | None:
    """The kind of signing key, or None when the key cannot sign."""
    return _family_of(type(key))


@cache
def _family_of(kind: type) -> KeyFamily | None:
    """Asked once for each class: these are abstract, and such a question is a slow one."""
    if issubclass(kind, rsa.RSAPublicKey):
        return KeyFamily.RSA
    if issubclass(kind, ec.EllipticCurvePublicKey):
        return KeyFamily.EC
    return KeyFamily.ED25519 if issubclass(kind, ed25519.Ed25519PublicKey) else None


def key_bits(key: PublicKey) -> int:
    """Size of the modulus or of the curve; the Edwards and Montgomery curves count as 256."""
    return key.key_size if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) else 256


def _usable(key: object) -> PublicKey:
    if isinstance(key, PublicKey):
        return key
    raise ValueError(type(key).__name__)


def _base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise CertificateRefused(
            "certificate/base64", expected="base64", found="something else"
        ) from None
