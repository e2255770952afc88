"""What a receiver accepts from a peer, as values that name every exception."""

from dataclasses import dataclass, replace
from typing import Self

from xmltrust.algorithms import (
    ContentEncryption,
    DigestAlgorithm,
    KeyTransport,
    KeyWrap,
    MaskGeneration,
    OaepDigest,
    SignatureAlgorithm,
)

_MODERN_SIGNATURES = frozenset(
    one for one in SignatureAlgorithm if one.is_pss or one.name.startswith("ECDSA")
)
_RSA_PKCS1 = frozenset(
    one for one in SignatureAlgorithm if one.name.startswith("RSA") and not one.is_pss
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePolicy:
    """Which signatures are good enough; the default takes RSA-PSS 3072 and ECDSA 256 upwards."""

    algorithms: frozenset[SignatureAlgorithm] = _MODERN_SIGNATURES
    digests: frozenset[DigestAlgorithm] = frozenset(DigestAlgorithm)
    min_rsa_bits: int = 3072
    min_ec_bits: int = 256
    whole_document: bool = False
    """Whether a reference may be ``URI=""``, which names the document and not the element's ID."""

    def with_whole_document(self) -> Self:
        """Also accept the reference ``URI=""`` in the signature of a document's root."""
        return replace(self, whole_document=True)

    def with_rsa_pkcs1(self) -> Self:
        """Also accept PKCS#1 v1.5 signatures with SHA-2, for an older peer."""
        return replace(self, algorithms=self.algorithms | _RSA_PKCS1)

    def with_rsa_2048(self) -> Self:
        """Also accept RSA keys of 2048 bits, for an older peer."""
        return replace(self, min_rsa_bits=min(self.min_rsa_bits, 2048))


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionPolicy:
    """Which encryption is good enough; the default takes only the current algorithms."""

    contents: frozenset[ContentEncryption] = frozenset(ContentEncryption)
    transports: frozenset[KeyTransport] = frozenset({KeyTransport.RSA_OAEP})
    oaep_digests: frozenset[OaepDigest] = frozenset(OaepDigest) - {OaepDigest.SHA1}
    masks: frozenset[MaskGeneration] = frozenset(MaskGeneration) - {MaskGeneration.MGF1_SHA1}
    agreement: bool = True
    """Whether ECDH-ES is accepted."""
    wraps: frozenset[KeyWrap] = frozenset(KeyWrap)
    min_rsa_bits: int = 3072
    min_ec_bits: int = 256
    recipient_named: bool = True
    """Whether the encrypted key must name the key it is for (certificate or key value)."""

    def with_oaep_mgf1p(self) -> Self:
        """Also decrypt the RSA-OAEP of XML Encryption 1.0 (MGF1 with SHA-1), for an older peer."""
        return replace(
            self,
            transports=self.transports | {KeyTransport.RSA_OAEP_MGF1P},
            oaep_digests=self.oaep_digests | {OaepDigest.SHA1},
            masks=self.masks | {MaskGeneration.MGF1_SHA1},
        )

    def with_rsa_2048(self) -> Self:
        """Also use our RSA keys of 2048 bits, for an older peer."""
        return replace(self, min_rsa_bits=min(self.min_rsa_bits, 2048))

    def without_recipient_name(self) -> Self:
        """Also try every key of ours when the encrypted key does not say which it is for."""
        return replace(self, recipient_named=False)
