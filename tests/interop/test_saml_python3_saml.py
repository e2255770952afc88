"""python3-saml believes our signed response and we believe its, in RSA, the one kind it has."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from xmltrust import (
    SignatureAlgorithm,
    SignaturePolicy,
    SigningKey,
    TrustedKey,
    parse,
    sign_enveloped,
    verify_enveloped,
)

pytestmark = pytest.mark.peer

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
RESPONSE = (
    f'<p:Response xmlns:p="{PROTOCOL}" xmlns:a="{ASSERTION}" ID="r1" Version="2.0" '
    'IssueInstant="2026-01-01T00:00:00Z"><a:Issuer>https://idp.test</a:Issuer><p:Status>'
    '<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status></p:Response>'
)
ALGORITHMS = [SignatureAlgorithm.RSA_SHA256, SignatureAlgorithm.RSA_SHA512]


@pytest.fixture(scope="module")
def onelogin():
    """python3-saml's own signing and checking functions."""
    pytest.importorskip("xmlsec", reason="python3-saml needs the xmlsec binding")
    module = pytest.importorskip("onelogin.saml2.utils", reason="python3-saml is not installed")
    return module.OneLogin_Saml2_Utils


@pytest.fixture(scope="module")
def pair():
    """A key and its certificate in PEM, and as our objects."""
    key = rsa.generate_private_key(65537, 3072)
    now = dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "idp")])
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - dt.timedelta(1), now + dt.timedelta(30)
    ).sign(key, hashes.SHA256())
    shown = certificate.public_bytes(Encoding.PEM)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, shown, SigningKey.load(pem, shown)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_python3_saml_believes_our_signature_and_refuses_it_altered(onelogin, pair, algorithm):
    _, shown, key = pair
    data = sign_enveloped(
        parse(RESPONSE.encode()), key=key, algorithm=algorithm, after=f"{{{ASSERTION}}}Issuer"
    )
    assert onelogin.validate_sign(data, cert=shown.decode())
    assert not onelogin.validate_sign(data.replace(b"Success", b"Failure"), cert=shown.decode())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_we_believe_what_python3_saml_signed(onelogin, pair, algorithm):
    pem, shown, key = pair
    data = onelogin.add_sign(
        RESPONSE,
        pem.decode(),
        shown.decode(),
        sign_algorithm=algorithm.value,
        digest_algorithm="http://www.w3.org/2001/04/xmlenc#sha256",
    )
    proven = verify_enveloped(
        data,
        trusted=[TrustedKey.from_certificate(key.certificates[0], source="test")],
        policy=SignaturePolicy().with_rsa_pkcs1(),
        expected_root=f"{{{PROTOCOL}}}Response",
    )
    assert proven.algorithm is algorithm
