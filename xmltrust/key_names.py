"""Write and read the public keys that ``ds:KeyInfo`` and its kin name."""

import base64
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree

from xmltrust.algorithms import DS, DSIG11
from xmltrust.canonical import decode_base64
from xmltrust.certificates import Certificate, PublicKey, curve_point, load_public_key
from xmltrust.errors import CertificateRefused, XmlMisuse
from xmltrust.select import exactly_one, required_attribute

_CURVES: dict[str, ec.EllipticCurve] = {
    "urn:oid:1.2.840.10045.3.1.7": ec.SECP256R1(),
    "urn:oid:1.3.132.0.34": ec.SECP384R1(),
    "urn:oid:1.3.132.0.35": ec.SECP521R1(),
    "urn:oid:1.3.36.3.3.2.8.1.1.7": ec.BrainpoolP256R1(),
    "urn:oid:1.3.36.3.3.2.8.1.1.11": ec.BrainpoolP384R1(),
    "urn:oid:1.3.36.3.3.2.8.1.1.13": ec.BrainpoolP512R1(),
}
_OIDS = {curve.name: oid for oid, curve in _CURVES.items()}
_MOST_NAMES = 8


def certificate_data(*certificates: Certificate) -> etree._Element:
    """``ds:X509Data`` that shows these certificates."""
    data = etree.Element(f"{{{DS}}}X509Data", nsmap={"ds": DS})
    for certificate in certificates:
        shown = etree.SubElement(data, f"{{{DS}}}X509Certificate")
        shown.text = base64.b64encode(certificate.der).decode("ascii")
    return data


def curve_key_value(key: ec.EllipticCurvePublicKey) -> etree._Element:
    """``ds:KeyValue`` with a point on a named curve; raises ``XmlMisuse`` for other curves."""
    oid = _OIDS.get(key.curve.name)
    if oid is None:
        raise XmlMisuse("key/curve", expected="a NIST or brainpool curve", found=key.curve.name)
    value = etree.Element(f"{{{DS}}}KeyValue", nsmap={"ds": DS})
    curve = etree.SubElement(value, f"{{{DSIG11}}}ECKeyValue", nsmap={"dsig11": DSIG11})
    etree.SubElement(curve, f"{{{DSIG11}}}NamedCurve", URI=oid)
    point = etree.SubElement(curve, f"{{{DSIG11}}}PublicKey")
    point.text = base64.b64encode(curve_point(key)).decode("ascii")
    return value


def named_keys(information: etree._Element) -> tuple[PublicKey, ...]:
    """Every public key that the element spells out; nothing is ever fetched.

    Raises ``XmlRefused`` or ``CertificateRefused`` when one of them cannot be read.
    """
    values = list(information.iterchildren(f"{{{DS}}}KeyValue"))
    if len(values) > _MOST_NAMES:
        raise CertificateRefused("key/names", expected=f"at most {_MOST_NAMES}", found="more")
    return (*recipient_keys(information), *(_key_value(value) for value in values))


def recipient_keys(information: etree._Element) -> tuple[PublicKey, ...]:
    """The keys of certificates and whole encoded keys: what may name a recipient.

    A bare ``ds:KeyValue`` names nobody; the Commission's node refuses it there as well.
    Raises as ``named_keys`` does.
    """
    certificates = [
        shown
        for data in information.iterchildren(f"{{{DS}}}X509Data")
        for shown in data.iterchildren(f"{{{DS}}}X509Certificate")
    ]
    encoded = list(information.iterchildren(f"{{{DSIG11}}}DEREncodedKeyValue"))
    if len(certificates) + len(encoded) > _MOST_NAMES:
        raise CertificateRefused("key/names", expected=f"at most {_MOST_NAMES}", found="more")
    return (
        *(_shown_key(shown.text or "") for shown in certificates),
        *(load_public_key(decode_base64(one.text, "key/value")) for one in encoded),
    )


@lru_cache(maxsize=256)
def _shown_key(text: str) -> PublicKey:
    """The key of a shown certificate; peers show the same few again and again."""
    return Certificate.from_base64(text).public_key


def _key_value(value: etree._Element) -> PublicKey:
    modulus = value.find(f"{{{DS}}}RSAKeyValue")
    try:
        if modulus is not None:
            n, e = (_number(exactly_one(modulus, f"{{{DS}}}{name}")) for name in _RSA_PARTS)
            return rsa.RSAPublicNumbers(e, n).public_key()
        curve = exactly_one(value, f"{{{DSIG11}}}ECKeyValue")
        oid = required_attribute(exactly_one(curve, f"{{{DSIG11}}}NamedCurve"), "URI")
        point = decode_base64(exactly_one(curve, f"{{{DSIG11}}}PublicKey").text, "key/value")
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[oid], point)
    except (ValueError, KeyError, UnsupportedAlgorithm):
        raise CertificateRefused(
            "key/value", expected="a key on a named curve, or RSA", found="another"
        ) from None


_RSA_PARTS = ("Modulus", "Exponent")


def _number(element: etree._Element) -> int:
    return int.from_bytes(decode_base64(element.text, "key/value"), "big")
