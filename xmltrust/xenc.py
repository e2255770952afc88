"""Encrypt an element for one recipient, and decrypt what was encrypted for us.

https://www.w3.org/TR/xmlenc-core1/
"""

import os
from collections.abc import Sequence

from lxml import etree

from xmltrust.algorithms import DS, XENC, ContentEncryption, KeyWrap
from xmltrust.certificates import Certificate
from xmltrust.content import new_content_key, seal, unseal
from xmltrust.encrypted_key import (
    ENCRYPTED_KEY,
    cipher_octets,
    is_for,
    unwrap_key,
    wrap_key,
    write_cipher_data,
)
from xmltrust.errors import DecryptionFailed, XmlTrustError
from xmltrust.keys import DecryptionKey
from xmltrust.parse import DEFAULT_LIMITS, Limits, parse
from xmltrust.policy import EncryptionPolicy
from xmltrust.select import at_most_one, exactly_one, required_attribute

ENCRYPTED_DATA = f"{{{XENC}}}EncryptedData"
_ELEMENT = f"{XENC}Element"
_ENCRYPTED_KEY_TYPE = f"{XENC}EncryptedKey"
_MOST_KEYS = 16
_DEFAULT_POLICY = EncryptionPolicy()


def encrypt_element(
    element: etree._Element,
    *,
    recipient: Certificate,
    content: ContentEncryption = ContentEncryption.AES256_GCM,
    wrap: KeyWrap = KeyWrap.AES256,
    policy: EncryptionPolicy = _DEFAULT_POLICY,
) -> etree._Element:
    """``EncryptedData`` that holds the element for the recipient's key, and only for it.

    RSA keys get RSA-OAEP with SHA-256 and MGF1-SHA256, curve keys ECDH-ES with ConcatKDF and
    ``wrap``. Raises ``XmlMisuse`` when the recipient's key is below the policy.
    """
    content_key = new_content_key(content)
    data = etree.Element(ENCRYPTED_DATA, nsmap={"xenc": XENC, "ds": DS}, Type=_ELEMENT)
    etree.SubElement(data, f"{{{XENC}}}EncryptionMethod", Algorithm=content.value)
    information = etree.SubElement(data, f"{{{DS}}}KeyInfo")
    information.append(wrap_key(content_key, recipient=recipient, wrap=wrap, policy=policy))
    plaintext = etree.tostring(element, encoding="UTF-8", with_tail=False)
    write_cipher_data(data, seal(content_key, plaintext))
    return data


def decrypt_element(
    encrypted_data: etree._Element,
    *,
    keys: Sequence[DecryptionKey],
    policy: EncryptionPolicy = _DEFAULT_POLICY,
    expected: str,
    siblings: Sequence[etree._Element] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> etree._Element:
    """The one element, named ``expected``, that was encrypted; believes nothing about its sender.

    ``siblings`` are the ``EncryptedKey`` elements that stand beside the data instead of inside it.
    Raises ``DecryptionFailed`` for every reason there is. Anyone can encrypt for a public key:
    check the signature around the data before, or the one inside it afterwards.
    """
    try:
        algorithm = _content_algorithm(encrypted_data, policy)
        octets = cipher_octets(encrypted_data)
        encrypted_key = _key_for_us(encrypted_data, siblings, keys, policy)
        content_key = _content_key(encrypted_key, keys, policy, algorithm)
        root = parse(unseal(content_key, octets), limits=limits)
    except (XmlTrustError, ValueError):
        raise DecryptionFailed from None
    if root.tag != expected:
        raise DecryptionFailed
    return root


def _content_algorithm(data: etree._Element, policy: EncryptionPolicy) -> ContentEncryption:
    method = exactly_one(data, f"{{{XENC}}}EncryptionMethod")
    algorithm = ContentEncryption(required_attribute(method, "Algorithm"))
    right_type = data.get("Type", _ELEMENT) == _ELEMENT
    if data.tag != ENCRYPTED_DATA or not right_type or algorithm not in policy.contents:
        raise DecryptionFailed
    return algorithm


def _key_for_us(
    data: etree._Element,
    siblings: Sequence[etree._Element],
    keys: Sequence[DecryptionKey],
    policy: EncryptionPolicy,
) -> etree._Element:
    """The one EncryptedKey that is for us: several for the same key would be several tries."""
    information = at_most_one(data, f"{{{DS}}}KeyInfo")
    inside = [] if information is None else list(information.iterchildren(ENCRYPTED_KEY))
    found = inside + _retrieved(information, siblings)
    if len(found) > _MOST_KEYS or any(one.tag != ENCRYPTED_KEY for one in found):
        raise DecryptionFailed
    if len(found) > 1 or policy.recipient_named:
        found = [one for one in found if any(is_for(one, key) for key in keys)]
    if len(found) != 1:
        raise DecryptionFailed
    return found[0]


def _retrieved(
    information: etree._Element | None, siblings: Sequence[etree._Element]
) -> list[etree._Element]:
    """Keys beside the data: all of them, or the ones that a RetrievalMethod points at."""
    wanted = (
        [] if information is None else list(information.iterchildren(f"{{{DS}}}RetrievalMethod"))
    )
    if not wanted:
        return list(siblings)
    if any(one.get("Type", _ENCRYPTED_KEY_TYPE) != _ENCRYPTED_KEY_TYPE for one in wanted):
        raise DecryptionFailed
    uris = {one.get("URI") for one in wanted}
    return [one for one in siblings if one.get("Id") and f"#{one.get('Id')}" in uris]


def _content_key(
    encrypted_key: etree._Element,
    keys: Sequence[DecryptionKey],
    policy: EncryptionPolicy,
    algorithm: ContentEncryption,
) -> bytes:
    """The content key, or a random one: a bad key fails later, exactly as a bad tag does."""
    replacement = os.urandom(algorithm.key_bytes)
    try:
        found = unwrap_key(encrypted_key, keys=keys, policy=policy)
    except DecryptionFailed:
        return replacement
    return found if len(found) == algorithm.key_bytes else replacement
