"""Key agreement of eDelivery AS4 2.0: X25519 or ECDH-ES on a curve, HKDF, AES key wrap.

https://www.rfc-editor.org/rfc/rfc9231, https://www.rfc-editor.org/rfc/rfc5869
"""

import base64
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from lxml import etree

from xmltrust.algorithms import DSIG11, XENC, XENC11, KeyAgreement, KeyWrap
from xmltrust.canonical import decode_base64
from xmltrust.certificates import PublicKey, key_info
from xmltrust.errors import DecryptionFailed
from xmltrust.key_agreement import AGREEMENT_METHOD
from xmltrust.key_names import curve_key_value, named_keys
from xmltrust.keys import DecryptionKey
from xmltrust.policy import EncryptionPolicy
from xmltrust.select import Children, exactly_one, text_of

MORE = "http://www.w3.org/2021/04/xmldsig-more#"
_X25519 = MORE + "x25519"
_HKDF = MORE + "hkdf"
_HMAC_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
_WRAP = KeyWrap.AES128
_ORIGINATOR = f"{{{XENC}}}OriginatorKeyInfo"
_ENCODED_KEY = f"{{{DSIG11}}}DEREncodedKeyValue"

AgreementKey = x25519.X25519PublicKey | ec.EllipticCurvePublicKey


def agree_with(
    public: AgreementKey,
    method: etree._Element,
    information: etree._Element,
    *,
    content_key: bytes,
) -> tuple[bytes, etree._Element]:
    """Fill ``EncryptionMethod`` and ``KeyInfo`` for a fresh key of ours.

    Gives the wrapped key, and the ``RecipientKeyInfo`` that the caller fills.
    """
    method.set("Algorithm", _WRAP.value)
    salt = os.urandom(16)
    agreement = etree.SubElement(information, AGREEMENT_METHOD, Algorithm=_algorithm(public))
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
    shared = _shared(public, etree.SubElement(agreement, _ORIGINATOR))
    wrapped = aes_key_wrap(_derive(shared, salt, b""), content_key)
    return wrapped, etree.SubElement(agreement, f"{{{XENC}}}RecipientKeyInfo")


def receive_agreed_with(
    key: DecryptionKey,
    method: etree._Element,
    information: etree._Element,
    octets: bytes,
    policy: EncryptionPolicy,
) -> bytes:
    """The content key; raises ``DecryptionFailed``, ``XmlRefused`` or the key's ``ValueError``."""
    ours = key.public_key
    agreement = exactly_one(information, AGREEMENT_METHOD)
    parts = Children(agreement)
    derivation = parts.exactly_one(f"{{{XENC11}}}KeyDerivationMethod")
    parameters = Children(exactly_one(derivation, f"{{{MORE}}}HKDFParams"))
    prf = parameters.exactly_one(f"{{{MORE}}}PRF")
    named = [one.get("Algorithm") for one in (method, agreement, derivation, prf)]
    length = text_of(parameters.exactly_one(f"{{{MORE}}}KeyLength"))
    wanted = [_WRAP.value, _algorithm(ours), _HKDF, _HMAC_SHA256]
    if named != wanted or length != str(_WRAP.key_bytes):
        raise DecryptionFailed
    theirs = named_keys(parts.exactly_one(_ORIGINATOR))
    if len(theirs) != 1:
        raise DecryptionFailed
    shared = _received(key, theirs[0], policy)
    salt, info = (
        b"" if one is None else decode_base64(one.text, "xenc/hkdf")
        for one in (parameters.at_most_one(f"{{{MORE}}}{name}") for name in ("Salt", "Info"))
    )
    return aes_key_unwrap(_derive(shared, salt, info), octets)


def _algorithm(public: PublicKey) -> str:
    is_montgomery = isinstance(public, x25519.X25519PublicKey)
    return _X25519 if is_montgomery else KeyAgreement.ECDH_ES.value


def _shared(public: AgreementKey, originator: etree._Element) -> bytes:
    """A secret shared with the recipient; ``originator`` is to name our half of it."""
    if isinstance(public, x25519.X25519PublicKey):
        ours = x25519.X25519PrivateKey.generate()
        named = etree.SubElement(originator, _ENCODED_KEY, nsmap={"dsig11": DSIG11})
        named.text = base64.b64encode(key_info(ours.public_key())).decode("ascii")
        return ours.exchange(public)
    ephemeral = ec.generate_private_key(public.curve)
    originator.append(curve_key_value(ephemeral.public_key()))
    return ephemeral.exchange(ec.ECDH(), public)


def _received(key: DecryptionKey, theirs: PublicKey, policy: EncryptionPolicy) -> bytes:
    ours = key.public_key
    if isinstance(key.private_key, x25519.X25519PrivateKey):
        if isinstance(theirs, x25519.X25519PublicKey):
            return key.private_key.exchange(theirs)
    elif (
        isinstance(ours, ec.EllipticCurvePublicKey)
        and isinstance(theirs, ec.EllipticCurvePublicKey)
        and theirs.curve.name == ours.curve.name
        and ours.key_size >= policy.min_ec_bits
    ):
        return key.agree(theirs)
    raise DecryptionFailed


def _derive(shared: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_WRAP.key_bytes, salt=salt, info=info).derive(
        shared
    )
