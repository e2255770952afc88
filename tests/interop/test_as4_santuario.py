"""Apache Santuario, the library under Domibus, opens our AS4 messages, and we open its."""

from email import message_from_bytes
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from sdg_connector.as4 import As4Refused, EbmsError, SecurityProfile, build_receipt
from tests.support.as4_pair import (
    NOW,
    PAYLOADS,
    curve_keys,
    make_pair,
    modern_keys,
    new_id,
    rsa_keys,
)
from tests.support.java_peer import compiled

pytestmark = [pytest.mark.peer, pytest.mark.slow]

EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
BOUNDARY = "=_santuario"
CONTENT_TYPE = f'multipart/related; type="application/soap+xml"; boundary="{BOUNDARY}"'
PART = """<eb3:PartInfo href="cid:{}"><eb3:PartProperties>
<eb3:Property name="CompressionType">application/gzip</eb3:Property>
<eb3:Property name="MimeType">{}</eb3:Property></eb3:PartProperties></eb3:PartInfo>"""
ENVELOPE = f"""<?xml version="1.0"?>
<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:wsu="{WSU}">
<env:Header><eb3:Messaging xmlns:eb3="{EB}" env:mustUnderstand="true" wsu:Id="m1">
<eb3:UserMessage><eb3:MessageInfo><eb3:Timestamp>2026-11-24T12:00:00.000Z</eb3:Timestamp>
<eb3:MessageId>1@java.example</eb3:MessageId></eb3:MessageInfo><eb3:PartyInfo>
<eb3:From><eb3:PartyId type="{{type}}">AP_lv</eb3:PartyId><eb3:Role>{{role}}</eb3:Role></eb3:From>
<eb3:To><eb3:PartyId type="{{type}}">AP_es</eb3:PartyId><eb3:Role>{{role}}</eb3:Role></eb3:To>
</eb3:PartyInfo><eb3:CollaborationInfo>
<eb3:Service type="urn:oasis:names:tc:ebcore:ebrs:ebms:binding:1.0">QueryManager</eb3:Service>
<eb3:Action>ExecuteQueryRequest</eb3:Action><eb3:ConversationId>c1</eb3:ConversationId>
</eb3:CollaborationInfo><eb3:MessageProperties>
<eb3:Property name="originalSender">C1</eb3:Property>
<eb3:Property name="finalRecipient">C4</eb3:Property></eb3:MessageProperties>
<eb3:PayloadInfo>{{parts}}</eb3:PayloadInfo></eb3:UserMessage></eb3:Messaging></env:Header>
<env:Body wsu:Id="b1"/></env:Envelope>
"""


KINDS = {
    "rsa": (rsa_keys, SecurityProfile.RSA),
    "ed25519 and x25519": (modern_keys, SecurityProfile.EDDSA),
    "ecdsa and ecdh-es": (curve_keys, SecurityProfile.ECDSA),
}
"""Profile 1.15, and both of profile 2.0."""


@pytest.fixture(scope="module")
def java(tmp_path_factory):
    """What runs the Java peer."""
    return compiled("AS4Peer", tmp_path_factory.mktemp("as4-java"))


@pytest.fixture(scope="module", params=KINDS)
def world(request, java, tmp_path_factory):
    """A pair of access points whose keys also lie in files for the Java peer."""
    folder = tmp_path_factory.mktemp("as4-keys")
    new_keys, profile = KINDS[request.param]
    made = {name: new_keys(name) for name in ("lv", "es")}
    for name, keys in made.items():
        kept = {
            "signing": (keys.signing.signer.private_key, keys.signing.certificates[0]),
            "decryption": (keys.decryption.private_key, keys.decryption.certificate),
        }
        for use, (private, certificate) in kept.items():
            der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            (folder / f"{name}.{use}.key").write_bytes(der)
            (folder / f"{name}.{use}.crt").write_bytes(certificate.der)
    pair = make_pair(made["lv"], made["es"], profile)
    return SimpleNamespace(folder=folder, run=java, pair=pair)


def unpacked(folder, content_type, body):
    """The envelope and the attachments in files, as Python's own MIME reader sees them."""
    folder.mkdir()
    whole = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    parts = whole.get_payload() if whole.is_multipart() else [whole]
    for number, part in enumerate(parts):
        name = part["Content-ID"].strip("<>") if number else "root.xml"
        (folder / name).write_bytes(part.get_payload(decode=True))
    return folder


def opened_by_java(world, folder, *, by="es", of="lv"):
    return world.run(
        "open", world.folder / f"{by}.decryption.key", world.folder / f"{of}.signing.crt", folder
    )


@pytest.mark.parametrize("action", ["ExecuteQueryRequest", "ExecuteQueryResponse"])
def test_santuario_verifies_and_decrypts_our_message_compressed_or_not(world, tmp_path, action):
    packed = world.pair.pack(action=action)
    folder = unpacked(tmp_path / "sent", packed.content_type, packed.body)
    done = opened_by_java(world, folder)
    assert done.returncode == 0, done.stderr.decode()
    assert len(done.stdout.split()) == 4
    for payload in PAYLOADS:
        assert (folder / "made" / payload.content_id).read_bytes() == payload.content


@pytest.mark.parametrize("where", ["root.xml", "diploma@oots.eu"])
def test_santuario_refuses_our_message_when_it_was_changed(world, tmp_path, where):
    packed = world.pair.pack()
    folder = unpacked(tmp_path / "sent", packed.content_type, packed.body)
    honest = (folder / where).read_bytes()
    changed = honest.replace(b">C1<", b">C9<")
    if changed == honest:
        changed = honest[:-1] + bytes([honest[-1] ^ 1])
    (folder / where).write_bytes(changed)
    done = opened_by_java(world, folder)
    assert (done.returncode == 3) if where == "root.xml" else b"AEADBadTag" in done.stderr


def test_santuario_verifies_our_receipt_and_no_changed_one(world, tmp_path):
    packed = world.pair.pack()
    received = world.pair.accept(packed.content_type, packed.body)
    receipt = build_receipt(received, keys=world.pair.receiver_keys, new_id=new_id, now=NOW)
    folder = unpacked(tmp_path / "answer", receipt.content_type, receipt.body)
    assert opened_by_java(world, folder, by="lv", of="es").returncode == 0
    digest = (folder / "root.xml").read_bytes()
    (folder / "root.xml").write_bytes(digest.replace(b"Receipt><", b"Receipt> <", 1))
    assert opened_by_java(world, folder, by="lv", of="es").returncode == 3


def made_by_java(world, folder):
    """A message that Santuario compressed, signed and encrypted, framed by hand."""
    folder.mkdir()
    party = world.pair.message().sender
    parts = "".join(PART.format(one.content_id, one.media_type) for one in PAYLOADS)
    envelope = ENVELOPE.format(type=party.type, role=party.role, parts=parts)
    (folder / "root.xml").write_text(envelope)
    for payload in PAYLOADS:
        (folder / payload.content_id).write_bytes(payload.content)
    files = [world.folder / f"lv.signing.{kind}" for kind in ("key", "crt")]
    done = world.run("seal", *files, folder, world.folder / "es.decryption.crt")
    assert done.returncode == 0, done.stderr.decode()
    made = folder / "made"
    framed = [b"Content-Type: application/soap+xml\r\n\r\n" + (made / "root.xml").read_bytes()]
    for payload in PAYLOADS:
        head = f"Content-Type: application/octet-stream\r\nContent-ID: <{payload.content_id}>"
        framed.append(head.encode() + b"\r\n\r\n" + (made / payload.content_id).read_bytes())
    edge = f"\r\n--{BOUNDARY}".encode()
    return b"".join(edge + b"\r\n" + one for one in framed) + edge + b"--\r\n"


def test_we_verify_and_decrypt_what_santuario_made_and_no_changed_one(world, tmp_path):
    body = made_by_java(world, tmp_path / "made")
    received = world.pair.accept(CONTENT_TYPE, body)
    assert received.message.message_id == "1@java.example"
    assert [one.read() for one in received.payloads] == [one.content for one in PAYLOADS]
    assert [one.media_type for one in received.payloads] == [one.media_type for one in PAYLOADS]
    with pytest.raises(As4Refused) as caught:
        world.pair.accept(CONTENT_TYPE, body.replace(b">C4<", b">C9<"))
    assert caught.value.error is EbmsError.FAILED_AUTHENTICATION
