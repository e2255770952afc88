"""Stock pysaml2, on both sides, with our backend in the place of xmlsec1."""

import base64
import datetime as dt
import gc
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.utils import CryptographyDeprecationWarning
from lxml import etree
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, saml
from saml2.client import Saml2Client
from saml2.config import IdPConfig, SPConfig
from saml2.saml import NAMEID_FORMAT_TRANSIENT
from saml2.sigver import EncryptError, SignatureError, SigverError, pre_signature_part

from eidas.pysaml2_backend import DecryptionRefused, XmltrustBackend, use_in
from xmltrust import SignatureAlgorithm, SignaturePolicy, parse
from xmltrust.algorithms import DS, XENC

with warnings.catch_warnings():
    # pysaml2 touches a cipher mode at import that cryptography has announced to move
    warnings.simplefilter("ignore", CryptographyDeprecationWarning)
    from saml2.server import Server

# pysaml2 leaves the temporary certificate files that it makes for each check to the collector
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SP, IDP, ACS = "https://sp.test/md", "https://idp.test/md", "https://sp.test/acs"


METADATA = (
    '<m:EntityDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">'
    '<m:{role} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    '<m:KeyDescriptor><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
    "<ds:X509Certificate>{cert}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    "</m:KeyDescriptor>{service}</m:{role}></m:EntityDescriptor>"
)
IDP_ROLE = (
    "IDPSSODescriptor",
    f'<m:SingleSignOnService Binding="{BINDING_HTTP_POST}" Location="https://idp.test/sso"/>',
)
SP_ROLE = (
    "SPSSODescriptor",
    f'<m:AssertionConsumerService Binding="{BINDING_HTTP_POST}" Location="{ACS}" index="0"/>',
)


def _published(entity, pair, role):
    return METADATA.format(entity=entity, role=role[0], service=role[1], cert=_shown(pair))


def _shown(pair):
    return "".join(Path(pair["cert_file"]).read_text("ascii").split("-----")[2].split())


def _write(folder, name, key):
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(
            subject, subject, key.public_key(), 1, now - dt.timedelta(1), now + dt.timedelta(90)
        )
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    key_file, cert_file = folder / f"{name}.key", folder / f"{name}.crt"
    key_file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    cert_file.write_bytes(certificate)
    return {"key_file": str(key_file), "cert_file": str(cert_file)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pysaml2")


@pytest.fixture(scope="module")
def ends(folder):
    """A pysaml2 service provider and identity provider that know each other."""
    keys = {
        name: _write(folder, name, rsa.generate_private_key(65537, 3072)) for name in ("sp", "idp")
    }
    common = {"xmlsec_binary": sys.executable, "metadata": {}}
    sp_config = {
        **common,
        **keys["sp"],
        "entityid": SP,
        "encryption_keypairs": [keys["sp"]],
        "service": {
            "sp": {
                "endpoints": {"assertion_consumer_service": [(ACS, BINDING_HTTP_POST)]},
                "authn_requests_signed": True,
                "want_response_signed": True,
                "want_assertions_signed": False,
            }
        },
    }
    idp_config = {
        **common,
        **keys["idp"],
        "entityid": IDP,
        "service": {
            "idp": {
                "endpoints": {
                    "single_sign_on_service": [("https://idp.test/sso", BINDING_HTTP_REDIRECT)]
                },
                "sign_response": True,
                "encrypt_assertion": True,
                "name_id_format": [NAMEID_FORMAT_TRANSIENT],
                "policy": {"default": {"attribute_restrictions": None}},
            }
        },
    }
    sp_config["metadata"] = {"inline": [_published(IDP, keys["idp"], IDP_ROLE)]}
    idp_config["metadata"] = {"inline": [_published(SP, keys["sp"], SP_ROLE)]}
    client = Saml2Client(config=SPConfig().load(sp_config))
    server = Server(config=IdPConfig().load(idp_config))
    use_in(client, XmltrustBackend())
    use_in(server, XmltrustBackend(algorithm=SignatureAlgorithm.RSA_PSS_SHA384))
    yield SimpleNamespace(client=client, server=server, keys=keys)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _answer(ends):
    """A signed response with an encrypted assertion, and the request it answers."""
    request_id, request = ends.client.create_authn_request(
        "https://idp.test/sso", binding=BINDING_HTTP_POST, sign=True
    )
    response = ends.server.create_authn_response(
        {"givenName": "Ελένη"},
        request_id,
        ACS,
        SP,
        name_id=ends.server.ident.transient_nameid(SP, "user"),
        authn={"class_ref": "urn:test", "authn_auth": IDP},
        sign_response=True,
        encrypt_assertion=True,
        encrypted_advice_attributes=False,
    )
    return request_id, str(request), str(response)


def _accept(ends, request_id, response):
    return ends.client.parse_authn_request_response(
        base64.b64encode(response.encode()).decode(),
        BINDING_HTTP_POST,
        outstanding={request_id: "/"},
    )


def test_pysaml2_logs_in_with_pss_and_gcm_in_this_process(ends):
    request_id, request, response = _answer(ends)
    assert SignatureAlgorithm.RSA_PSS_SHA256.value in request
    assert SignatureAlgorithm.RSA_PSS_SHA384.value in response
    assert "http://www.w3.org/2009/xmlenc11#aes256-gcm" in response
    assert _accept(ends, request_id, response).ava == {"givenName": ["Ελένη"]}


def test_an_altered_response_is_refused(ends):
    request_id, _, response = _answer(ends)
    with pytest.raises(SignatureError):
        _accept(ends, request_id, response.replace("Success", "Succes5"))


def test_a_response_that_does_not_decrypt_raises_and_gives_no_empty_identity(ends, folder):
    request_id, _, response = _answer(ends)
    root = parse(response.encode())
    value = list(root.iter(f"{{{XENC}}}CipherValue"))[-1]
    octets = bytearray(base64.b64decode(value.text))
    octets[-1] ^= 1
    value.text = base64.b64encode(octets).decode()
    signature = root.find(f"{{{DS}}}Signature")
    altered = ends.server.sec.crypto.sign_statement(
        etree.tostring(root),
        "urn:oasis:names:tc:SAML:2.0:protocol:Response",
        ends.keys["idp"]["key_file"],
        root.get("ID"),
    )
    assert signature is not None
    with pytest.raises(DecryptionRefused):
        _accept(ends, request_id, altered)


ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"


@pytest.fixture
def signed_assertion(ends):
    """An assertion as pysaml2 makes one, signed by our backend."""
    statement = saml.Assertion(
        version="2.0",
        id="a1",
        issue_instant="2026-01-01T00:00:00Z",
        signature=pre_signature_part("a1", _shown(ends.keys["idp"]), 1),
        issuer=saml.Issuer(text=IDP),
    )
    backend = ends.server.sec.crypto
    return backend.sign_statement(str(statement), ASSERTION, ends.keys["idp"]["key_file"], "a1")


def test_a_signature_survives_that_pysaml2_writes_the_document_anew(ends, signed_assertion):
    again = str(saml.assertion_from_string(signed_assertion))
    certificate = ends.keys["idp"]["cert_file"]
    assert XmltrustBackend().validate_signature(again, certificate, "pem", ASSERTION, "a1")


def test_a_signature_inside_survives_decryption_into_the_document(ends, signed_assertion):
    # The document declares the same namespaces by other prefixes than the assertion does.
    document = (
        '<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:d="{}" '
        'xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="r1"><a:EncryptedAssertion>{}'
        "</a:EncryptedAssertion><p:Extensions/></p:Response>"
    )
    backend = XmltrustBackend()
    sealed = backend.encrypt(signed_assertion, ends.keys["sp"]["cert_file"], None, "")
    opened = backend.decrypt(document.format(DS, sealed), ends.keys["sp"]["key_file"])
    certificate = ends.keys["idp"]["cert_file"]
    assert backend.validate_signature(opened, certificate, "pem", ASSERTION, "a1")
    assert opened.endswith("</a:EncryptedAssertion><p:Extensions/></p:Response>")


def test_every_key_of_a_client_is_tried_before_nothing_is_decrypted(ends, signed_assertion):
    sealed = XmltrustBackend().encrypt(signed_assertion, ends.keys["sp"]["cert_file"], None, "")
    document = f'<a:EncryptedAssertion xmlns:a="{ASSERTION[:-10]}">{sealed}</a:EncryptedAssertion>'
    wrong, right = (Path(ends.keys[name]["key_file"]).read_text() for name in ("idp", "sp"))
    assert "Assertion" in ends.client.sec.decrypt_keys(document, keys=[wrong, right])
    with pytest.raises(DecryptionRefused):
        ends.server.sec.decrypt_keys(document, keys=[wrong])


TEMPLATE = (
    '<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="r1">'
    '<ds:Signature xmlns:ds="{ds}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{cert}'
    "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></p:Response>"
)
RESPONSE = "urn:oasis:names:tc:SAML:2.0:protocol:Response"


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP521R1(), ec.BrainpoolP384R1()])
def test_curve_keys_sign_and_verify_which_pysaml2_alone_cannot(folder, curve):
    pair = _write(folder, curve.name, ec.generate_private_key(curve))
    backend = XmltrustBackend()
    signed = backend.sign_statement(
        TEMPLATE.format(ds=DS, cert=_shown(pair)), RESPONSE, pair["key_file"], "r1"
    )
    assert SignatureAlgorithm.ECDSA_SHA256.value in signed
    assert backend.validate_signature(signed, pair["cert_file"], "pem", RESPONSE, "r1")


@pytest.mark.parametrize("document", ["", "<a/>", "<!DOCTYPE a><a/>", "\x00"])
def test_rubbish_gives_pysaml2s_own_errors(ends, document):
    backend, pair = XmltrustBackend(), ends.keys["sp"]
    with pytest.raises(SignatureError):
        backend.sign_statement(document, RESPONSE, pair["key_file"], None)
    with pytest.raises(SignatureError):
        backend.validate_signature(document, pair["cert_file"], "pem", RESPONSE, None)
    with pytest.raises(SigverError):
        backend.decrypt(document, pair["key_file"])
    with pytest.raises(EncryptError):
        backend.encrypt_assertion(document, pair["cert_file"], None)


def test_a_pkcs1_signature_is_accepted_only_where_the_policy_says_so(ends):
    pair = ends.keys["sp"]
    older = XmltrustBackend(
        algorithm=SignatureAlgorithm.RSA_SHA256, signatures=SignaturePolicy().with_rsa_pkcs1()
    )
    signed = older.sign_statement(
        TEMPLATE.format(ds=DS, cert=_shown(pair)), RESPONSE, pair["key_file"], "r1"
    )
    assert older.validate_signature(signed, pair["cert_file"], "pem", RESPONSE, "r1")
    with pytest.raises(SignatureError):
        XmltrustBackend().validate_signature(signed, pair["cert_file"], "pem", RESPONSE, "r1")
