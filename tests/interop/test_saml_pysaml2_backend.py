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
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import IdPConfig, SPConfig
from saml2.saml import NAMEID_FORMAT_TRANSIENT
from saml2.sigver import EncryptError, SignatureError, SigverError

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
