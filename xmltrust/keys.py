"""Our own private keys: loaded once from PEM, PKCS#12 or a module, then kept as objects."""

from dataclasses import dataclass, field
from typing import Protocol, Self, runtime_checkable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils, x25519

from xmltrust.algorithms import SignatureAlgorithm
from xmltrust.certificates import Certificate, PublicKey, family_of, key_bits, key_info
from xmltrust.errors import CertificateRefused, XmlMisuse

PrivateKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | x25519.X25519PrivateKey
)

_SOFTWARE = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, x25519.X25519PrivateKey)


@runtime_checkable
class Signer(Protocol):
    """Whatever holds a signing key: this process, or a hardware module behind PKCS#11."""

    @property
    def public_key(self) -> PublicKey:
        """The public half."""

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """The octets of ``ds:SignatureValue``: for ECDSA r and s side by side, for PSS a salt as
        long as the digest (https://www.rfc-editor.org/rfc/rfc9231#section-2.3).
        """


@runtime_checkable
class Decrypter(Protocol):
    """A hardware module, behind PKCS#11 or another interface, that holds a decryption key.

    Both methods raise ``ValueError`` when nothing comes out, whatever the reason.
    """

    @property
    def public_key(self) -> PublicKey:
        """The public half: RSA or a named curve."""

    def decrypt_oaep(
        self, octets: bytes, *, digest: hashes.HashAlgorithm, mask: hashes.HashAlgorithm
    ) -> bytes:
        """Undo RSA-OAEP with this digest and MGF1 over ``mask`` (RFC 8017, 7.1.2), no label."""

    def agree(self, other: ec.EllipticCurvePublicKey) -> bytes:
        """The shared secret with another point: its x coordinate (SEC 1, 3.3.1)."""


@dataclass(frozen=True, slots=True)
class SoftwareSigner:
    """A private key in this process's memory."""

    private_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey = field(
        repr=False
    )
    public_key: PublicKey = field(init=False, repr=False, compare=False)
    """The public half."""

    def __post_init__(self) -> None:
        """Take the public half once: each signature asks for it."""
        object.__setattr__(self, "public_key", self.private_key.public_key())

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign as ``Signer`` says."""
        key, digest = self.private_key, algorithm.digest.hash
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, rsa_padding(algorithm), digest)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
            size = (key.key_size + 7) // 8
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        return key.sign(data)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A signer with the certificate chain to show for it, leaf first."""

    signer: Signer = field(repr=False)
    certificates: tuple[Certificate, ...]

    def __post_init__(self) -> None:
        """Refuse a certificate that belongs to another key."""
        if not self.certificates or key_info(self.certificates[0].public_key) != key_info(
            self.signer.public_key
        ):
            raise XmlMisuse(
                "key/certificate",
                expected="a certificate of this signing key first",
                found="another key's certificate" if self.certificates else "none",
            )

    @classmethod
    def load(cls, key_pem: bytes, certificates_pem: bytes, password: bytes | None = None) -> Self:
        """Read a PEM key, checking it (RSA-3072: 90 ms), with its PEM certificates, leaf first.

        Raises ``CertificateRefused`` for what cannot be read, ``XmlMisuse`` for a wrong pair.
        """
        return cls(
            SoftwareSigner(_can_sign(_private_key(key_pem, password))),
            Certificate.load_chain(certificates_pem),
        )

    @classmethod
    def load_pkcs12(cls, data: bytes, password: bytes | None) -> Self:
        """Read the key and certificates of a PKCS#12 store; raises as ``load`` does."""
        key, certificates = _pkcs12(data, password)
        return cls(SoftwareSigner(_can_sign(key)), certificates)


@dataclass(frozen=True, slots=True)
class DecryptionKey:
    """A private key for decryption; its certificate may have expired, old messages have not."""

    private_key: (
        rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey | Decrypter
    ) = field(repr=False)
    certificate: Certificate | None = field(default=None, repr=False)
    public_key: PublicKey = field(init=False, repr=False, compare=False)
    """The public half."""

    def __post_init__(self) -> None:
        """Take the public half once: each message is asked whether it is for this key."""
        key = self.private_key
        public = key.public_key() if isinstance(key, _SOFTWARE) else key.public_key
        object.__setattr__(self, "public_key", public)

    def decrypt_oaep(
        self, octets: bytes, *, digest: hashes.HashAlgorithm, mask: hashes.HashAlgorithm
    ) -> bytes:
        """As ``Decrypter`` says; raises ``ValueError`` for another kind of key too."""
        key = self.private_key
        if isinstance(key, rsa.RSAPrivateKey):
            return key.decrypt(octets, padding.OAEP(padding.MGF1(mask), digest, None))
        if isinstance(key, _SOFTWARE):
            raise ValueError(type(key).__name__)
        return key.decrypt_oaep(octets, digest=digest, mask=mask)

    def agree(self, other: ec.EllipticCurvePublicKey) -> bytes:
        """As ``Decrypter`` says; raises ``ValueError`` for another kind of key too."""
        key = self.private_key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.exchange(ec.ECDH(), other)
        if isinstance(key, _SOFTWARE):
            raise ValueError(type(key).__name__)
        return key.agree(other)

    @classmethod
    def load(
        cls, key_pem: bytes, certificates_pem: bytes | None = None, password: bytes | None = None
    ) -> Self:
        """Read a PEM key and, when given, its certificate; raises as ``SigningKey.load`` does."""
        chain = Certificate.load_chain(certificates_pem) if certificates_pem else ()
        return cls._of(_private_key(key_pem, password), chain)

    @classmethod
    def load_pkcs12(cls, data: bytes, password: bytes | None) -> Self:
        """Read the key and certificate of a PKCS#12 store; raises as ``load`` does."""
        return cls._of(*_pkcs12(data, password))

    @classmethod
    def _of(cls, key: PrivateKey, chain: tuple[Certificate, ...]) -> Self:
        if isinstance(key, ed25519.Ed25519PrivateKey):
            raise XmlMisuse("key/use", expected="a key that decrypts", found="a signing key")
        if chain and key_info(chain[0].public_key) != key_info(key.public_key()):
            raise XmlMisuse(
                "key/certificate",
                expected="a certificate of this key",
                found="another key's certificate",
            )
        return cls(key, chain[0] if chain else None)


def rsa_padding(algorithm: SignatureAlgorithm) -> padding.AsymmetricPadding:
    """PKCS#1 v1.5, or PSS whose salt is as long as the digest (RFC 9231, 2.3.10)."""
    digest = algorithm.digest.hash
    if algorithm.is_pss:
        return padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
    return padding.PKCS1v15()


def check_signing_key(
    signer: Signer, algorithm: SignatureAlgorithm, *, min_rsa_bits: int, min_ec_bits: int
) -> None:
    """Raise ``XmlMisuse`` when the key is of another kind than the algorithm's, or too short."""
    key = signer.public_key
    family = family_of(key)
    if family is not algorithm.family:
        raise XmlMisuse(
            "key/kind",
            expected=f"a key for {algorithm.family.value}",
            found=family.value if family else "a key that cannot sign",
        )
    least = min_rsa_bits if isinstance(key, rsa.RSAPublicKey) else min_ec_bits
    if key_bits(key) < least:
        raise XmlMisuse("key/size", expected=f"{least} bits", found=f"{key_bits(key)} bits")


def _can_sign(
    key: PrivateKey,
) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    if isinstance(key, x25519.X25519PrivateKey):
        raise XmlMisuse("key/use", expected="a key that signs", found="a key agreement key")
    return key


def _private_key(pem: bytes, password: bytes | None) -> PrivateKey:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  as in certificates
        load_pem_private_key,
    )

    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    return _known(key, "a PEM private key of a known kind and its password")


def _pkcs12(data: bytes, password: bytes | None) -> tuple[PrivateKey, tuple[Certificate, ...]]:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  as in certificates
        Encoding,
        pkcs12,
    )

    try:
        key, leaf, others = pkcs12.load_key_and_certificates(data, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key, leaf, others = None, None, []
    known = _known(key, "a PKCS#12 store with a private key, and its password")
    found = ([leaf] if leaf is not None else []) + others
    return known, tuple(Certificate.load(one.public_bytes(Encoding.DER)) for one in found)


def _known(key: object, expected: str) -> PrivateKey:
    if isinstance(key, PrivateKey):
        return key
    raise CertificateRefused(
        "key/read",
        expected=expected,
        found="nothing that can be read" if key is None else "another",
    )
