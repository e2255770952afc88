"""``xenc:EncryptedKey`` whose recipient the message names in its own way: RSA-OAEP or X25519.

RSA-OAEP: https://www.w3.org/TR/xmlenc-core1/#sec-RSA-OAEP
X25519 with HKDF and AES key wrap: https://www.rfc-editor.org/rfc/rfc9231, eDelivery AS4 2.0.
"""

import base64
import os

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa, x25519
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from lxml import etree

from xmltrust.algorithms import DS, DSIG11, XENC, XENC11, KeyWrap
from xmltrust.canonical import decode_base64
from xmltrust.certificates import Certificate, key_bits, key_info, load_public_key
from xmltrust.encrypted_key import ENCRYPTED_KEY, cipher_data, cipher_octets
from xmltrust.errors import DecryptionFailed, XmlMisuse, XmlTrustError
from xmltrust.key_agreement import AGREEMENT_METHOD
from xmltrust.key_transport import receive_transported, transport
from xmltrust.keys import DecryptionKey
from xmltrust.policy import EncryptionPolicy
from xmltrust.select import at_most_one, exactly_one, text_of

MORE = "http://www.w3.org/2021/04/xmldsig-more#"
_X25519 = MORE + "x25519"
_HKDF = MORE + "hkdf"
_HMAC_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
_WRAP = KeyWrap.AES128
_LEAST_RSA_BITS = 2048


def write_message_key(
    content_key: bytes, *, recipient: Certificate, recipient_info: etree._Element
) -> etree._Element:
    """``EncryptedKey`` for the recipient's key, named by ``recipient_info``.

    Raises ``XmlMisuse`` when the key is neither RSA of 2048 bits or more nor X25519.
    """
    public = recipient.public_key
    element = etree.Element(ENCRYPTED_KEY, nsmap={"xenc": XENC, "ds": DS})
    method = etree.SubElement(element, f"{{{XENC}}}EncryptionMethod")
    information = etree.SubElement(element, f"{{{DS}}}KeyInfo")
    if isinstance(public, rsa.RSAPublicKey) and key_bits(public) >= _LEAST_RSA_BITS:
        information.append(recipient_info)
        octets = transport(method, public, content_key)
    elif isinstance(public, x25519.X25519PublicKey):
        method.set("Algorithm", _WRAP.value)
        octets = _agree(information, public, recipient_info, content_key)
    else:
        raise XmlMisuse(
            "key/kind", expected="RSA of 2048 bits or more, or X25519", found="another key"
        )
    element.append(cipher_data(octets))
    return element


def read_message_key(
    element: etree._Element, *, key: DecryptionKey, policy: EncryptionPolicy
) -> bytes:
    """The content key in ``EncryptedKey``; raises ``DecryptionFailed`` whatever is wrong."""
    try:
        method = exactly_one(element, f"{{{XENC}}}EncryptionMethod")
        octets = cipher_octets(element)
        if isinstance(key.public_key, rsa.RSAPublicKey):
            return receive_transported(method, key, octets, policy)
        if isinstance(key.private_key, x25519.X25519PrivateKey):
            return _receive_agreed(element, method, key.private_key, octets)
    except (XmlTrustError, ValueError, InvalidUnwrap, UnsupportedAlgorithm):
        raise DecryptionFailed from None
    raise DecryptionFailed


def _agree(
    information: etree._Element,
    public: x25519.X25519PublicKey,
    recipient_info: etree._Element,
    content_key: bytes,
) -> bytes:
    ephemeral = x25519.X25519PrivateKey.generate()
    salt = os.urandom(16)
    agreement = etree.SubElement(information, AGREEMENT_METHOD, Algorithm=_X25519)
    derivation = etree.SubElement(
        agreement,
        f"{{{XENC11}}}KeyDerivationMethod",
        nsmap={"xenc11": XENC11},
        Algorithm=_HKDF,
    )
    parameters = etree.SubElement(derivation, f"{{{MORE}}}HKDFParams", nsmap={"dsig-more": MORE})
    etree.SubElement(parameters, f"{{{MORE}}}PRF", Algorithm=_HMAC_SHA256)
    etree.SubElement(parameters, f"{{{MORE}}}Salt").text = base64.b64encode(salt).decode("ascii")
    etree.SubElement(parameters, f"{{{MORE}}}KeyLength").text = str(_WRAP.key_bytes)
    originator = etree.SubElement(agreement, f"{{{XENC}}}OriginatorKeyInfo")
    value = etree.SubElement(
        originator, f"{{{DSIG11}}}DEREncodedKeyValue", nsmap={"dsig11": DSIG11}
    )
    value.text = base64.b64encode(key_info(ephemeral.public_key())).decode("ascii")
    etree.SubElement(agreement, f"{{{XENC}}}RecipientKeyInfo").append(recipient_info)
    return aes_key_wrap(_derive(ephemeral.exchange(public), salt, b""), content_key)


def _receive_agreed(
    element: etree._Element,
    method: etree._Element,
    key: x25519.X25519PrivateKey,
    octets: bytes,
) -> bytes:
    agreement = exactly_one(exactly_one(element, f"{{{DS}}}KeyInfo"), AGREEMENT_METHOD)
    derivation = exactly_one(agreement, f"{{{XENC11}}}KeyDerivationMethod")
    parameters = exactly_one(derivation, f"{{{MORE}}}HKDFParams")
    prf = exactly_one(parameters, f"{{{MORE}}}PRF")
    named = [one.get("Algorithm") for one in (method, agreement, derivation, prf)]
    length = text_of(exactly_one(parameters, f"{{{MORE}}}KeyLength"))
    if named != [_WRAP.value, _X25519, _HKDF, _HMAC_SHA256] or length != str(_WRAP.key_bytes):
        raise DecryptionFailed
    originator = exactly_one(agreement, f"{{{XENC}}}OriginatorKeyInfo")
    encoded = exactly_one(originator, f"{{{DSIG11}}}DEREncodedKeyValue")
    public = load_public_key(decode_base64(encoded.text, "key/value"))
    if not isinstance(public, x25519.X25519PublicKey):
        raise DecryptionFailed
    salt, info = (
        b"" if one is None else decode_base64(one.text, "xenc/hkdf")
        for one in (at_most_one(parameters, f"{{{MORE}}}{name}") for name in ("Salt", "Info"))
    )
    return aes_key_unwrap(_derive(key.exchange(public), salt, info), octets)


def _derive(shared: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_WRAP.key_bytes, salt=salt, info=info).derive(
        shared
    )
