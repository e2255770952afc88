"""Exclusive XML canonicalisation that never mistakes a failure for an empty document."""

import binascii
from collections.abc import Sequence

from lxml import etree

from xmltrust.errors import XmlRefused

_SPACE = (b" ", b"\t", b"\n", b"\r", b"\v", b"\f")


def canonical_bytes(element: etree._Element, *, inclusive_prefixes: Sequence[str] = ()) -> bytes:
    """The exclusive canonical form, without comments, of an element and what is inside it.

    Raises ``XmlRefused`` when there is none: a relative namespace URI makes libxml2 give up, and a
    signer's digest of nothing at all would then match every such document (CVE-2025-66568).
    https://www.w3.org/TR/xml-exc-c14n/
    """
    try:
        canonical = etree.tostring(
            element,
            method="c14n",
            exclusive=True,
            with_comments=False,
            inclusive_ns_prefixes=list(inclusive_prefixes) or None,
        )
    except (etree.LxmlError, ValueError):
        canonical = b""
    if not canonical:
        raise XmlRefused("xml/canonical", expected="an element with a canonical form", found="none")
    return canonical


def decode_base64(text: str | None, rule: str) -> bytes:
    """The octets of xs:base64Binary, in its one spelling; raises ``XmlRefused`` otherwise.

    White space is allowed; unused bits must be zero, so that one value has one spelling.
    """
    # Most values have no white space, and a strict decoder tells those that have.
    compact = (text or "").encode("ascii", "replace")
    octets = _strictly(compact)
    if not octets:
        compact = without_space(compact)
        octets = _strictly(compact)
    # Strictly decoded, only the last group of four characters could be spelled in another way.
    last = len(octets) % 3 or 3
    if not octets or binascii.b2a_base64(octets[-last:], newline=False) != compact[-4:]:
        raise XmlRefused(rule, expected="base64", found="something else")
    return octets


def _strictly(encoded: bytes) -> bytes:
    try:
        return binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError:
        return b""


def without_space(octets: bytes) -> bytes:
    """The octets without white space; what has none, as most values, is not copied."""
    return b"".join(octets.split()) if any(one in octets for one in _SPACE) else octets
