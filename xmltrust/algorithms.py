"""The algorithm identifiers of XML Signature and XML Encryption that may be used at all.

What is not listed here (SHA-1 signatures, HMAC, DSA, CBC, RSA 1.5, XSLT, XPath) cannot be named.
Identifiers: https://www.rfc-editor.org/rfc/rfc9231, https://www.w3.org/TR/xmlenc-core1/.
"""

from enum import Enum, StrEnum

from cryptography.hazmat.primitives import hashes

DS = "http://www.w3.org/2000/09/xmldsig#"
DSIG11 = "http://www.w3.org/2009/xmldsig11#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"


class DigestAlgorithm(StrEnum):
    """Message digests: the SHA-2 family."""

    SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
    SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"

    @property
    def hash_name(self) -> str:
        """The name that ``hashlib`` knows."""
        return self.name.lower()

    @property
    def hash(self) -> hashes.HashAlgorithm:
        """The hash object that ``cryptography`` wants."""
        return _HASHES[self.name]


class KeyFamily(Enum):
    """The kind of key that an algorithm is bound to."""

    RSA = "RSA"
    EC = "elliptic curve"
    ED25519 = "Ed25519"


class SignatureAlgorithm(StrEnum):
    """Signature algorithms; each is bound to one kind of key and one digest."""

    RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    RSA_SHA384 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
    RSA_SHA512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
    RSA_PSS_SHA256 = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
    RSA_PSS_SHA384 = "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"
    RSA_PSS_SHA512 = "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"
    ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
    ECDSA_SHA384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
    ECDSA_SHA512 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"
    ED25519 = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"

    @property
    def family(self) -> KeyFamily:
        """The kind of key that may make such a signature."""
        if self.name.startswith("RSA"):
            return KeyFamily.RSA
        return KeyFamily.EC if self.name.startswith("ECDSA") else KeyFamily.ED25519

    @property
    def is_pss(self) -> bool:
        """Whether the padding is RSASSA-PSS with MGF1 and a salt as long as the digest."""
        return self.name.startswith("RSA_PSS")

    @property
    def digest(self) -> DigestAlgorithm:
        """The digest inside the signature; for Ed25519, the digest its references should use."""
        return (
            DigestAlgorithm[self.name.rpartition("_")[2]]
            if "_" in self.name
            else (DigestAlgorithm.SHA256)
        )


class ContentEncryption(StrEnum):
    """Authenticated encryption of the content; nothing unauthenticated exists here."""

    AES128_GCM = "http://www.w3.org/2009/xmlenc11#aes128-gcm"
    AES192_GCM = "http://www.w3.org/2009/xmlenc11#aes192-gcm"
    AES256_GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm"

    @property
    def key_bytes(self) -> int:
        """Length of the content key."""
        return int(self.name[3:6]) // 8


class KeyTransport(StrEnum):
    """RSA-OAEP in its two XML spellings."""

    RSA_OAEP = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
    """XML Encryption 1.1: the mask generation function is named beside the digest."""
    RSA_OAEP_MGF1P = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
    """XML Encryption 1.0, MGF1 fixed to SHA-1: decryption only, and only where policy says so."""


class MaskGeneration(StrEnum):
    """Mask generation functions of RSA-OAEP in XML Encryption 1.1."""

    MGF1_SHA1 = "http://www.w3.org/2009/xmlenc11#mgf1sha1"
    """Decryption only, and only where policy says so."""
    MGF1_SHA256 = "http://www.w3.org/2009/xmlenc11#mgf1sha256"
    MGF1_SHA384 = "http://www.w3.org/2009/xmlenc11#mgf1sha384"
    MGF1_SHA512 = "http://www.w3.org/2009/xmlenc11#mgf1sha512"

    @property
    def hash(self) -> hashes.HashAlgorithm:
        """The hash object that ``cryptography`` wants."""
        return _HASHES[self.name.rpartition("_")[2]]


class OaepDigest(StrEnum):
    """Digests that RSA-OAEP may name; SHA-1 for decryption only, where policy says so."""

    SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
    SHA256 = DigestAlgorithm.SHA256.value
    SHA384 = DigestAlgorithm.SHA384.value
    SHA512 = DigestAlgorithm.SHA512.value

    @property
    def hash(self) -> hashes.HashAlgorithm:
        """The hash object that ``cryptography`` wants."""
        return _HASHES[self.name]


class KeyAgreement(StrEnum):
    """Key agreement methods."""

    ECDH_ES = "http://www.w3.org/2009/xmlenc11#ECDH-ES"


class KeyDerivation(StrEnum):
    """Key derivation after the agreement."""

    CONCAT_KDF = "http://www.w3.org/2009/xmlenc11#ConcatKDF"


class KeyWrap(StrEnum):
    """AES key wrap of the content key under the agreed key."""

    AES128 = "http://www.w3.org/2001/04/xmlenc#kw-aes128"
    AES256 = "http://www.w3.org/2001/04/xmlenc#kw-aes256"

    @property
    def key_bytes(self) -> int:
        """Length of the wrapping key."""
        return int(self.name[3:6]) // 8


_HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA1": hashes.SHA1(),  # noqa: S303  OAEP of older peers only, where a policy allows it
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}
