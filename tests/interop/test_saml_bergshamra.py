"""Bergshamra, XML security in Rust: the second implementation of ECDH-ES that a test can have."""

import base64
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from tests.support.saml_world import Party
from xmltrust import (
    ContentEncryption,
    DecryptionFailed,
    KeyWrap,
    decrypt_element,
    encrypt_element,
    parse,
)
from xmltrust.algorithms import DS, XENC, XENC11

pytestmark = pytest.mark.peer

ROOT = "{urn:m}Message"
DOCUMENT = '<m:Message xmlns:m="urn:m" ID="r1"><m:N>Ελένη</m:N></m:Message>'.encode()
CURVES = ["p256", "p384", "p521"]
WRAPS = {KeyWrap.AES128: ContentEncryption.AES128_GCM, KeyWrap.AES256: ContentEncryption.AES256_GCM}


@pytest.fixture(scope="module")
def bergshamra() -> ModuleType:
    """The peer's Python binding."""
    return pytest.importorskip("pybergshamra", reason="pybergshamra is not installed")


@pytest.fixture(scope="module")
def parties() -> dict[str, Party]:
    """One recipient for each kind of key."""
    return {kind: Party.make(kind, kind) for kind in ["rsa", *CURVES]}


def _opened(bergshamra: ModuleType, party: Party, sealed: bytes) -> etree._Element:
    manager = bergshamra.KeysManager()
    manager.add_key(bergshamra.load_pem_auto(party.key))
    return parse(bergshamra.decrypt(bergshamra.EncContext(manager), sealed.decode()).encode())


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("kind", CURVES)
def test_the_peer_opens_what_we_seal_by_key_agreement(
    bergshamra: ModuleType, parties: dict[str, Party], kind: str, wrap: KeyWrap
) -> None:
    recipient = parties[kind].certificate
    sealed = encrypt_element(parse(DOCUMENT), recipient=recipient, wrap=wrap, content=WRAPS[wrap])
    opened = _opened(bergshamra, parties[kind], etree.tostring(sealed))
    assert opened[0].text == "Ελένη"


def test_the_peer_opens_what_we_seal_by_key_transport(
    bergshamra: ModuleType, parties: dict[str, Party]
) -> None:
    sealed = encrypt_element(parse(DOCUMENT), recipient=parties["rsa"].certificate)
    assert _opened(bergshamra, parties["rsa"], etree.tostring(sealed))[0].text == "Ελένη"


def test_the_peer_does_not_open_what_is_for_another(
    bergshamra: ModuleType, parties: dict[str, Party]
) -> None:
    sealed = etree.tostring(encrypt_element(parse(DOCUMENT), recipient=parties["p256"].certificate))
    with pytest.raises(bergshamra.BergshamraError):
        _opened(bergshamra, Party.make("another", "p256"), sealed)


TEMPLATE = (
    f'<e:EncryptedData xmlns:e="{XENC}" xmlns:ds="{DS}" Type="{XENC}Element">'
    '<e:EncryptionMethod Algorithm="{content}"/><ds:KeyInfo><e:EncryptedKey>'
    '<e:EncryptionMethod Algorithm="{wrap}"/><ds:KeyInfo>'
    f'<e:AgreementMethod Algorithm="{XENC11}ECDH-ES"><x:KeyDerivationMethod xmlns:x="{XENC11}" '
    f'Algorithm="{XENC11}ConcatKDF"><x:ConcatKDFParams '
    'AlgorithmID="0000" PartyUInfo="0000" PartyVInfo="0000">'
    f'<ds:DigestMethod Algorithm="{XENC}sha256"/></x:ConcatKDFParams></x:KeyDerivationMethod>'
    "<e:OriginatorKeyInfo><ds:KeyName>from</ds:KeyName><ds:KeyValue/></e:OriginatorKeyInfo>"
    "<e:RecipientKeyInfo><ds:KeyName>to</ds:KeyName><ds:X509Data><ds:X509Certificate>{shown}"
    "</ds:X509Certificate></ds:X509Data></e:RecipientKeyInfo></e:AgreementMethod></ds:KeyInfo>"
    "<e:CipherData><e:CipherValue/></e:CipherData></e:EncryptedKey></ds:KeyInfo>"
    "<e:CipherData><e:CipherValue/></e:CipherData></e:EncryptedData>"
)


def _sealed(bergshamra: ModuleType, party: Party, *, wrap: KeyWrap) -> bytes:
    key = party.certificate.public_key
    assert isinstance(key, ec.EllipticCurvePublicKey)
    private = ec.generate_private_key(key.curve)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    sender = bergshamra.load_pem_auto(pem)
    recipient = bergshamra.load_x509_cert_pem(party.shown)
    # The peer looks both keys up by their names in the template.
    sender.name, recipient.name = "from", "to"
    manager = bergshamra.KeysManager()
    manager.add_key(sender)
    manager.add_key(recipient)
    template = TEMPLATE.format(content=WRAPS[wrap].value, wrap=wrap.value, shown=party.base64)
    sealed: str = bergshamra.encrypt(bergshamra.EncContext(manager), template, DOCUMENT)
    return sealed.encode()


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("kind", CURVES)
def test_we_open_what_the_peer_seals_by_key_agreement(
    bergshamra: ModuleType, parties: dict[str, Party], kind: str, wrap: KeyWrap
) -> None:
    sealed = _sealed(bergshamra, parties[kind], wrap=wrap)
    opened = decrypt_element(parse(sealed), keys=[parties[kind].decryption], expected=ROOT)
    assert opened[0].text == "Ελένη"


def test_an_altered_message_of_the_peer_is_not_opened(
    bergshamra: ModuleType, parties: dict[str, Party]
) -> None:
    sealed = _sealed(bergshamra, parties["p256"], wrap=KeyWrap.AES256)
    root = parse(sealed)
    value = next(root.iter(f"{{{XENC}}}CipherValue"))
    octets = bytearray(base64.b64decode(value.text or ""))
    octets[-1] ^= 1
    value.text = base64.b64encode(octets).decode()
    with pytest.raises(DecryptionFailed):
        decrypt_element(root, keys=[parties["p256"].decryption], expected=ROOT)
