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
from xmltrust.canonical import canonical_bytes
from xmltrust.certificates import key_bits
from xmltrust.errors import XmlMisuse, XmlRefused
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
    """Sign an element over its ``ID``, in place; raises ``XmlMisuse`` when that cannot be.

    Sign it where it will stand: moving a signed element into another tree may rename prefixes.
    """
    identifier = element.get("ID")
    if not identifier or identifiers(element).count(identifier) != 1:
        raise XmlMisuse(
            "dsig/identifier", expected="an ID that is unique", found="none, or one used twice"
        )
    if algorithm.family is KeyFamily.ED25519:
        raise XmlMisuse("dsig/algorithm", expected="RSA or ECDSA", found=algorithm.name)
    position = _position(element, after)
    try:
        payload = canonical_bytes(element)
    except XmlRefused as error:
        raise XmlMisuse(error.rule, expected=error.expected, found=error.found) from None
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    element.insert(position, signature)
    _InPlaceSigner(signature, payload, algorithm=algorithm, digest=digest or algorithm.digest).sign(
        element,
        key=_SignxmlKey(key, algorithm),
        key_info=copy.deepcopy(_key_info(tuple(one.der for one in key.certificates))),
        reference_uri=[SignatureReference(URI=f"#{identifier}")],
    )


class _InPlaceSigner(signxml.XMLSigner):  # type: ignore[misc]  # signxml has no types
    """signxml's signer on the live element: it would serialise and parse the document thrice."""

    def __init__(
        self,
        signature: etree._Element,
        payload: bytes,
        *,
        algorithm: SignatureAlgorithm,
        digest: DigestAlgorithm,
    ) -> None:
        super().__init__(
            method=signxml.methods.enveloped,
            signature_algorithm=algorithm.value,
            digest_algorithm=digest.value,
            c14n_algorithm=EXCLUSIVE_C14N,
        )
        self._signature, self._payload = signature, payload
        # One prefix throughout: readers that write a document anew (pysaml2) would choose one.
        self.namespaces = {signature.prefix: DS}
        self._document: etree._Element | None = None

    def _unpack(
        self, data: etree._Element, references: list[SignatureReference]
    ) -> tuple[Any, ...]:
        """The signature to fill, the document, what to digest, and what to call it."""
        self._document = data
        return self._signature, data, [data], references

    def _c14n(self, nodes: etree._Element, *arguments: object, **options: object) -> bytes:
        """What was canonicalised before the signature stood in it, or SignedInfo where it stands.

        The signature is in its place already: lxml gives a namespace another prefix when an
        element moves under an ancestor that declared it so, and the signed octets would change.
        """
        if nodes is self._document:
            return self._payload
        canonical: bytes = super()._c14n(nodes, *arguments, **options)
        return canonical


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
