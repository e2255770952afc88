"""Messages that others published: valid ones hold, altered ones fail, as their publishers say."""

import pytest

from xmltrust import (
    Certificate,
    DecryptionFailed,
    DecryptionKey,
    EncryptionPolicy,
    SignaturePolicy,
    TrustedKey,
    XmlTrustError,
    decrypt_element,
    parse,
    verify_element,
)
from xmltrust.algorithms import DS, XENC

pytestmark = pytest.mark.artefacts

NODE = "eidas/node-2.9.0/encryption/src/test/resources"
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}Assertion"
OLDER_PEERS = SignaturePolicy().with_rsa_pkcs1().with_rsa_2048().with_whole_document()
STARTERKIT = "eidas/governikus/eidas-starterkit/src/test/resources"
SIGNED = {
    f"{STARTERKIT}/EidasSamlRequestWithoutNameIDPolicy.xml": "RSA_PSS_SHA256",
    f"{STARTERKIT}/EidasSamlRequest_06042017.xml": "RSA_PSS_SHA256",
    f"{STARTERKIT}/EidasSamlRequest_13062017.xml": "RSA_PSS_SHA256",
    f"{STARTERKIT}/EidasSamlRequest_290216.xml": "RSA_PSS_SHA256",
    f"{STARTERKIT}/Metadata.xml": "RSA_PSS_SHA256",
    "eidas/governikus/helm/default/config/Metadata.xml": "RSA_PSS_SHA256",
    "eidas/governikus/helm/default/head/Metadata.xml": "RSA_PSS_SHA256",
    "eidas/governikus/helm/default/release-ec/Metadata.xml": "ECDSA_SHA256",
    "eidas/governikus/helm/default/release-rsa/Metadata.xml": "RSA_PSS_SHA256",
    "eidas/swedenconnect/src/test/resources/mdservicelist.xml": "RSA_SHA256",
}
ALTERED = {
    f"{STARTERKIT}/EidasSamlRequest_07022017.xml": "dsig/digest",
    f"{STARTERKIT}/EidasSamlRequestWithWrongNameIDPolicyType.xml": "dsig/trusted-key",
    f"{NODE}/responses/saml_ec_Brainpool_kw-aes128_encrypted_response.xml": "dsig/trusted-key",
    f"{NODE}/responses/saml_ec_Brainpool_kw-aes256_encrypted_response.xml": "dsig/trusted-key",
    "eidas/governikus/helm/node/node-1-x/Metadata.xml": "dsig/digest",
    "eidas/node-2.9.0/metadata/ConnectorMetadata.xml": "dsig/digest",
    "eidas/node-2.9.0/metadata/ServiceMetadata.xml": "dsig/digest",
    "eidas/swedenconnect/src/test/resources/mdservicelist-badsign.xml": "dsig/trusted-key",
}
SHA1_DIGEST = [
    f"{STARTERKIT}/EidasSamlRequestWithOnlyProviderName.xml",
    f"{STARTERKIT}/EidasSamlRequestWithOnlyRequesterId.xml",
    f"{STARTERKIT}/EidasSamlRequestWithProviderNameAndRequesterId.xml",
    f"{STARTERKIT}/EidasSamlRequestWithoutProviderName.xml",
]


def _verify(path):
    root = parse(path.read_bytes(), comments_allowed=True)
    shown = root.iterfind(f"{{{DS}}}Signature/{{{DS}}}KeyInfo/{{{DS}}}X509Data/*")
    trusted = [
        TrustedKey.from_certificate(Certificate.from_base64(one.text), source=path.name)
        for one in shown
    ]
    return verify_element(root, trusted=trusted, policy=OLDER_PEERS, expected=root.tag)


@pytest.mark.parametrize(("name", "algorithm"), SIGNED.items())
def test_a_published_signature_holds(artefacts, name, algorithm):
    assert _verify(artefacts / name).algorithm.name == algorithm


@pytest.mark.parametrize(("name", "rule"), ALTERED.items())
def test_a_published_message_that_was_altered_fails(artefacts, name, rule):
    with pytest.raises(XmlTrustError) as caught:
        _verify(artefacts / name)
    assert caught.value.rule == rule


@pytest.mark.parametrize("name", SHA1_DIGEST)
def test_a_published_message_with_a_sha1_digest_is_refused(artefacts, name):
    with pytest.raises(XmlTrustError) as caught:
        _verify(artefacts / name)
    assert caught.value.rule == "dsig/digest-algorithm"


@pytest.fixture(scope="module")
def node_keys(artefacts):
    """The demonstration keys that the node's own tests decrypt with."""
    pem = (artefacts / "eidas/derived/keys/EIDAS-Encryption/test.all.pem").read_bytes()
    blocks = pem.split(b"-----BEGIN PRIVATE KEY-----")[1:]
    return [DecryptionKey.load(b"-----BEGIN PRIVATE KEY-----" + block) for block in blocks]


def _decrypt(path, keys):
    data = next(parse(path.read_bytes(), comments_allowed=True).iter(f"{{{XENC}}}EncryptedData"))
    policy = EncryptionPolicy().with_oaep_mgf1p()
    return decrypt_element(data, keys=keys, policy=policy, expected=ASSERTION)


@pytest.mark.parametrize(
    "name",
    [
        "ec_Brainpool_kw-aes128",
        "ec_Brainpool_kw-aes256",
        "ec_NistCurve_kw-aes128",
        "ec_NistCurve_kw-aes256",
        "rsa_rsa-oaep-mgf1p",
        "rsa_rsa-oaep",
    ],
)
def test_a_response_that_the_node_decrypts_decrypts_here(artefacts, node_keys, name):
    path = artefacts / NODE / "responses" / f"saml_{name}_encrypted_response.xml"
    assert _decrypt(path, node_keys).get("ID")


def test_every_vector_that_decrypts_for_others_and_is_at_hand_decrypts_here(artefacts, node_keys):
    # "NAME OK [...]": what an independent program could decrypt; INVALID_ ones the node refuses.
    listed = (artefacts / "eidas/derived/decrypt_check.txt").read_text("utf-8").splitlines()
    named = {line.split()[0] for line in listed if " OK " in line}
    assert len(named) == 13
    found = [path for path in (artefacts / NODE).rglob("*.xml") if path.name in named]
    refused = {path.name for path in found if path.name.startswith("INVALID_")}
    for path in found:
        if path.name in refused:
            with pytest.raises(DecryptionFailed):
                _decrypt(path, node_keys)
        else:
            assert _decrypt(path, node_keys).get("ID")
    assert (len(refused), len(found) - len(refused)) == (2, 7)


def test_a_recipient_named_by_its_encoded_key_is_found(artefacts, node_keys):
    name = "saml_rsa_rsa-oaep_encrypted_response_DEREncodedKeyValue.xml"
    assert _decrypt(artefacts / NODE / "responses" / name, node_keys).get("ID")


@pytest.mark.parametrize("name", ["missing_keyInfo", "missing_pubkey"])
def test_a_response_that_the_node_refuses_is_refused_here(artefacts, node_keys, name):
    name = f"INVALID_saml_rsa_rsa-oaep_encrypted_response_{name}.xml"
    with pytest.raises(DecryptionFailed):
        _decrypt(artefacts / NODE / "responses" / name, node_keys)
