"""Signatures over references, the octets of which their caller resolves.

A message with attachments signs several elements and parts at once. Here SignedInfo is made,
signed, verified and read back from its own canonical bytes; what a reference stands for is looked
up by the caller, who alone knows which octets they must be.
https://www.w3.org/TR/xmldsig-core1/
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from xmltrust.algorithms import DS, EXCLUSIVE_C14N, DigestAlgorithm, SignatureAlgorithm
from xmltrust.canonical import canonical_bytes, decode_base64
from xmltrust.certificates import TrustedKey
from xmltrust.errors import SignatureRefused, XmlRefused
from xmltrust.keys import SigningKey
from xmltrust.parse import parse
from xmltrust.policy import SignaturePolicy
from xmltrust.select import Children, at_most_one, every, exactly_one, required_attribute, text_of
from xmltrust.signature_value import sign_octets, signer_among

_PREFIXES = f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces"
_SIGNED_INFO = f"{{{DS}}}SignedInfo"
_SIGNATURE_VALUE = f"{{{DS}}}SignatureValue"
_KEY_INFO = f"{{{DS}}}KeyInfo"
_C14N_METHOD = f"{{{DS}}}CanonicalizationMethod"
_SIGNATURE_METHOD = f"{{{DS}}}SignatureMethod"
_REFERENCE = f"{{{DS}}}Reference"
_TRANSFORMS = f"{{{DS}}}Transforms"
_TRANSFORM = f"{{{DS}}}Transform"
_DIGEST_METHOD = f"{{{DS}}}DigestMethod"
_DIGEST_VALUE = f"{{{DS}}}DigestValue"
_DIGESTS = {one.value: one for one in DigestAlgorithm}
_MAX_REFERENCES = 200
_SIGNATURE_CHILDREN = [_SIGNED_INFO, _SIGNATURE_VALUE, _KEY_INFO]


@dataclass(frozen=True, slots=True)
class Transform:
    """One ds:Transform; the prefixes belong to exclusive canonicalisation."""

    algorithm: str
    inclusive_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One ds:Reference: which octets, seen how, have which digest."""

    uri: str
    transforms: tuple[Transform, ...]
    digest_algorithm: DigestAlgorithm = DigestAlgorithm.SHA256
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedReferences:
    """What a trusted key signed: the references, read from the signed bytes of SignedInfo."""

    references: tuple[Reference, ...]
    algorithm: SignatureAlgorithm
    key: TrustedKey


def element_reference(element: etree._Element, *, uri: str) -> Reference:
    """A reference to an element in exclusive canonical form, digested with SHA-256."""
    return Reference(
        uri=uri,
        transforms=(Transform(EXCLUSIVE_C14N),),
        digest=hashlib.sha256(canonical_bytes(element)).digest(),
    )


def write_reference(parent: etree._Element, reference: Reference) -> None:
    """Append ``ds:Reference`` to ``parent``."""
    element = copy(_blank_reference(reference.transforms, reference.digest_algorithm))
    element.set("URI", reference.uri)
    element[-1].text = _base64(reference.digest)
    parent.append(element)


@lru_cache(maxsize=64)
def _blank_reference(
    transforms: tuple[Transform, ...], digest_algorithm: DigestAlgorithm
) -> etree._Element:
    """A reference to nothing yet: copying one costs a third of building one."""
    element = etree.Element(_REFERENCE, nsmap={"ds": DS}, URI="")
    steps = etree.SubElement(element, _TRANSFORMS)
    for transform in transforms:
        one = etree.SubElement(steps, _TRANSFORM, Algorithm=transform.algorithm)
        if transform.inclusive_prefixes:
            etree.SubElement(
                one,
                _PREFIXES,
                nsmap={"ec": EXCLUSIVE_C14N},
                PrefixList=" ".join(transform.inclusive_prefixes),
            )
    etree.SubElement(element, _DIGEST_METHOD, Algorithm=digest_algorithm.value)
    etree.SubElement(element, _DIGEST_VALUE)
    return element


def read_reference(element: etree._Element) -> Reference:
    """The values of ``ds:Reference``; raises ``SignatureRefused`` or ``XmlRefused``."""
    children = Children(element)
    transforms = children.exactly_one(_TRANSFORMS)
    method = children.exactly_one(_DIGEST_METHOD)
    value = children.exactly_one(_DIGEST_VALUE)
    return Reference(
        uri=required_attribute(element, "URI"),
        transforms=tuple([_read_transform(one) for one in transforms]),
        digest_algorithm=_digest_algorithm(required_attribute(method, "Algorithm")),
        digest=decode_base64(text_of(value), "dsig/digest-value"),
    )


def fill_signature(
    signature: etree._Element,
    references: Sequence[Reference],
    *,
    key: SigningKey,
    algorithm: SignatureAlgorithm,
) -> etree._Element:
    """Fill an empty ``ds:Signature`` where it stands; raises ``XmlMisuse`` when the key cannot.

    Gives its ``ds:KeyInfo``, which is not signed: the caller fills it.
    """
    signed_info = etree.SubElement(signature, _SIGNED_INFO)
    etree.SubElement(signed_info, _C14N_METHOD, Algorithm=EXCLUSIVE_C14N)
    etree.SubElement(signed_info, _SIGNATURE_METHOD, Algorithm=algorithm.value)
    for reference in references:
        write_reference(signed_info, reference)
    value = sign_octets(canonical_bytes(signed_info), key=key, algorithm=algorithm)
    etree.SubElement(signature, _SIGNATURE_VALUE).text = _base64(value)
    return etree.SubElement(signature, _KEY_INFO)


def verify_references(
    signature: etree._Element, *, trusted: Sequence[TrustedKey], policy: SignaturePolicy
) -> VerifiedReferences:
    """What ``signature`` proves about its references, under one of the ``trusted`` keys.

    Checks the algorithms against ``policy`` and the signature value; the digests are the caller's
    to check with ``check_element`` and ``check_digest``. Raises ``SignatureRefused``.
    """
    try:
        return _verify(signature, trusted, policy)
    except XmlRefused as error:
        raise SignatureRefused(error.rule, expected=error.expected, found=error.found) from error


def check_element(reference: Reference, element: etree._Element) -> None:
    """Raise ``SignatureRefused`` unless ``reference`` is the digest of exactly this element."""
    if len(reference.transforms) != 1 or reference.transforms[0].algorithm != EXCLUSIVE_C14N:
        raise SignatureRefused(
            "dsig/transforms",
            expected="exclusive canonicalisation, once",
            found="other transforms",
        )
    try:
        octets = canonical_bytes(
            element, inclusive_prefixes=reference.transforms[0].inclusive_prefixes
        )
    except XmlRefused as error:
        raise SignatureRefused(error.rule, expected=error.expected, found=error.found) from error
    check_digest(reference, hashlib.new(reference.digest_algorithm.hash_name, octets).digest())


def canonical_document(root: etree._Element) -> bytes:
    """The exclusive canonical form, without comments, of a whole document.

    Unlike ``canonical_bytes`` of its root, it keeps processing instructions beside the root, as a
    signer of an XML attachment does. Raises ``XmlRefused`` when there is none.
    """
    canonical_bytes(root)
    return etree.tostring(root.getroottree(), method="c14n", exclusive=True, with_comments=False)


def check_digest(reference: Reference, digest: bytes) -> None:
    """Raise ``SignatureRefused`` unless ``digest`` is what was signed."""
    if not hmac.compare_digest(reference.digest, digest):
        raise SignatureRefused(
            "dsig/digest", expected="the octets that were signed", found="other octets"
        )


def _verify(
    signature: etree._Element, trusted: Sequence[TrustedKey], policy: SignaturePolicy
) -> VerifiedReferences:
    names = [child.tag for child in signature]
    if names != _SIGNATURE_CHILDREN:
        raise SignatureRefused(
            "dsig/structure",
            expected="SignedInfo, SignatureValue and KeyInfo, once each",
            found=f"{len(names)} other children",
        )
    original = signature[0]
    method = exactly_one(original, _C14N_METHOD)
    if required_attribute(method, "Algorithm") != EXCLUSIVE_C14N:
        raise SignatureRefused(
            "dsig/canonicalisation", expected=EXCLUSIVE_C14N, found="another algorithm"
        )
    octets = canonical_bytes(original, inclusive_prefixes=_prefixes(method))
    value = decode_base64(text_of(signature[1]), "dsig/signature-value")
    signed_info = parse(octets)
    algorithm = _signature_algorithm(signed_info, policy)
    key = signer_among(trusted, policy, algorithm, octets, value)
    return VerifiedReferences(
        references=_read_references(signed_info, policy), algorithm=algorithm, key=key
    )


def _read_references(signed_info: etree._Element, policy: SignaturePolicy) -> tuple[Reference, ...]:
    elements = every(signed_info, _REFERENCE)
    if not 0 < len(elements) <= _MAX_REFERENCES:
        raise SignatureRefused(
            "dsig/references", expected=f"1 to {_MAX_REFERENCES}", found=str(len(elements))
        )
    references = tuple(read_reference(element) for element in elements)
    if len({reference.uri for reference in references}) != len(references):
        raise SignatureRefused("dsig/references", expected="each URI once", found="one twice")
    if any(reference.digest_algorithm not in policy.digests for reference in references):
        raise SignatureRefused("dsig/digest-method", expected="an allowed digest", found="another")
    return references


def _signature_algorithm(
    signed_info: etree._Element, policy: SignaturePolicy
) -> SignatureAlgorithm:
    method = exactly_one(signed_info, _SIGNATURE_METHOD)
    name = required_attribute(method, "Algorithm")
    for algorithm in policy.algorithms:
        if algorithm == name and len(method) == 0:
            return algorithm
    raise SignatureRefused(
        "dsig/signature-method", expected="an allowed algorithm", found="another"
    )


def _digest_algorithm(name: str) -> DigestAlgorithm:
    found = _DIGESTS.get(name)
    if found is None:
        raise SignatureRefused("dsig/digest-method", expected="SHA-2", found="another digest")
    return found


def _read_transform(element: etree._Element) -> Transform:
    if element.tag != _TRANSFORM:
        raise SignatureRefused("dsig/transforms", expected="ds:Transform", found="another element")
    return Transform(required_attribute(element, "Algorithm"), _prefixes(element))


def _prefixes(element: etree._Element) -> tuple[str, ...]:
    holder = at_most_one(element, _PREFIXES) if len(element) else None
    return () if holder is None else tuple(holder.get("PrefixList", "").split())


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
