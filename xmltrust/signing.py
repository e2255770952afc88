"""Put an enveloped signature into an element.

https://www.w3.org/TR/xmldsig-core1/
"""

import hashlib

from lxml import etree

from xmltrust.algorithms import (
    DS,
    ENVELOPED_SIGNATURE,
    EXCLUSIVE_C14N,
    DigestAlgorithm,
    KeyFamily,
    SignatureAlgorithm,
)
from xmltrust.canonical import canonical_bytes
from xmltrust.errors import XmlMisuse, XmlRefused
from xmltrust.key_names import certificate_data
from xmltrust.keys import SigningKey
from xmltrust.parse import identifiers
from xmltrust.references import Reference, Transform, fill_signature

_TRANSFORMS = (Transform(ENVELOPED_SIGNATURE), Transform(EXCLUSIVE_C14N))


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
    reference = _reference(element, identifier, digest or algorithm.digest)
    # SignedInfo is filled and digested where it will stand: lxml gives a namespace another prefix
    # when an element moves under an ancestor that declared it so, and the octets would change.
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    element.insert(position, signature)
    information = fill_signature(signature, [reference], key=key, algorithm=algorithm)
    information.append(certificate_data(*key.certificates))


def _reference(element: etree._Element, identifier: str, digest: DigestAlgorithm) -> Reference:
    try:
        octets = canonical_bytes(element)
    except XmlRefused as error:
        raise XmlMisuse(error.rule, expected=error.expected, found=error.found) from None
    return Reference(
        uri=f"#{identifier}",
        transforms=_TRANSFORMS,
        digest_algorithm=digest,
        digest=hashlib.new(digest.hash_name, octets).digest(),
    )


def _position(element: etree._Element, after: str | None) -> int:
    if after is None:
        return 0
    found = [index for index, child in enumerate(element) if child.tag == after]
    if len(found) != 1:
        raise XmlMisuse(
            "dsig/position", expected=f"exactly one {after} to follow", found=f"{len(found)}"
        )
    return found[0] + 1
