"""Enveloped XML signatures: one reference to the element that carries them, and nothing else.

https://www.w3.org/TR/xmldsig-core1/
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TypeVar

from lxml import etree

from xmltrust.algorithms import (
    DS,
    ENVELOPED_SIGNATURE,
    EXCLUSIVE_C14N,
    DigestAlgorithm,
    SignatureAlgorithm,
)
from xmltrust.canonical import canonical_bytes, decode_base64
from xmltrust.certificates import TrustedKey
from xmltrust.errors import SignatureRefused, XmlRefused
from xmltrust.parse import DEFAULT_LIMITS, Limits, identifiers, parse
from xmltrust.policy import SignaturePolicy
from xmltrust.select import at_most_one, exactly_one, required_attribute
from xmltrust.signature_value import signer_among

_INCLUSIVE = f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces"
_DEFAULT_POLICY = SignaturePolicy()
_Named = TypeVar("_Named", SignatureAlgorithm, DigestAlgorithm)


@dataclass(frozen=True, slots=True)
class VerifiedElement:
    """What a signature proved: an element parsed from the very octets that were signed."""

    element: etree._Element = field(repr=False)
    signed_bytes: bytes = field(repr=False)
    """The canonical form that was digested; it holds no signature any more."""
    key: TrustedKey
    algorithm: SignatureAlgorithm


@dataclass(frozen=True, slots=True)
class _SignedInfo:
    """What a SignedInfo says, read from its own signed octets."""

    canonical: bytes
    algorithm: SignatureAlgorithm
    digest_algorithm: DigestAlgorithm
    digest: bytes
    uri: str
    inclusive_prefixes: tuple[str, ...]


def verify_enveloped(
    data: bytes,
    *,
    trusted: Collection[TrustedKey],
    policy: SignaturePolicy = _DEFAULT_POLICY,
    expected_root: str,
    limits: Limits = DEFAULT_LIMITS,
) -> VerifiedElement:
    """Prove that a trusted key signed this whole document, and give what it signed.

    Raises ``XmlRefused`` for bytes that may not be read, ``SignatureRefused`` for the rest.
    """
    return verify_element(
        parse(data, limits=limits),
        trusted=trusted,
        policy=policy,
        expected=expected_root,
        limits=limits,
    )


def verify_element(
    element: etree._Element,
    *,
    trusted: Collection[TrustedKey],
    policy: SignaturePolicy = _DEFAULT_POLICY,
    expected: str,
    limits: Limits = DEFAULT_LIMITS,
) -> VerifiedElement:
    """Prove that a trusted key signed this parsed element, and give what it signed.

    The tree is left without the signature. Raises ``SignatureRefused``; the checks in order:
    """
    try:
        _1_name(element, expected)
        uris = _2_own_uris(element, policy)
        signature = _3_own_signature(element)
        information, value = _4_nothing_but_a_signature(signature)
        said = _5_read_what_was_signed(information, policy)
        key = signer_among(trusted, policy, said.algorithm, said.canonical, value)
        _6_refers_to_this_element(said, uris)
        octets = _7_octets_without_signature(element, signature, said)
        _8_digest(said, octets)
        return VerifiedElement(parse(octets, limits=limits), octets, key, said.algorithm)
    except XmlRefused as error:
        raise SignatureRefused(error.rule, expected=error.expected, found=error.found) from None


def _1_name(element: etree._Element, expected: str) -> None:
    if element.tag != expected:
        raise SignatureRefused(
            "dsig/expected-element", expected=expected, found="an element of another name"
        )


def _2_own_uris(element: etree._Element, policy: SignaturePolicy) -> tuple[str, ...]:
    """The references that mean this element: its ID, and "" for a root where policy says so."""
    every = identifiers(element)
    if len(set(every)) != len(every):
        raise SignatureRefused(
            "dsig/unique-identifiers", expected="each identifier once", found="one twice"
        )
    if policy.whole_document and element.getparent() is None:
        return "", f"#{element.get('ID')}"
    return (f"#{required_attribute(element, 'ID', 'dsig/identifier')}",)


def _3_own_signature(element: etree._Element) -> etree._Element:
    return exactly_one(element, f"{{{DS}}}Signature", "dsig/own-signature")


def _4_nothing_but_a_signature(signature: etree._Element) -> tuple[etree._Element, bytes]:
    """No ds:Object, no second SignedInfo, nothing before it: exactly the three known children."""
    names = [f"{{{DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
    _children(signature, names, "dsig/signature-content", optional=1)
    value = signature[1]
    if len(value):
        raise SignatureRefused(
            "dsig/signature-value", expected="base64 text", found="another node inside it"
        )
    return signature[0], decode_base64(value.text, "dsig/signature-value")


def _5_read_what_was_signed(information: etree._Element, policy: SignaturePolicy) -> _SignedInfo:
    """Read SignedInfo only after it went through its own canonical form (CVE-2025-29775)."""
    outer = exactly_one(information, f"{{{DS}}}CanonicalizationMethod", "dsig/canonicalisation")
    canonical = canonical_bytes(information, inclusive_prefixes=_exclusive(outer))
    signed = parse(canonical)
    method_names = [f"{{{DS}}}{name}" for name in ("CanonicalizationMethod", "SignatureMethod")]
    _children(signed, [*method_names, f"{{{DS}}}Reference"], "dsig/one-reference")
    algorithm = _allowed(signed[1], SignatureAlgorithm, policy.algorithms, "dsig/algorithm")
    reference = signed[2]
    parts = [f"{{{DS}}}{name}" for name in ("Transforms", "DigestMethod", "DigestValue")]
    _children(reference, parts, "dsig/reference-content")
    transforms, method, value = reference
    digest_algorithm = _allowed(method, DigestAlgorithm, policy.digests, "dsig/digest-algorithm")
    _children(value, [], "dsig/digest-value")
    return _SignedInfo(
        canonical,
        algorithm,
        digest_algorithm,
        decode_base64(value.text, "dsig/digest-value"),
        reference.get("URI", "absent"),
        _transforms(transforms),
    )


def _6_refers_to_this_element(said: _SignedInfo, uris: tuple[str, ...]) -> None:
    if said.uri not in uris:
        raise SignatureRefused(
            "dsig/reference-target",
            expected="a reference to the element that holds the signature",
            found="a reference to something else",
        )


def _7_octets_without_signature(
    element: etree._Element, signature: etree._Element, said: _SignedInfo
) -> bytes:
    """Apply the two transforms: take this signature out, then write the canonical form."""
    tail, before = signature.tail or "", signature.getprevious()
    element.remove(signature)
    if before is None:
        element.text = (element.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    return canonical_bytes(element, inclusive_prefixes=said.inclusive_prefixes)


def _8_digest(said: _SignedInfo, octets: bytes) -> None:
    computed = hashlib.new(said.digest_algorithm.hash_name, octets).digest()
    if not hmac.compare_digest(computed, said.digest):
        raise SignatureRefused(
            "dsig/digest", expected="the digest that was signed", found="another: it was altered"
        )


def _transforms(transforms: etree._Element) -> tuple[str, ...]:
    _children(transforms, [f"{{{DS}}}Transform"] * 2, "dsig/transforms")
    enveloped, exclusive = transforms
    if enveloped.get("Algorithm") != ENVELOPED_SIGNATURE or len(enveloped):
        raise SignatureRefused(
            "dsig/transforms", expected="enveloped-signature first", found="something else"
        )
    return _exclusive(exclusive)


def _exclusive(method: etree._Element) -> tuple[str, ...]:
    """The inclusive prefixes of an exclusive canonicalisation, at most one list of them."""
    if method.get("Algorithm") != EXCLUSIVE_C14N:
        raise SignatureRefused(
            "dsig/canonicalisation",
            expected="exclusive canonicalisation without comments",
            found="another algorithm",
        )
    listed = at_most_one(method, _INCLUSIVE, "dsig/canonicalisation")
    _children(method, [_INCLUSIVE] * (listed is not None), "dsig/canonicalisation")
    return () if listed is None else tuple(listed.get("PrefixList", "").split())


def _allowed(
    method: etree._Element, kind: type[_Named], allowed: Collection[_Named], rule: str
) -> _Named:
    _children(method, [], rule)
    try:
        named = kind(method.get("Algorithm", ""))
    except ValueError:
        named = None
    if named is None or named not in allowed:
        raise SignatureRefused(
            rule,
            expected="one of " + ", ".join(sorted(one.name for one in allowed)),
            found=named.name if named else "an algorithm that is never accepted",
        )
    return named


def _children(element: etree._Element, names: list[str], rule: str, *, optional: int = 0) -> None:
    """Exactly these children in this order; the last ``optional`` ones may be left out."""
    found = [child.tag for child in element]
    if found != names[: max(len(found), len(names) - optional)]:
        raise SignatureRefused(
            rule,
            expected=", ".join(name.rpartition("}")[2] for name in names) or "no child",
            found=f"{len(found)} children, not these",
        )
