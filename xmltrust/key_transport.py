"""Carry a content key under RSA-OAEP.

https://www.w3.org/TR/xmlenc-core1/#sec-RSA-OAEP
"""

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from xmltrust.algorithms import DS, XENC11, KeyTransport, MaskGeneration, OaepDigest
from xmltrust.certificates import key_bits
from xmltrust.errors import DecryptionFailed
from xmltrust.keys import DecryptionKey
from xmltrust.policy import EncryptionPolicy
from xmltrust.select import at_most_one, required_attribute

_DIGEST = OaepDigest.SHA256
_MASK = MaskGeneration.MGF1_SHA256


def transport(method: etree._Element, key: rsa.RSAPublicKey, content_key: bytes) -> bytes:
    """Fill ``EncryptionMethod`` for RSA-OAEP with SHA-256 throughout, and encrypt the key."""
    method.set("Algorithm", KeyTransport.RSA_OAEP.value)
    etree.SubElement(method, f"{{{DS}}}DigestMethod", Algorithm=_DIGEST.value)
    etree.SubElement(method, f"{{{XENC11}}}MGF", Algorithm=_MASK.value, nsmap={"xenc11": XENC11})
    oaep = padding.OAEP(padding.MGF1(_MASK.hash), _DIGEST.hash, label=None)
    return key.encrypt(content_key, oaep)


def receive_transported(
    method: etree._Element, key: DecryptionKey, octets: bytes, policy: EncryptionPolicy
) -> bytes:
    """The content key, by the algorithms of ``EncryptionMethod`` if the policy allows them.

    Raises ``DecryptionFailed``, ``SelectionError``, or ``ValueError`` from the key itself.
    """
    algorithm = KeyTransport(required_attribute(method, "Algorithm"))
    named_digest = at_most_one(method, f"{{{DS}}}DigestMethod")
    named_mask = at_most_one(method, f"{{{XENC11}}}MGF")
    # "If the DigestMethod is absent, SHA-1"; "If MGF is absent, MGF1 with SHA-1": 5.5.2
    digest = OaepDigest(
        OaepDigest.SHA1 if named_digest is None else named_digest.get("Algorithm", "")
    )
    mask = MaskGeneration(
        MaskGeneration.MGF1_SHA1 if named_mask is None else named_mask.get("Algorithm", "")
    )
    if algorithm is KeyTransport.RSA_OAEP_MGF1P and mask is not MaskGeneration.MGF1_SHA1:
        raise DecryptionFailed
    allowed = (
        algorithm in policy.transports
        and digest in policy.oaep_digests
        and mask in policy.masks
        and key_bits(key.public_key) >= policy.min_rsa_bits
    )
    if not allowed or method.find("{*}OAEPparams") is not None:
        raise DecryptionFailed
    return key.decrypt_oaep(octets, digest=digest.hash, mask=mask.hash)
