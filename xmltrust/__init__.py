"""The only door from bytes to XML elements, where XML is signed, verified, encrypted, decrypted."""

from xmltrust.algorithms import (
    ContentEncryption,
    DigestAlgorithm,
    KeyTransport,
    KeyWrap,
    SignatureAlgorithm,
)
from xmltrust.certificates import Certificate, TrustedKey
from xmltrust.dsig import VerifiedElement, verify_element, verify_enveloped
from xmltrust.errors import (
    CertificateRefused,
    DecryptionFailed,
    SelectionError,
    SignatureRefused,
    XmlMisuse,
    XmlRefused,
    XmlTrustError,
)
from xmltrust.keys import Decrypter, DecryptionKey, Signer, SigningKey
from xmltrust.parse import Limits, parse
from xmltrust.policy import EncryptionPolicy, SignaturePolicy
from xmltrust.select import at_most_one, every, exactly_one, required_attribute, text_of
from xmltrust.signing import add_signature, sign_enveloped
from xmltrust.xenc import decrypt_element, encrypt_element

__all__ = [
    "Certificate",
    "CertificateRefused",
    "ContentEncryption",
    "Decrypter",
    "DecryptionFailed",
    "DecryptionKey",
    "DigestAlgorithm",
    "EncryptionPolicy",
    "KeyTransport",
    "KeyWrap",
    "Limits",
    "SelectionError",
    "SignatureAlgorithm",
    "SignaturePolicy",
    "SignatureRefused",
    "Signer",
    "SigningKey",
    "TrustedKey",
    "VerifiedElement",
    "XmlMisuse",
    "XmlRefused",
    "XmlTrustError",
    "add_signature",
    "at_most_one",
    "decrypt_element",
    "encrypt_element",
    "every",
    "exactly_one",
    "parse",
    "required_attribute",
    "sign_enveloped",
    "text_of",
    "verify_element",
    "verify_enveloped",
]
