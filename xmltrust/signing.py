"""Put an enveloped signature into an element; signxml builds it, our key objects sign.

https://www.w3.org/TR/xmldsig-core1/
"""

import base64
import copy
from functools import lru_cache
from typing import Any

import signxml
from cryptography.hazmat.primitives.asymmetric import utils
from lxml import etree
from signxml.signer import SignatureReference

from xmltrust.algorithms import (
    DS,
    EXCLUSIVE_C14N,
    DigestAlgorithm,
    KeyFamily,
    SignatureAlgorithm,
)
from xmltrust.certificates import key_bits
from xmltrust.errors import XmlMisuse
from xmltrust.keys import SigningKey
from xmltrust.parse import identifiers
from xmltrust.signature_value import sign_octets


def sign_enveloped(
    element: etree._Element,
    *,
    key: SigningKey,
    algorithm: SignatureAlgorithm,
    digest: DigestAlgorithm | None = None,
    after: str | None,
) -> bytes:
    """Sign an element over its ``ID`` and give its octets; raises ``XmlMisuse``.

    ``after`` names the child (``{namespace}Local``) that the signature follows, None puts it first.
    """
    add_signature(element, key=key, algorithm=algorithm, digest=digest, after=after)
    return etree.tostring(element, with_tail=False)


def add_signature(
    element: etree._Element,
    *,
    key: SigningKey,
    algorithm: SignatureAlgorithm,
    digest: DigestAlgorithm | None = None,
    after: str | None,
) -> None:
    """Sign an element over its ``ID``, in place; raises ``XmlMisuse`` when that cannot be."""
    identifier = element.get("ID")
    if not identifier or identifiers(element).count(identifier) != 1:
        raise XmlMisuse(
            "dsig/identifier", expected="an ID that is unique", found="none, or one used twice"
        )
    if algorithm.family is KeyFamily.ED25519:
        raise XmlMisuse("dsig/algorithm", expected="RSA or ECDSA", found=algorithm.name)
    position = _position(element, after)
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    signer = _InPlaceSigner(signature, algorithm=algorithm, digest=digest or algorithm.digest)
    try:
        signer.sign(
            element,
            key=_SignxmlKey(key, algorithm),
            key_info=copy.deepcopy(_key_info(tuple(one.der for one in key.certificates))),
            reference_uri=[SignatureReference(URI=f"#{identifier}")],
        )
    except etree.LxmlError:
        raise XmlMisuse(
            "xml/canonical", expected="an element with a canonical form", found="none"
        ) from None
    element.insert(position, signature)


class _InPlaceSigner(signxml.XMLSigner):  # type: ignore[misc]  # signxml has no types
    """signxml's signer on the live element: it would serialise and parse the document thrice."""

    def __init__(
        self, signature: etree._Element, *, algorithm: SignatureAlgorithm, digest: DigestAlgorithm
    ) -> None:
        super().__init__(
            method=signxml.methods.enveloped,
            signature_algorithm=algorithm.value,
            digest_algorithm=digest.value,
            c14n_algorithm=EXCLUSIVE_C14N,
        )
        self._signature = signature

    def _unpack(
        self, data: etree._Element, references: list[SignatureReference]
    ) -> tuple[Any, ...]:
        """The signature to fill, the document, what to digest, and what to call it."""
        return self._signature, data, [data], references


class _SignxmlKey:
    """A signer, hardware included, in the shape of the private keys that signxml calls."""

    def __init__(self, key: SigningKey, algorithm: SignatureAlgorithm) -> None:
        self._key, self._algorithm = key, algorithm
        self.key_size = key_bits(key.signer.public_key)

    def sign(self, data: bytes, **_padding: object) -> bytes:
        """Sign as the algorithm says; ECDSA in DER, which signxml takes apart again."""
        value = sign_octets(data, key=self._key, algorithm=self._algorithm)
        if self._algorithm.family is not KeyFamily.EC:
            return value
        half = len(value) // 2
        r, s = (int.from_bytes(part, "big") for part in (value[:half], value[half:]))
        return utils.encode_dss_signature(r, s)


@lru_cache(maxsize=32)
def _key_info(certificates: tuple[bytes, ...]) -> etree._Element:
    information = etree.Element(f"{{{DS}}}KeyInfo", nsmap={"ds": DS})
    data = etree.SubElement(information, f"{{{DS}}}X509Data")
    for certificate in certificates:
        shown = etree.SubElement(data, f"{{{DS}}}X509Certificate")
        shown.text = base64.b64encode(certificate).decode("ascii")
    return information


def _position(element: etree._Element, after: str | None) -> int:
    if after is None:
        return 0
    found = [index for index, child in enumerate(element) if child.tag == after]
    if len(found) != 1:
        raise XmlMisuse(
            "dsig/position", expected=f"exactly one {after} to follow", found=f"{len(found)}"
        )
    return found[0] + 1
