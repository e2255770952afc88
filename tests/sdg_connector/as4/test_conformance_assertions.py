"""The assertions of the eDelivery AS4 conformance service, each by its number.

36 of the Common Profile and 3 of Four Corner: a producer submits, our sender and our endpoint
exchange over HTTP, a consumer receives, and one side is simulated where the assertion asks for it.
"""

import asyncio
import gzip
from dataclasses import replace
from io import BytesIO

import httpx
import pytest
from lxml import etree

from sdg_connector.adapters.as4_sender import Delivered
from sdg_connector.as4 import (
    MessageProperty,
    NoReceipt,
    Payload,
    Service,
    accept_message,
    attachments,
    pack_user_message,
)
from sdg_connector.as4.message import DEFAULT_MPC, EB, TEST_ACTION, TEST_SERVICE
from sdg_connector.as4.mime import read_mime
from tests.sdg_connector.as4.test_endpoint_and_sender import ends  # noqa: F401  a fixture

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XENC = "{http://www.w3.org/2001/04/xmlenc#}"
WSU_ID = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
XML = Payload(content_id="lead@x", media_type="application/xml", content=b"<a/>")
PDF = Payload(content_id="p1@x", media_type="application/pdf", content=b"%PDF" * 500)
TEXT = Payload(content_id="p2@x", media_type="text/plain", content=b"a\nb\n" * 500)


@pytest.fixture
def send(ends, pair):  # noqa: F811
    """Submit one message; gives the outcome, the envelope on the wire and the consumer's inbox."""

    def submit(*payloads, fates=(), **changes):
        sender, network, inbox, _ = ends(*fates)
        outcome = asyncio.run(sender.submit(pair.message(**changes), payloads))
        return outcome, network.bodies, inbox.rows

    return submit


def envelope(pair, packed):
    return etree.fromstring(packed.root)


def infos(root):
    return list(root.iter(f"{{{EB}}}PartInfo"))


def properties(element):
    return {one.get("name"): one.text for one in element.iter(f"{{{EB}}}Property")}


def post(ends, body, content_type):  # noqa: F811
    """What our endpoint answers to a simulated sender."""
    _, network, inbox, _ = ends()

    async def ask():
        async with httpx.AsyncClient(transport=network) as client:
            headers = {"content-type": content_type}
            return await client.post("http://es.example/as4", content=body, headers=headers)

    return asyncio.run(ask()), inbox


def error_of(answer):
    assert answer.status_code == 200
    (error,) = etree.fromstring(answer.content).iter(f"{{{EB}}}Error")
    return error


def is_receipt(content):
    return b"NonRepudiationInformation" in content


def test_as4_cp_ta01_a_user_message_is_answered_with_a_receipt(send):
    outcome, _, rows = send(XML)
    assert isinstance(outcome, Delivered)
    assert is_receipt(outcome.receipt)
    assert len(rows) == 1


@pytest.mark.parametrize("assertion", ["TA02 refers to the request", "TA19 keeps the conversation"])
def test_as4_cp_ta02_ta14_ta19_the_second_leg_of_two_way(pair, assertion, new_id, now):
    """TA14: push and push: the answer is a user message of its own with its own receipt."""
    first = pair.pack(XML)
    received = pair.accept(first.content_type, first.body)
    answer = replace(
        pair.message(),
        sender=received.message.receiver,
        receiver=received.message.sender,
        action="ExecuteQueryResponse",
        ref_to_message_id=received.message.message_id,
        conversation_id=received.message.conversation_id,
    )
    packed = pack_user_message(
        answer, [PDF], agreements=pair.receiving, keys=pair.receiver_keys, new_id=new_id
    )
    there = accept_message(
        packed.content_type,
        [packed.body],
        agreements=pair.sending,
        keys=pair.sender_keys,
        now=now,
    )
    if assertion.startswith("TA02"):
        assert there.message.ref_to_message_id == first.message_id
    else:
        assert there.message.conversation_id == received.message.conversation_id


def test_as4_cp_ta03_one_from_and_one_to(pair):
    for _ in range(3):
        root = envelope(pair, pair.pack(XML))
        for name in ("From", "To"):
            (side,) = root.iter(f"{{{EB}}}{name}")
            assert len(side.findall(f"{{{EB}}}PartyId")) == 1


def test_as4_cp_ta04_uncompressed_payloads_are_delivered(ends, pair):  # noqa: F811
    packed = pair.bent(compress=False).pack(XML)
    assert b"CompressionType" not in packed.root
    answer, inbox = post(ends, packed.body, packed.content_type)
    assert is_receipt(answer.content)
    ((_, _, content),) = inbox.rows.values()
    assert content == [XML.content]


@pytest.mark.parametrize("payloads", [(XML,), (XML, PDF, TEXT)])
def test_as4_cp_ta05_ta06_payloads_lie_in_mime_parts_the_body_is_empty(pair, payloads):
    packed = pair.pack(*payloads)
    wire = read_mime(packed.content_type, [packed.body])
    assert [part.content_id for part in wire.parts] == [one.content_id for one in payloads]
    root = etree.fromstring(wire.root)
    body = root.find(f"{SOAP}Body")
    assert (len(body), body.text) == (0, None)
    assert infos(root)[0].get("href") == f"cid:{XML.content_id}"


def test_as4_cp_ta07_several_payloads_are_answered_with_a_receipt(send):
    outcome, _, _ = send(XML, PDF, TEXT)
    assert is_receipt(outcome.receipt)


def test_as4_cp_ta08_a_payload_by_hyperlink_is_an_error(ends, pair):  # noqa: F811
    packed = pair.pack(XML)
    body = packed.body.replace(b'href="cid:lead@x"', b'href="http://x.example"')
    answer, inbox = post(ends, body, packed.content_type)
    assert error_of(answer).get("errorCode") == "EBMS:0011"
    assert inbox.rows == {}


def test_as4_cp_ta09_ta10_a_lost_receipt_is_retried_and_delivered_once(send):
    outcome, bodies, rows = send(XML, fates=("lose", "drop"))
    assert isinstance(outcome, Delivered)
    assert (len(bodies), len(set(bodies)), len(rows)) == (3, 1, 1)


def test_as4_cp_ta12_the_signature_is_what_the_profile_says(pair):
    root = envelope(pair, pair.pack(XML, PDF))
    (info,) = root.iter(f"{DS}SignedInfo")
    assert info.find(f"{DS}SignatureMethod").get("Algorithm") == (
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    )
    references = info.findall(f"{DS}Reference")
    assert {one.find(f"{DS}DigestMethod").get("Algorithm") for one in references} == {
        "http://www.w3.org/2001/04/xmlenc#sha256"
    }
    (messaging,) = root.iter(f"{{{EB}}}Messaging")
    identifiers = [f"#{one.get(WSU_ID)}" for one in (messaging, root.find(f"{SOAP}Body"))]
    assert [one.get("URI") for one in references] == [*identifiers, "cid:lead@x", "cid:p1@x"]


def test_as4_cp_ta13_the_encryption_is_what_the_profile_says(pair):
    root = envelope(pair, pair.pack(XML, PDF))
    data = list(root.iter(f"{XENC}EncryptedData"))
    assert {one.find(f"{XENC}EncryptionMethod").get("Algorithm") for one in data} == {
        "http://www.w3.org/2009/xmlenc11#aes128-gcm"
    }
    assert [one.find(f".//{XENC}CipherReference").get("URI") for one in data] == [
        "cid:lead@x",
        "cid:p1@x",
    ]


def test_as4_cp_ta15_no_receipt_in_time_is_told_to_the_producer(send):
    with pytest.raises(NoReceipt, match="EBMS:0301") as told:
        send(XML, fates=["drop"] * 5)
    assert told.value.wire_code == "EBMS:0301"


def test_as4_cp_ta16_ta17_a_ping_is_receipted_and_reaches_nobody(ends, pair):  # noqa: F811
    sender, network, inbox, _ = ends()
    ping = pair.message(service=Service(name=TEST_SERVICE), action=TEST_ACTION, properties=())
    outcome = asyncio.run(sender.submit(ping, ()))
    root = etree.fromstring(network.bodies[0])
    assert root.findtext(f".//{{{EB}}}Service") == f"{EB}service"
    assert root.findtext(f".//{{{EB}}}Action") == f"{EB}test"
    assert is_receipt(outcome.receipt)
    assert inbox.rows == {}


def test_as4_cp_ta21_ta22_the_receipt_acknowledges_the_message(send):
    outcome, bodies, rows = send(XML)
    ((_, receipt, _),) = rows.values()
    assert (outcome.receipt, len(bodies)) == (receipt, 1)


def test_as4_cp_ta23_ta24_ta25_the_payload_is_gzip_and_says_so(pair):
    bent = pair.bent(encrypt=False)
    packed = bent.pack(XML)
    wire = read_mime(packed.content_type, [packed.body])
    wire.parts[0].content.seek(0)
    assert gzip.GzipFile(fileobj=BytesIO(wire.parts[0].content.read())).read() == XML.content
    said = properties(infos(etree.fromstring(wire.root))[0])
    assert said == {"MimeType": "application/xml", "CompressionType": "application/gzip"}


def test_as4_cp_ta26_a_compressed_part_without_media_type_is_an_error(ends, pair):  # noqa: F811
    packed = pair.pack(XML)
    body = packed.body.replace(b'name="MimeType"', b'name="MimeTypX"')
    answer, _ = post(ends, body, packed.content_type)
    assert error_of(answer).get("errorCode") == "EBMS:0009"


@pytest.mark.parametrize("name", ["UTF-16", "UTF-8"])
def test_as4_cp_ta27_ta28_the_character_set_is_the_producers(pair, name):
    content = '<?xml version="1.0"?><a>ā</a>'.encode(name)
    packed = pair.pack(replace(XML, content=content, character_set=name))
    assert properties(infos(envelope(pair, packed))[0])["CharacterSet"] == name
    (payload,) = pair.accept(packed.content_type, packed.body).payloads
    assert (payload.character_set, payload.read()) == (name, content)


def test_as4_cp_ta29_a_character_set_that_xml_has_no_name_for_is_an_error(ends, pair):  # noqa: F811
    packed = pair.pack(replace(XML, character_set="UTF-8"))
    answer, inbox = post(ends, packed.body.replace(b">UTF-8<", b">!utf*<"), packed.content_type)
    assert error_of(answer).get("errorCode") == "EBMS:0009"
    assert inbox.rows == {}


@pytest.mark.parametrize("assertion", ["TA30 answers with the code", "TA31 tells the consumer"])
def test_as4_cp_ta30_ta31_a_damaged_payload_is_a_decompression_failure(
    ends,  # noqa: F811
    pair,
    monkeypatch,
    caplog,
    assertion,
):
    with monkeypatch.context() as patched:
        patched.setattr(attachments, "compress", lambda chunks: [b"\x1f\x8b damaged"])
        packed = pair.pack(XML)
    answer, inbox = post(ends, packed.body, packed.content_type)
    error = error_of(answer)
    if assertion.startswith("TA31"):
        assert f"message={packed.message_id}" in caplog.text
        return
    assert [error.get(name) for name in ("errorCode", "shortDescription", "category")] == [
        "EBMS:0303",
        "DecompressionFailure",
        "Communication",
    ]
    assert error.get("severity").lower() == "failure"
    assert inbox.rows == {}


def test_as4_cp_ta32_ta33_the_consumer_gets_what_the_producer_gave(send):
    _, _, rows = send(XML, PDF, TEXT)
    ((_, _, content),) = rows.values()
    assert content == [one.content for one in (XML, PDF, TEXT)]


@pytest.mark.parametrize("encrypt", [False, True], ids=["TA34 signed", "TA36 TA38 and encrypted"])
def test_as4_cp_ta34_ta36_ta38_compressed_signed_and_encrypted_is_receipted(
    ends,  # noqa: F811
    pair,
    encrypt,
):
    if encrypt:
        packed = pair.pack(XML)
        answer, _ = post(ends, packed.body, packed.content_type)
        assert is_receipt(answer.content)
        return
    bent = pair.bent(encrypt=False)
    packed = bent.pack(XML)
    assert bent.accept(packed.content_type, packed.body).payloads[0].read() == XML.content


@pytest.mark.parametrize("wrong", ["TA35 signed before compression", "TA37 encrypted before it"])
def test_as4_cp_ta35_ta37_another_order_of_work_is_refused(ends, pair, wrong):  # noqa: F811
    """A WS-Security fault, and the ebMS error that belongs to it, both signed."""
    packed = (pair.bent(compress=False) if wrong.startswith("TA35") else pair).pack(XML)
    wire = read_mime(packed.content_type, [packed.body])
    wire.parts[0].content.seek(0)
    sealed = wire.parts[0].content.read()
    body = packed.body.replace(sealed, gzip.compress(sealed))
    answer, inbox = post(ends, body, packed.content_type)
    assert error_of(answer).get("errorCode") in {"EBMS:0101", "EBMS:0102"}
    fault = etree.fromstring(answer.content).find(f"{SOAP}Body/{SOAP}Fault")
    values = [one.text for one in fault.iter(f"{SOAP}Value")]
    assert values == ["S12:Sender", "wsse:FailedCheck"]
    assert fault.nsmap["wsse"].endswith("wssecurity-secext-1.0.xsd")
    assert inbox.rows == {}


def test_as4_cp_ta45_the_producer_orders_the_payloads(pair):
    for order in ((XML, PDF, TEXT), (XML, TEXT, PDF)):
        root = envelope(pair, pair.pack(*order))
        assert [one.get("href") for one in infos(root)] == [f"cid:{x.content_id}" for x in order]


def test_as4_4ct_ta01_ta02_ta03_four_corners(pair):
    tracking = MessageProperty(name="trackingIdentifier", value="C1-42")
    plain = pair.message()
    packed = pair.pack(XML, properties=(*plain.properties, tracking))
    message = pair.accept(packed.content_type, packed.body).message
    assert {one.name: one.value for one in message.properties} == {
        "originalSender": "C1",
        "finalRecipient": "C4",
        "trackingIdentifier": "C1-42",
    }
    assert (message.sender.identifier, message.receiver.identifier) == ("AP_lv", "AP_es")
    assert message.mpc == DEFAULT_MPC
