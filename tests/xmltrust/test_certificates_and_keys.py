"""Certificates and keys in every container, the badly encoded ones of real nodes included."""

import datetime as dt
import pickle

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    load_pem_private_key,
    pkcs12,
)

from xmltrust import (
    Certificate,
    CertificateRefused,
    DecryptionFailed,
    DecryptionKey,
    SigningKey,
    XmlMisuse,
    XmlRefused,
)
from xmltrust.certificates import key_info
from xmltrust.tolerant_der import _element

ECDSA_SHA256_OID = bytes.fromhex("06082a8648ce3d040302")


def _with_null_parameters(der: bytes) -> bytes:
    """The certificate with NULL after the ECDSA identifier, as JDK's keytool once wrote it."""
    plain, padded = b"\x30\x0a" + ECDSA_SHA256_OID, b"\x30\x0c" + ECDSA_SHA256_OID + b"\x05\x00"
    _, content, _, _ = _element(der)
    _, signed, _, rest = _element(content)
    signed = signed.replace(plain, padded)
    return _sequence(_sequence(signed) + rest.replace(plain, padded))


def _sequence(content: bytes) -> bytes:
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


def test_a_certificate_with_null_parameters_still_gives_its_key_and_says_so(pairs):
    certificate = pairs["p256"].certificate
    odd = _with_null_parameters(certificate.der)
    with pytest.raises(ValueError, match="asn1"):
        x509.load_der_x509_certificate(odd)
    read = Certificate.load(odd)
    assert key_info(read.public_key) == key_info(certificate.public_key)
    assert (read.not_before, read.not_after) == (certificate.not_before, certificate.not_after)
    assert len(read.warnings) == 1
    assert certificate.warnings == ()
    with pytest.raises(CertificateRefused):
        read.x509()


@pytest.mark.parametrize("cut", [0, 1, 2, 10, 60, 200])
def test_a_cut_certificate_is_refused(pairs, cut):
    with pytest.raises(CertificateRefused):
        Certificate.load(pairs["p256"].certificate.der[:cut])


@pytest.mark.parametrize(
    "octets", [b"", b"\x30", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"-" * 99, b"x" * 70_000]
)
def test_octets_that_are_no_certificate_are_refused(octets):
    with pytest.raises(CertificateRefused):
        Certificate.load(octets)


def test_two_certificates_where_one_is_wanted_are_refused(pairs):
    with pytest.raises(CertificateRefused):
        Certificate.load(pairs["p256"].certificate_pem * 2)
    assert len(Certificate.load_chain(pairs["p256"].certificate_pem * 2)) == 2


@pytest.mark.parametrize("text", ["", "é", "!!!!", "AAAA"])
def test_text_that_is_no_certificate_is_refused(text):
    with pytest.raises(CertificateRefused):
        Certificate.from_base64(text)


def test_validity_is_judged_at_the_given_time(pairs):
    certificate = pairs["p256"].certificate
    assert certificate.valid_at(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    assert not certificate.valid_at(dt.datetime(2025, 6, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize("password", [None, b"secret"])
def test_keys_load_from_pkcs12(pairs, password):
    pair = pairs["p256"]
    store = pkcs12.serialize_key_and_certificates(
        b"name",
        load_pem_private_key(pair.key_pem, None),
        pair.certificate.x509(),
        None,
        BestAvailableEncryption(password) if password else NoEncryption(),
    )
    assert SigningKey.load_pkcs12(store, password).certificates[0].der == pair.certificate.der
    assert DecryptionKey.load_pkcs12(store, password).certificate == pair.certificate
    with pytest.raises(CertificateRefused):
        SigningKey.load_pkcs12(store, b"wrong" if password else b"unasked")


def test_a_key_with_anothers_certificate_is_refused(pairs):
    with pytest.raises(XmlMisuse):
        SigningKey.load(pairs["p256"].key_pem, pairs["p256-other"].certificate_pem)
    with pytest.raises(XmlMisuse):
        DecryptionKey.load(pairs["p256"].key_pem, pairs["p256-other"].certificate_pem)


@pytest.mark.parametrize("pem", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nAA==\n"])
def test_octets_that_are_no_key_are_refused(pairs, pem):
    with pytest.raises(CertificateRefused):
        SigningKey.load(pem, pairs["p256"].certificate_pem)


def test_no_key_material_shows_in_a_repr(pairs):
    shown = repr((pairs["p256"].signing, pairs["p256"].decryption, pairs["p256"].trusted))
    assert "PrivateKey" not in shown
    assert "der" not in shown


def test_errors_survive_the_way_between_processes():
    for error in (XmlRefused("r", expected="e", found="f"), DecryptionFailed()):
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301  our own octets
        assert (type(copy), copy.rule, str(copy)) == (type(error), error.rule, str(error))


def test_certificates_are_equal_by_their_octets(pairs):
    der = pairs["p256"].certificate.x509().public_bytes(Encoding.DER)
    assert Certificate.load(der).fingerprint == pairs["p256"].certificate.fingerprint
