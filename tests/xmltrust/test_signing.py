"""Signatures of every algorithm, judged by signxml's verifier and by ours."""

import pytest
import signxml
from lxml import etree

from xmltrust import (
    DigestAlgorithm,
    SignatureAlgorithm,
    SignaturePolicy,
    SigningKey,
    XmlMisuse,
    parse,
    sign_enveloped,
    verify_enveloped,
)
from xmltrust.algorithms import DS
from xmltrust.canonical import canonical_bytes
from xmltrust.signature_value import is_made_by, sign_octets

DOCUMENT = (
    '<m:Message xmlns:m="urn:m" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="r1">\n <m:Issuer>i</m:Issuer>\n'
    ' <m:Name xsi:type="xs:string">Ελένη &amp; \t<![CDATA[<x>]]></m:Name>\n</m:Message>'
).encode()
ROOT, ISSUER = "{urn:m}Message", "{urn:m}Issuer"
RELAXED = SignaturePolicy().with_rsa_pkcs1().with_rsa_2048()
CASES = [
    (name, algorithm)
    for name, family in (
        ("rsa3072", "RSA"),
        ("p256", "ECDSA"),
        ("p384", "ECDSA"),
        ("p521", "ECDSA"),
        ("bp256", "ECDSA"),
        ("bp384", "ECDSA"),
        ("bp512", "ECDSA"),
    )
    for algorithm in SignatureAlgorithm
    if algorithm.name.startswith(family)
]


@pytest.mark.parametrize(("name", "algorithm"), CASES)
def test_a_signature_holds_for_us_and_for_signxml(pairs, name, algorithm):
    pair = pairs[name]
    data = sign_enveloped(parse(DOCUMENT), key=pair.signing, algorithm=algorithm, after=ISSUER)
    ours = verify_enveloped(data, trusted=pair.trusted, expected_root=ROOT, policy=RELAXED)
    judged = signxml.XMLVerifier().verify(
        data,
        x509_cert=pair.certificate_pem.decode(),
        expect_config=signxml.SignatureConfiguration(location="./"),
    )
    assert ours.signed_bytes == judged.signed_data == canonical_bytes(parse(DOCUMENT))
    assert (ours.algorithm, ours.key) == (algorithm, pair.trusted[0])


@pytest.mark.parametrize("digest", list(DigestAlgorithm))
def test_the_digest_may_be_chosen_apart_from_the_signature(pairs, digest):
    data = sign_enveloped(
        parse(DOCUMENT),
        key=pairs["p256"].signing,
        algorithm=SignatureAlgorithm.ECDSA_SHA512,
        digest=digest,
        after=None,
    )
    assert parse(data)[0].tag.endswith("}Signature")
    assert digest.value.encode() in data
    assert verify_enveloped(data, trusted=pairs["p256"].trusted, expected_root=ROOT)


def test_a_signature_by_signxml_alone_holds_for_us(pairs):
    pair = pairs["p256"]
    signer = signxml.XMLSigner(
        signature_algorithm="ecdsa-sha256",
        c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
    )
    signed = signer.sign(
        parse(DOCUMENT), key=pair.key_pem, cert=pair.certificate_pem.decode(), reference_uri="#r1"
    )
    assert verify_enveloped(
        etree.tostring(signed), trusted=pair.trusted, expected_root=ROOT
    ).signed_bytes == canonical_bytes(parse(DOCUMENT))


class Module:
    """A signer that holds its key elsewhere, as a hardware module does."""

    def __init__(self, inner):
        self._inner, self.asked = inner, []

    @property
    def public_key(self):
        return self._inner.public_key

    def sign(self, data, algorithm):
        self.asked.append(algorithm)
        return self._inner.sign(data, algorithm)


def test_a_key_in_a_hardware_module_signs_through_the_same_door(pairs):
    pair = pairs["p384"]
    module = Module(pair.signing.signer)
    key = SigningKey(module, pair.signing.certificates)
    data = sign_enveloped(
        parse(DOCUMENT), key=key, algorithm=SignatureAlgorithm.ECDSA_SHA384, after=ISSUER
    )
    assert verify_enveloped(data, trusted=pair.trusted, expected_root=ROOT)
    assert module.asked == [SignatureAlgorithm.ECDSA_SHA384]


@pytest.mark.parametrize(
    ("document", "name", "algorithm", "after", "rule"),
    [
        (b"<a/>", "p256", "ECDSA_SHA256", None, "dsig/identifier"),
        (b'<a ID=""/>', "p256", "ECDSA_SHA256", None, "dsig/identifier"),
        (b'<a ID="x"><b Id="x"/></a>', "p256", "ECDSA_SHA256", None, "dsig/identifier"),
        (b'<a ID="x"/>', "p256", "ECDSA_SHA256", "{urn:m}Issuer", "dsig/position"),
        (b'<a ID="x"/>', "p256", "RSA_SHA256", None, "key/kind"),
        (b'<a ID="x"/>', "rsa3072", "ECDSA_SHA256", None, "key/kind"),
        (b'<a ID="x"/>', "rsa1024", "RSA_SHA256", None, "key/size"),
        (b'<a ID="x"/>', "ed25519", "ED25519", None, "dsig/algorithm"),
        (b'<a xmlns:v="1" ID="x" v:x="y"/>', "p256", "ECDSA_SHA256", None, "xml/canonical"),
    ],
)
def test_what_may_not_be_signed_is_refused(pairs, document, name, algorithm, after, rule):  # noqa: PLR0917  one row of the table
    with pytest.raises(XmlMisuse) as caught:
        sign_enveloped(
            parse(document),
            key=pairs[name].signing,
            algorithm=SignatureAlgorithm[algorithm],
            after=after,
        )
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    "declared",
    ['xmlns:n2="{ds}"', 'xmlns="{ds}"', 'xmlns:ds="{ds}"', 'xmlns:ds="urn:other"'],
)
def test_a_signature_holds_whatever_prefix_the_document_gave_its_namespace(pairs, declared):
    document = (
        f'<m:Message xmlns:m="urn:m" {declared.format(ds=DS)} ID="r1"><m:Issuer/></m:Message>'
    )
    pair = pairs["p256"]
    data = sign_enveloped(
        parse(document.encode()),
        key=pair.signing,
        algorithm=SignatureAlgorithm.ECDSA_SHA256,
        after=ISSUER,
    )
    assert verify_enveloped(data, trusted=pair.trusted, expected_root=ROOT)


def test_a_curve_signature_without_the_zero_that_both_halves_share_holds(pairs):
    pair, algorithm = pairs["p521"], SignatureAlgorithm.ECDSA_SHA512
    values = (sign_octets(b"data", key=pair.signing, algorithm=algorithm) for _ in range(200))
    full = next(value for value in values if value[0] == value[66] == 0)
    short = full[1:66] + full[67:]
    assert is_made_by(pair.certificate.public_key, algorithm, b"data", short)
    for wrong in (short[:-1], short[1:], b"\0\0" + full, full[1:] + b"\0"):
        assert not is_made_by(pair.certificate.public_key, algorithm, b"data", wrong)
