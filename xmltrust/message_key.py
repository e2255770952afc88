"""``xenc:EncryptedKey`` whose recipient the message names in its own way: transport or agreement.

RSA-OAEP: https://www.w3.org/TR/xmlenc-core1/#sec-RSA-OAEP; X25519 and ECDH-ES with HKDF and AES
key wrap: eDelivery AS4 2.0.
"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from lxml import etree

from xmltrust.algorithms import DS, XENC
from xmltrust.certificates import Certificate, key_bits
from xmltrust.encrypted_key import ENCRYPTED_KEY, cipher_octets, write_cipher_data
from xmltrust.errors import DecryptionFailed, XmlMisuse, XmlTrustError
from xmltrust.key_transport import receive_transported, transport
from xmltrust.keys import DecryptionKey
from xmltrust.message_agreement import agree_with, receive_agreed_with
from xmltrust.policy import EncryptionPolicy
from xmltrust.select import exactly_one

_LEAST_RSA_BITS = 2048
_LEAST_EC_BITS = 256


def write_message_key(
    parent: etree._Element, content_key: bytes, *, recipient: Certificate, identifier: str
) -> tuple[etree._Element, etree._Element]:
    """Append ``EncryptedKey`` for the recipient's key.

    Gives it, and the element inside it in which the caller names the recipient. Raises
    ``XmlMisuse`` when the key is neither RSA of 2048 bits or more, nor X25519, nor on a
    curve of 256 bits or more.
    """
    public = recipient.public_key
    element = etree.SubElement(parent, ENCRYPTED_KEY, nsmap={"xenc": XENC, "ds": DS}, Id=identifier)
    method = etree.SubElement(element, f"{{{XENC}}}EncryptionMethod")
    information = etree.SubElement(element, f"{{{DS}}}KeyInfo")
    if isinstance(public, rsa.RSAPublicKey) and key_bits(public) >= _LEAST_RSA_BITS:
        octets, named_in = transport(method, public, content_key), information
    elif isinstance(public, x25519.X25519PublicKey | ec.EllipticCurvePublicKey) and (
        key_bits(public) >= _LEAST_EC_BITS
    ):
        octets, named_in = agree_with(public, method, information, content_key=content_key)
    else:
        raise XmlMisuse(
            "key/kind",
            expected="RSA of 2048 bits or more, X25519, or a curve of 256 bits or more",
            found="another key",
        )
    write_cipher_data(element, octets)
    return element, named_in


def read_message_key(
    element: etree._Element, *, key: DecryptionKey, policy: EncryptionPolicy
) -> bytes:
    """The content key in ``EncryptedKey``; raises ``DecryptionFailed`` whatever is wrong."""
    try:
        method = exactly_one(element, f"{{{XENC}}}EncryptionMethod")
        octets = cipher_octets(element)
        if isinstance(key.public_key, rsa.RSAPublicKey):
            return receive_transported(method, key, octets, policy)
        information = exactly_one(element, f"{{{DS}}}KeyInfo")
        return receive_agreed_with(key, method, information, octets, policy)
    except (XmlTrustError, ValueError, InvalidUnwrap, UnsupportedAlgorithm):
        raise DecryptionFailed from None
