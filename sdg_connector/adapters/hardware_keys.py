"""Keys that stay in a hardware module, reached through PKCS#11 (extra ``hsm``).

    with HardwareToken.open(library, token="portal", pin=pin) as token:
        key = token.signing_key("eidas-signing", certificates)

https://docs.oasis-open.org/pkcs11/pkcs11-base/v2.40/pkcs11-base-v2.40.html
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import pkcs11
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11 import MGF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error

from sdg_connector.errors import NobodyAnswered, OwnMistake
from xmltrust import Certificate, DecryptionKey, SignatureAlgorithm, SigningKey, XmlTrustError
from xmltrust.signature_value import is_made_by

_LOG = logging.getLogger(__name__)
_Given = TypeVar("_Given")
_FAILURES: Final = (PKCS11Error, AttributeError)
"""python-pkcs11 gives a key only the methods that the token lets it be used for."""
_HASHES: Final = {
    name: (getattr(Mechanism, name.replace("SHA", "SHA_") if name == "SHA1" else name), mask)
    for name, mask in (
        ("SHA1", MGF.SHA1),
        ("SHA256", MGF.SHA256),
        ("SHA384", MGF.SHA384),
        ("SHA512", MGF.SHA512),
    )
}


class HardwareToken:
    """A session with one token, shared by all threads of this process, one call at a time."""

    def __init__(self, session: Any) -> None:
        """Hold a session of ``python-pkcs11``; most callers want ``open``."""
        self._session = session
        self._lock = threading.Lock()

    @classmethod
    def open(cls, library: Path, *, token: str, pin: str) -> Self:
        """Log in to the token with this label, through the vendor's PKCS#11 library.

        Raises ``OwnMistake`` for a library, a label or a PIN that does not fit.
        """
        try:
            found = pkcs11.lib(str(library)).get_token(token_label=token)
            return cls(found.open(user_pin=pin))
        except (PKCS11Error, RuntimeError) as problem:
            raise OwnMistake(
                f"the token {token!r} did not open by {library}: {_kind(problem)}"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Log out; keys of this token are of no use any more."""
        self._session.close()

    def signing_key(self, label: str, certificates: Sequence[Certificate]) -> SigningKey:
        """Give the private key with this label, and the certificates to show for it, leaf first.

        Raises ``OwnMistake`` when the token has no such key or the certificate is another key's.
        """
        signer = HardwareSigner(self, self._private_key(label), _leaf(certificates).public_key)
        self._demand(label, _signs_right(signer))
        return SigningKey(signer, tuple(certificates))

    def decryption_key(self, label: str, certificate: Certificate) -> DecryptionKey:
        """Give the private key with this label, to decrypt what is encrypted for the certificate.

        Raises ``OwnMistake`` as ``signing_key`` does.
        """
        decrypter = HardwareDecrypter(self, self._private_key(label), certificate.public_key)
        self._demand(label, _decrypts_right(decrypter))
        return DecryptionKey(decrypter, certificate)

    def call(self, work: Callable[[], _Given]) -> _Given:
        """Do one thing with the token while no other thread does."""
        with self._lock:
            return work()

    def _private_key(self, label: str) -> Any:
        try:
            return self.call(
                lambda: self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
            )
        except PKCS11Error as problem:
            raise OwnMistake(f"no single private key {label!r}: {_kind(problem)}") from None

    @staticmethod
    def _demand(label: str, fits: bool) -> None:
        if not fits:
            raise OwnMistake(f"the certificate does not belong to the private key {label!r}")


@dataclass(frozen=True, slots=True)
class HardwareSigner:
    """Signs with a key that never leaves its token; ``xmltrust.Signer``."""

    token: HardwareToken = field(repr=False)
    key: Any = field(repr=False)
    public_key: Any = field(repr=False)

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign as ``xmltrust.Signer`` says; raises ``NobodyAnswered`` when the module fails."""
        digest = algorithm.digest.name
        if isinstance(self.public_key, ec.EllipticCurvePublicKey):
            # Every module signs a digest; few hash and sign in one step.
            hashed = hashlib.new(algorithm.digest.hash_name, data).digest()
            return self._signed(hashed, mechanism=Mechanism.ECDSA)
        if not algorithm.is_pss:
            return self._signed(data, mechanism=getattr(Mechanism, f"{digest}_RSA_PKCS"))
        mechanism, mask = _HASHES[digest]
        return self._signed(
            data,
            mechanism=getattr(Mechanism, f"{digest}_RSA_PKCS_PSS"),
            mechanism_param=(mechanism, mask, algorithm.digest.hash.digest_size),
        )

    def _signed(self, data: bytes, **how: Any) -> bytes:
        try:
            return bytes(self.token.call(lambda: self.key.sign(data, **how)))
        except _FAILURES as problem:
            raise NobodyAnswered(f"the hardware module did not sign: {_kind(problem)}") from None


@dataclass(frozen=True, slots=True)
class HardwareDecrypter:
    """Decrypts with a key that never leaves its token; ``xmltrust.Decrypter``."""

    token: HardwareToken = field(repr=False)
    key: Any = field(repr=False)
    public_key: Any = field(repr=False)

    def decrypt_oaep(
        self, octets: bytes, *, digest: hashes.HashAlgorithm, mask: hashes.HashAlgorithm
    ) -> bytes:
        """Undo RSA-OAEP in the module; raises ``ValueError``."""
        mechanism, _ = _HASHES[digest.name.upper()]
        how = (mechanism, _HASHES[mask.name.upper()][1], None)
        return self._done(
            lambda: self.key.decrypt(octets, mechanism=Mechanism.RSA_PKCS_OAEP, mechanism_param=how)
        )

    def agree(self, other: ec.EllipticCurvePublicKey) -> bytes:
        """Derive the shared secret in the module; raises ``ValueError``."""
        point = other.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        size = (other.key_size + 7) // 8

        def derive() -> bytes:
            secret = self.key.derive_key(
                KeyType.GENERIC_SECRET,
                size * 8,
                mechanism=Mechanism.ECDH1_DERIVE,
                mechanism_param=(pkcs11.KDF.NULL, None, point),
                store=False,
                template={Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True},
            )
            return bytes(secret[Attribute.VALUE])

        return self._done(derive)

    def _done(self, work: Callable[[], bytes]) -> bytes:
        try:
            return bytes(self.token.call(work))
        except _FAILURES as problem:
            # Nobody outside may learn why, but an operator must see a module that is gone.
            _LOG.warning("the hardware module did not decrypt: %s", _kind(problem))
            raise ValueError(_kind(problem)) from None


def _leaf(certificates: Sequence[Certificate]) -> Certificate:
    if not certificates:
        raise OwnMistake("a signing key needs at least its own certificate")
    return certificates[0]


def _signs_right(signer: HardwareSigner) -> bool:
    """Try the key once: a wrong certificate should stop the start, not the first login."""
    curve = isinstance(signer.public_key, ec.EllipticCurvePublicKey)
    # Not every module knows both paddings of RSA in one step with the digest.
    tried = (
        (SignatureAlgorithm.ECDSA_SHA256,)
        if curve
        else (SignatureAlgorithm.RSA_PSS_SHA256, SignatureAlgorithm.RSA_SHA256)
    )
    return any(_signs(signer, algorithm) for algorithm in tried)


def _signs(signer: HardwareSigner, algorithm: SignatureAlgorithm) -> bool:
    data = b"the first signature of a start"
    try:
        return is_made_by(signer.public_key, algorithm, data, signer.sign(data, algorithm))
    except (NobodyAnswered, XmlTrustError):
        return False


def _decrypts_right(decrypter: HardwareDecrypter) -> bool:
    public = decrypter.public_key
    try:
        if isinstance(public, rsa.RSAPublicKey):
            modulus = decrypter.token.call(lambda: decrypter.key[Attribute.MODULUS])
            return int.from_bytes(modulus, "big") == public.public_numbers().n
        if isinstance(public, ec.EllipticCurvePublicKey):
            other = ec.generate_private_key(public.curve)
            return decrypter.agree(other.public_key()) == other.exchange(ec.ECDH(), public)
    except (PKCS11Error, ValueError):
        return False
    return False


def _kind(problem: Exception) -> str:
    return type(problem).__name__
