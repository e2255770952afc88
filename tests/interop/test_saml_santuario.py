"""Apache Santuario, the library under the Commission's node, agrees with us in both directions."""

import datetime as dt
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from tests.support.java_peer import serving
from xmltrust import (
    Certificate,
    DecryptionKey,
    SignatureAlgorithm,
    SignaturePolicy,
    SigningKey,
    TrustedKey,
    decrypt_element,
    encrypt_element,
    parse,
    sign_enveloped,
    verify_enveloped,
)

pytestmark = pytest.mark.peer

ROOT = "{urn:m}Message"
DOCUMENT = '<m:Message xmlns:m="urn:m" ID="r1"><m:Issuer>i</m:Issuer><m:N>Ελένη</m:N></m:Message>'
OLDER = SignaturePolicy().with_rsa_pkcs1()
OAEP = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
ALGORITHMS = [
    ("rsa", SignatureAlgorithm.RSA_SHA256),
    ("rsa", SignatureAlgorithm.RSA_PSS_SHA256),
    ("rsa", SignatureAlgorithm.RSA_PSS_SHA512),
    ("p256", SignatureAlgorithm.ECDSA_SHA256),
    ("p521", SignatureAlgorithm.ECDSA_SHA512),
]


@pytest.fixture(scope="module")
def santuario(tmp_path_factory):
    """Asks the Java peer, compiled and started now from the source beside this file."""
    classes = tmp_path_factory.mktemp("classes")
    given, made = classes / "in.xml", classes / "out.xml"
    with serving("SantuarioPeer", classes) as ask:

        def run(verb, party, data, *, algorithm="-", ok=True):
            given.write_bytes(data)
            said = ask(verb, algorithm, party.key, party.shown, given, made)
            assert (said == "done") is ok, said
            return made.read_bytes() if ok else b""

        yield run


@pytest.fixture(scope="module")
def parties(tmp_path_factory):
    """An RSA and two curve parties, as files and as objects."""
    folder = tmp_path_factory.mktemp("parties")
    keys = {
        "rsa": rsa.generate_private_key(65537, 3072),
        "p256": ec.generate_private_key(ec.SECP256R1()),
        "p521": ec.generate_private_key(ec.SECP521R1()),
    }
    return {name: _party(folder, name, key) for name, key in keys.items()}


def _party(folder, name, key):
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = x509.CertificateBuilder(
        subject, subject, key.public_key(), 1, now - dt.timedelta(1), now + dt.timedelta(30)
    ).sign(key, hashes.SHA256())
    pem, shown = (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate.public_bytes(Encoding.PEM),
    )
    key_file, certificate_file = folder / f"{name}.der", folder / f"{name}.crt"
    key_file.write_bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    certificate_file.write_bytes(shown)
    loaded = Certificate.load(shown)
    return SimpleNamespace(
        key=key_file,
        shown=certificate_file,
        signing=SigningKey.load(pem, shown),
        decryption=DecryptionKey.load(pem, shown),
        certificate=loaded,
        trusted=[TrustedKey.from_certificate(loaded, source="test")],
    )


@pytest.mark.parametrize(("name", "algorithm"), ALGORITHMS)
def test_santuario_believes_our_signature(santuario, parties, name, algorithm):
    data = sign_enveloped(
        parse(DOCUMENT.encode()),
        key=parties[name].signing,
        algorithm=algorithm,
        after="{urn:m}Issuer",
    )
    santuario("verify", parties[name], data, algorithm=algorithm.value)


def test_santuario_refuses_our_signature_over_an_altered_message(santuario, parties):
    data = sign_enveloped(
        parse(DOCUMENT.encode()),
        key=parties["p256"].signing,
        algorithm=SignatureAlgorithm.ECDSA_SHA256,
        after="{urn:m}Issuer",
    )
    santuario("verify", parties["p256"], data.replace(b"<m:Issuer>i", b"<m:Issuer>j"), ok=False)


@pytest.mark.parametrize(("name", "algorithm"), ALGORITHMS)
def test_we_believe_what_santuario_signed(santuario, parties, name, algorithm):
    data = santuario("sign", parties[name], DOCUMENT.encode(), algorithm=algorithm.value)
    proven = verify_enveloped(data, trusted=parties[name].trusted, policy=OLDER, expected_root=ROOT)
    assert proven.algorithm is algorithm


def test_santuario_decrypts_what_we_encrypt(santuario, parties):
    sealed = encrypt_element(parse(DOCUMENT.encode()), recipient=parties["rsa"].certificate)
    opened = santuario("decrypt", parties["rsa"], etree.tostring(sealed))
    assert parse(opened)[1].text == "Ελένη"


def test_we_decrypt_what_santuario_encrypts(santuario, parties):
    sealed = santuario("encrypt", parties["rsa"], DOCUMENT.encode(), algorithm=OAEP)
    opened = decrypt_element(parse(sealed), keys=[parties["rsa"].decryption], expected=ROOT)
    assert opened[1].text == "Ελένη"
