"""Carry a content key under an ephemeral Diffie-Hellman agreement on a named curve.

https://www.w3.org/TR/xmlenc-core1/#sec-ECDH-ES
"""

import binascii

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from lxml import etree

from xmltrust.algorithms import (
    DS,
    XENC,
    XENC11,
    DigestAlgorithm,
    KeyAgreement,
    KeyDerivation,
    KeyWrap,
)
from xmltrust.certificates import Certificate
from xmltrust.errors import DecryptionFailed
from xmltrust.key_names import certificate_data, curve_key_value, named_keys
from xmltrust.keys import DecryptionKey
from xmltrust.policy import EncryptionPolicy
from xmltrust.select import exactly_one, required_attribute

AGREEMENT_METHOD = f"{{{XENC}}}AgreementMethod"
_PARAMETERS = ("AlgorithmID", "PartyUInfo", "PartyVInfo", "SuppPubInfo", "SuppPrivInfo")
_ONE_ZERO_OCTET = "0000"
_DIGEST = DigestAlgorithm.SHA256


def agree(
    method: etree._Element,
    information: etree._Element,
    recipient: Certificate,
    content_key: bytes,
    wrap: KeyWrap,
) -> bytes:
    """Fill ``EncryptionMethod`` and ``KeyInfo`` for ECDH-ES with a fresh key; wrap the key."""
    public = recipient.public_key
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise DecryptionFailed
    ephemeral = ec.generate_private_key(public.curve)
    method.set("Algorithm", wrap.value)
    agreement = etree.SubElement(
        information, AGREEMENT_METHOD, Algorithm=KeyAgreement.ECDH_ES.value
    )
    derivation = etree.SubElement(
        agreement,
        f"{{{XENC11}}}KeyDerivationMethod",
        Algorithm=KeyDerivation.CONCAT_KDF.value,
        nsmap={"xenc11": XENC11},
    )
    parameters = etree.SubElement(
        derivation,
        f"{{{XENC11}}}ConcatKDFParams",
        dict.fromkeys(_PARAMETERS[:3], _ONE_ZERO_OCTET),
    )
    etree.SubElement(parameters, f"{{{DS}}}DigestMethod", Algorithm=_DIGEST.value)
    originator = etree.SubElement(agreement, f"{{{XENC}}}OriginatorKeyInfo")
    originator.append(curve_key_value(ephemeral.public_key()))
    etree.SubElement(agreement, f"{{{XENC}}}RecipientKeyInfo").append(certificate_data(recipient))
    shared = ephemeral.exchange(ec.ECDH(), public)
    return aes_key_wrap(_derive(shared, parameters, _DIGEST, wrap), content_key)


def receive_agreed(
    method: etree._Element,
    agreement: etree._Element,
    key: DecryptionKey,
    octets: bytes,
    policy: EncryptionPolicy,
) -> bytes:
    """The content key, by the algorithms that are named if the policy allows them.

    Raises ``DecryptionFailed``, ``XmlRefused``, or ``ValueError`` from the key itself.
    """
    wrap = KeyWrap(required_attribute(method, "Algorithm"))
    KeyAgreement(required_attribute(agreement, "Algorithm"))
    derivation = exactly_one(agreement, f"{{{XENC11}}}KeyDerivationMethod")
    KeyDerivation(required_attribute(derivation, "Algorithm"))
    parameters = exactly_one(derivation, f"{{{XENC11}}}ConcatKDFParams")
    digest_method = exactly_one(parameters, f"{{{DS}}}DigestMethod")
    digest = DigestAlgorithm(required_attribute(digest_method, "Algorithm"))
    ours = key.public_key
    originator = _originator(exactly_one(agreement, f"{{{XENC}}}OriginatorKeyInfo"))
    allowed = (
        policy.agreement
        and wrap in policy.wraps
        and isinstance(ours, ec.EllipticCurvePublicKey)
        and originator.curve.name == ours.curve.name
        and ours.key_size >= policy.min_ec_bits
        and agreement.find(f"{{{XENC}}}KA-Nonce") is None
    )
    if not allowed:
        raise DecryptionFailed
    shared = key.agree(originator)
    return aes_key_unwrap(_derive(shared, parameters, digest, wrap), octets)


def _originator(information: etree._Element) -> ec.EllipticCurvePublicKey:
    """The sender's ephemeral key; spelled twice, it must be the same key twice."""
    found = named_keys(information)
    first = found[0] if found else None
    if not isinstance(first, ec.EllipticCurvePublicKey) or len({*map(_point, found)}) != 1:
        raise DecryptionFailed
    return first


def _point(key: object) -> tuple[int, int] | None:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return None
    numbers = key.public_numbers()
    return numbers.x, numbers.y


def _derive(
    shared: bytes, parameters: etree._Element, digest: DigestAlgorithm, wrap: KeyWrap
) -> bytes:
    other = b"".join(_bits(parameters.get(name, "00")) for name in _PARAMETERS)
    return ConcatKDFHash(digest.hash, length=wrap.key_bytes, otherinfo=other).derive(shared)


def _bits(text: str) -> bytes:
    """ "The first octet is the number of padding bits": only whole octets are accepted."""
    try:
        octets = binascii.unhexlify(text)
    except ValueError:
        octets = b""
    if octets[:1] != b"\x00":
        raise DecryptionFailed
    return octets[1:]
