"""Write and open ``xenc:EncryptedKey``: a content key that only one recipient can use.

https://www.w3.org/TR/xmlenc-core1/#sec-EncryptedKey
"""

import base64
from collections.abc import Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from lxml import etree

from xmltrust.algorithms import DS, XENC, KeyWrap
from xmltrust.canonical import decode_base64
from xmltrust.certificates import Certificate, PublicKey, key_bits
from xmltrust.errors import DecryptionFailed, XmlMisuse, XmlTrustError
from xmltrust.key_agreement import AGREEMENT_METHOD, agree, receive_agreed
from xmltrust.key_names import certificate_data, recipient_keys
from xmltrust.key_transport import receive_transported, transport
from xmltrust.keys import DecryptionKey
from xmltrust.policy import EncryptionPolicy
from xmltrust.select import at_most_one, exactly_one

ENCRYPTED_KEY = f"{{{XENC}}}EncryptedKey"


def wrap_key(
    content_key: bytes, *, recipient: Certificate, wrap: KeyWrap, policy: EncryptionPolicy
) -> etree._Element:
    """``EncryptedKey`` for the recipient: RSA-OAEP or ECDH-ES, as the certificate's key is.

    Raises ``XmlMisuse`` when the recipient's key is too short or of another kind.
    """
    public = recipient.public_key
    least = policy.min_rsa_bits if isinstance(public, rsa.RSAPublicKey) else policy.min_ec_bits
    if key_bits(public) < least:
        raise XmlMisuse("key/size", expected=f"{least} bits", found=f"{key_bits(public)} bits")
    element = etree.Element(ENCRYPTED_KEY, nsmap={"xenc": XENC, "ds": DS})
    method = etree.SubElement(element, f"{{{XENC}}}EncryptionMethod")
    information = etree.SubElement(element, f"{{{DS}}}KeyInfo")
    if isinstance(public, rsa.RSAPublicKey):
        information.append(certificate_data(recipient))
        octets = transport(method, public, content_key)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        octets = agree(method, information, recipient, content_key, wrap)
    else:
        raise XmlMisuse("key/kind", expected="RSA or a named curve", found="another kind")
    write_cipher_data(element, octets)
    return element


def unwrap_key(
    element: etree._Element, *, keys: Sequence[DecryptionKey], policy: EncryptionPolicy
) -> bytes:
    """The content key, by the key of ours that ``EncryptedKey`` names; ``DecryptionFailed``.

    Where the policy asks for no name, an encrypted key that gives none is tried with every key.
    """
    try:
        method = exactly_one(element, f"{{{XENC}}}EncryptionMethod")
        information = at_most_one(element, f"{{{DS}}}KeyInfo")
        octets = cipher_octets(element)
        for key in _candidates(information, keys, policy):
            found = _try(method, information, key, octets, policy)
            if found is not None:
                return found
    except (XmlTrustError, ValueError):
        raise DecryptionFailed from None
    raise DecryptionFailed


def is_for(element: etree._Element, key: DecryptionKey) -> bool:
    """Whether ``EncryptedKey`` names this key of ours."""
    return key.public_key in _named(element.find(f"{{{DS}}}KeyInfo"))


def write_cipher_data(parent: etree._Element, octets: bytes) -> None:
    """Append ``xenc:CipherData`` that holds the octets themselves."""
    data = etree.SubElement(parent, f"{{{XENC}}}CipherData")
    value = etree.SubElement(data, f"{{{XENC}}}CipherValue")
    value.text = base64.b64encode(octets).decode("ascii")


def cipher_octets(element: etree._Element) -> bytes:
    """The octets of ``CipherData/CipherValue``; a CipherReference is never followed."""
    data = exactly_one(element, f"{{{XENC}}}CipherData")
    if len(data) != 1:
        raise DecryptionFailed
    value = exactly_one(data, f"{{{XENC}}}CipherValue")
    if len(value):
        raise DecryptionFailed
    return decode_base64(value.text, "xenc/cipher-value")


def _candidates(
    information: etree._Element | None, keys: Sequence[DecryptionKey], policy: EncryptionPolicy
) -> list[DecryptionKey]:
    named = _named(information)
    if not named and not policy.recipient_named:
        return list(keys)
    return [key for key in keys if key.public_key in named]


def _named(information: etree._Element | None) -> tuple[PublicKey, ...]:
    """The recipients; in an agreement they stand in ``RecipientKeyInfo``."""
    if information is None:
        return ()
    agreement = at_most_one(information, AGREEMENT_METHOD)
    if agreement is not None:
        information = exactly_one(agreement, f"{{{XENC}}}RecipientKeyInfo")
    return recipient_keys(information)


def _try(
    method: etree._Element,
    information: etree._Element | None,
    key: DecryptionKey,
    octets: bytes,
    policy: EncryptionPolicy,
) -> bytes | None:
    agreement = None if information is None else at_most_one(information, AGREEMENT_METHOD)
    try:
        if isinstance(key.public_key, rsa.RSAPublicKey) and agreement is None:
            return receive_transported(method, key, octets, policy)
        if isinstance(key.public_key, ec.EllipticCurvePublicKey) and agreement is not None:
            return receive_agreed(method, agreement, key, octets, policy)
    except (XmlTrustError, ValueError, InvalidUnwrap, UnsupportedAlgorithm):
        return None
    return None
