"""Whatever bytes come, xmltrust gives what was proven or raises its own error."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from xmltrust import (
    Certificate,
    DecryptionKey,
    SignatureAlgorithm,
    SigningKey,
    TrustedKey,
    XmlTrustError,
    decrypt_element,
    encrypt_element,
    parse,
    sign_enveloped,
    verify_enveloped,
)

ROOT = "{urn:m}Message"
DOCUMENT = (
    b'<m:Message xmlns:m="urn:m" ID="r1"><m:Issuer>i</m:Issuer>'
    b'<m:Name kind="x">victim</m:Name></m:Message>'
)


def _party():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey.load(pem, certificate), DecryptionKey.load(pem, certificate)


SIGNING, DECRYPTION = _party()
CERTIFICATE = SIGNING.certificates[0]
TRUSTED = (TrustedKey.from_certificate(CERTIFICATE, source="test"),)
SIGNED = sign_enveloped(
    parse(DOCUMENT),
    key=SIGNING,
    algorithm=SignatureAlgorithm.ECDSA_SHA256,
    after="{urn:m}Issuer",
)
PROVEN = verify_enveloped(SIGNED, trusted=TRUSTED, expected_root=ROOT).signed_bytes
ENCRYPTED = etree.tostring(encrypt_element(parse(DOCUMENT), recipient=CERTIFICATE))


def _verified(data: bytes) -> bytes | None:
    try:
        return verify_enveloped(data, trusted=TRUSTED, expected_root=ROOT).signed_bytes
    except XmlTrustError:
        return None


def _decrypted(data: bytes) -> bytes | None:
    try:
        return etree.tostring(decrypt_element(parse(data), keys=[DECRYPTION], expected=ROOT))
    except XmlTrustError:
        return None


def _mutated(data: bytes, place: int, octet: int) -> bytes:
    return data[:place] + bytes((octet,)) + data[place + 1 :]


@pytest.mark.parametrize("octet", [0x20, 0x22, 0x3C, 0x41, 0x7A, 0xC3])
def test_changing_any_one_octet_of_a_signed_message_never_changes_what_is_proven(octet):
    refused = 0
    for place in range(len(SIGNED)):
        found = _verified(_mutated(SIGNED, place, octet))
        assert found in (None, PROVEN), place
        refused += found is None
    assert refused > len(SIGNED) // 2


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SIGNED) - 1), st.integers(0, 255))
def test_a_random_octet_anywhere_never_changes_what_is_proven(place, octet):
    assert _verified(_mutated(SIGNED, place, octet)) in (None, PROVEN)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(ENCRYPTED) - 1), st.integers(0, 255))
def test_a_random_octet_in_an_encrypted_message_never_changes_the_plaintext(place, octet):
    assert _decrypted(_mutated(ENCRYPTED, place, octet)) in (None, DOCUMENT)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SIGNED)), st.integers(0, len(SIGNED)), st.binary(max_size=40))
def test_a_splice_anywhere_never_changes_what_is_proven(start, end, inserted):
    assert _verified(SIGNED[:start] + inserted + SIGNED[max(start, end) :]) in (None, PROVEN)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
@example(b"\xff\xfe<")
@example(b"<a xmlns:v='1'/>")
@example(b"<?xml version='1.0' encoding='ucs-4'?><a/>")
def test_any_octets_at_all_give_a_value_or_our_own_error(octets):
    for read in (
        _verified,
        _decrypted,
        lambda data: _or_none(parse, data),
        lambda data: _or_none(Certificate.load, data),
    ):
        read(octets)
        read(b"<a>" + octets + b"</a>")


def _or_none(read, data):
    try:
        return read(data)
    except XmlTrustError:
        return None


NAMES = st.sampled_from(["a", "b", "ds:Signature", "ID"])
TREES = st.recursive(
    st.text(alphabet="aé <&\r\n\t", max_size=8),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)


def _element(tree: object, number: list[int]) -> etree._Element:
    number[0] += 1
    element = etree.Element(f"{{urn:n{number[0] % 3}}}e", {"n": str(number[0])})
    if isinstance(tree, str):
        element.text = tree
    elif isinstance(tree, list):
        for one in tree:
            element.append(_element(one, number))
    return element


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_signing_then_verifying_and_encrypting_then_decrypting_is_identity(tree):
    root = _element(tree, [0])
    root.set("ID", "r1")
    before = etree.tostring(root, method="c14n", exclusive=True)
    sealed = parse(etree.tostring(encrypt_element(root, recipient=CERTIFICATE)))
    opened = decrypt_element(sealed, keys=[DECRYPTION], expected=root.tag)
    assert etree.tostring(opened, method="c14n", exclusive=True) == before
    signed = sign_enveloped(
        root, key=SIGNING, algorithm=SignatureAlgorithm.ECDSA_SHA256, after=None
    )
    proven = verify_enveloped(signed, trusted=TRUSTED, expected_root=root.tag)
    assert proven.signed_bytes == before
