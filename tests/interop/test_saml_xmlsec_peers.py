"""xmlsec1 and its Python binding judge our signatures and ciphertexts, and we judge theirs."""

import base64
import datetime as dt
import shutil
import subprocess
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from xmltrust import (
    Certificate,
    DecryptionKey,
    EncryptionPolicy,
    SignatureAlgorithm,
    SignaturePolicy,
    SigningKey,
    TrustedKey,
    XmlTrustError,
    decrypt_element,
    encrypt_element,
    parse,
    sign_enveloped,
    verify_enveloped,
)
from xmltrust.algorithms import DS, XENC

pytestmark = pytest.mark.peer

ROOT = "{urn:m}Message"
DOCUMENT = '<m:Message xmlns:m="urn:m" ID="r1"><m:Issuer>i</m:Issuer><m:N>Ελένη</m:N></m:Message>'
OLDER = SignaturePolicy().with_rsa_pkcs1()
ALGORITHMS = [
    ("rsa", SignatureAlgorithm.RSA_SHA256),
    ("rsa", SignatureAlgorithm.RSA_SHA512),
    ("p256", SignatureAlgorithm.ECDSA_SHA256),
    ("p384", SignatureAlgorithm.ECDSA_SHA384),
]
MODERN = [("rsa", one) for one in SignatureAlgorithm if one.is_pss]


@pytest.fixture(scope="module")
def xmlsec1():
    """The command-line program of Debian."""
    found = shutil.which("xmlsec1")
    if found is None:
        pytest.skip("xmlsec1 is not installed (Debian: apt install xmlsec1)")
    return found


@pytest.fixture(scope="module")
def binding():
    """The Python binding with its own, newer libxmlsec."""
    return pytest.importorskip("xmlsec", reason="the xmlsec binding is not installed")


@pytest.fixture(scope="module")
def parties(tmp_path_factory):
    """An RSA and two curve parties, as files and as objects."""
    folder = tmp_path_factory.mktemp("parties")
    keys = {
        "rsa": rsa.generate_private_key(65537, 3072),
        "p256": ec.generate_private_key(ec.SECP256R1()),
        "p384": ec.generate_private_key(ec.SECP384R1()),
    }
    return {name: _party(folder, name, key) for name, key in keys.items()}


def _party(folder, name, key):
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = x509.CertificateBuilder(
        subject, subject, key.public_key(), 1, now - dt.timedelta(1), now + dt.timedelta(30)
    ).sign(key, hashes.SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    shown = certificate.public_bytes(Encoding.PEM)
    key_file, certificate_file = folder / f"{name}.key", folder / f"{name}.crt"
    key_file.write_bytes(pem)
    certificate_file.write_bytes(shown)
    loaded = Certificate.load(shown)
    return SimpleNamespace(
        key_file=str(key_file),
        certificate_file=str(certificate_file),
        signing=SigningKey.load(pem, shown),
        decryption=DecryptionKey.load(pem, shown),
        certificate=loaded,
        trusted=[TrustedKey.from_certificate(loaded, source="test")],
    )


def _signed(party, algorithm):
    return sign_enveloped(
        parse(DOCUMENT.encode()), key=party.signing, algorithm=algorithm, after="{urn:m}Issuer"
    )


def _run(*command, ok=True):
    done = subprocess.run(command, capture_output=True, check=False, timeout=30)
    assert (done.returncode == 0) is ok, done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize(("name", "algorithm"), ALGORITHMS)
def test_xmlsec1_believes_our_signature_and_refuses_it_altered(
    xmlsec1, parties, tmp_path, name, algorithm
):
    data, file = _signed(parties[name], algorithm), tmp_path / "signed.xml"
    command = [xmlsec1, "--verify", "--pubkey-cert-pem", parties[name].certificate_file]
    command += ["--enabled-key-data", "raw-x509-cert", "--id-attr:ID", "urn:m:Message", str(file)]
    file.write_bytes(data)
    _run(*command)
    file.write_bytes(data.replace(b"<m:Issuer>i", b"<m:Issuer>j"))
    _run(*command, ok=False)


TEMPLATE = (
    f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod '
    'Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="{0}"/>'
    '<ds:Reference URI="#r1"><ds:Transforms><ds:Transform Algorithm="{1}enveloped-signature"/>'
    '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>'
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/>'
    "</ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature></m:Message>"
)


def _template(algorithm):
    return DOCUMENT.replace("</m:Message>", TEMPLATE.format(algorithm.value, DS))


@pytest.mark.parametrize(("name", "algorithm"), ALGORITHMS)
def test_we_believe_what_xmlsec1_signed_and_refuse_it_altered(
    xmlsec1, parties, tmp_path, name, algorithm
):
    file = tmp_path / "template.xml"
    file.write_text(_template(algorithm), "utf-8")
    data = _run(
        *[xmlsec1, "--sign", "--privkey-pem", parties[name].key_file],
        *["--id-attr:ID", "urn:m:Message", str(file)],
    )
    trusted = parties[name].trusted
    assert verify_enveloped(data, trusted=trusted, policy=OLDER, expected_root=ROOT)
    with pytest.raises(XmlTrustError):
        verify_enveloped(
            data.replace(b"<m:Issuer>i", b"<m:Issuer>j"),
            trusted=trusted,
            policy=OLDER,
            expected_root=ROOT,
        )


@pytest.mark.parametrize(("name", "algorithm"), ALGORITHMS + MODERN)
def test_the_binding_believes_our_signature_and_refuses_it_altered(
    binding, parties, name, algorithm
):
    data = _signed(parties[name], algorithm)
    _binding_verifies(binding, parties[name], data)
    with pytest.raises(binding.Error):
        _binding_verifies(binding, parties[name], data.replace(b"<m:Issuer>i", b"<m:Issuer>j"))


def _binding_verifies(binding, party, data):
    root = etree.fromstring(data)
    binding.tree.add_ids(root, ["ID"])
    context = binding.SignatureContext()
    context.key = binding.Key.from_file(
        party.certificate_file, binding.constants.KeyDataFormatCertPem
    )
    context.verify(root.find(f"{{{DS}}}Signature"))


@pytest.mark.parametrize(("name", "algorithm"), ALGORITHMS + MODERN)
def test_we_believe_what_the_binding_signed(binding, parties, name, algorithm):
    root = etree.fromstring(_template(algorithm))
    binding.tree.add_ids(root, ["ID"])
    context = binding.SignatureContext()
    context.key = binding.Key.from_file(parties[name].key_file, binding.constants.KeyDataFormatPem)
    context.sign(root.find(f"{{{DS}}}Signature"))
    proven = verify_enveloped(
        etree.tostring(root), trusted=parties[name].trusted, policy=OLDER, expected_root=ROOT
    )
    assert proven.algorithm is algorithm


def test_the_binding_decrypts_what_we_encrypt(binding, parties):
    sealed = encrypt_element(parse(DOCUMENT.encode()), recipient=parties["rsa"].certificate)
    host = etree.fromstring(b"<h>" + etree.tostring(sealed) + b"</h>")
    manager = binding.KeysManager()
    manager.add_key(
        binding.Key.from_file(parties["rsa"].key_file, binding.constants.KeyDataFormatPem)
    )
    opened = binding.EncryptionContext(manager).decrypt(host[0])
    assert opened.tag == ROOT


def test_we_decrypt_what_xmlsec1_encrypts_where_the_policy_takes_older_peers(
    xmlsec1, parties, tmp_path
):
    template, plain = tmp_path / "template.xml", tmp_path / "plain.xml"
    shown = base64.b64encode(parties["rsa"].certificate.der).decode()
    template.write_text(
        f'<x:EncryptedData xmlns:x="{XENC}" Type="{XENC}Element"><x:EncryptionMethod '
        f'Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/><ds:KeyInfo xmlns:ds="{DS}">'
        f'<x:EncryptedKey><x:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p"/><ds:KeyInfo>'
        f"<ds:X509Data><ds:X509Certificate>{shown}</ds:X509Certificate></ds:X509Data>"
        "</ds:KeyInfo><x:CipherData><x:CipherValue/></x:CipherData></x:EncryptedKey></ds:KeyInfo>"
        "<x:CipherData><x:CipherValue/></x:CipherData></x:EncryptedData>"
    )
    plain.write_text(DOCUMENT, "utf-8")
    sealed = _run(
        *[xmlsec1, "--encrypt", "--pubkey-cert-pem", parties["rsa"].certificate_file],
        *["--session-key", "aes-256", "--xml-data", str(plain), str(template)],
    )
    opened = decrypt_element(
        parse(sealed),
        keys=[parties["rsa"].decryption],
        policy=EncryptionPolicy().with_oaep_mgf1p(),
        expected=ROOT,
    )
    assert opened[1].text == "Ελένη"
