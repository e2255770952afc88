"""Evidence travels through Domibus: wrong answers and crashes first, then the whole way."""

import asyncio
import base64
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import httpx
import pytest

from sdg_connector.adapters.domibus import (
    CONTENT_TYPE,
    Domibus,
    DomibusFault,
    write_submission,
)
from sdg_connector.adapters.domibus_push import DomibusPush
from sdg_connector.adapters.domibus_soap import read_soap
from sdg_connector.adapters.domibus_transport import (
    DomibusAccess,
    DomibusArrivals,
    DomibusTransport,
)
from sdg_connector.adapters.exchanges import ExchangeRuntime
from sdg_connector.adapters.memory import MemoryWorkflows
from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid, utc_now
from sdg_connector.adapters.user_messages import Inbound
from sdg_connector.as4 import (
    OOTS_PARTY_TYPE,
    As4Refused,
    Party,
    Payload,
    Service,
    UserMessage,
)
from sdg_connector.connector.answering import Answering
from sdg_connector.content import IN_MEMORY, FileContent, chunks_of, octets_of, sha256_of
from sdg_connector.journey import State
from sdg_connector.ports import ArrivedMessage, Attachment, Corner, OutgoingDocument, Sent
from tests.support.exchange_side import RETURN, person, runtime_options
from tests.support.fake_domibus import FakeDomibus, Schemas, push
from tests.support.memory_directory import MemoryDirectory
from tests.support.provider_process import DOCUMENT, diplomas
from xmltrust import XmlRefused

LATVIA, SPAIN = Corner("AP_LV", OOTS_PARTY_TYPE), Corner("AP_ES", OOTS_PARTY_TYPE)
PUSH_PASSWORD = "secret"
PLUGIN_USER = ("plugin", "correct horse")


@pytest.fixture(scope="module")
def schemas(artefacts):
    return Schemas(artefacts / "as4" / "domibus-wsplugin" / "new")


@pytest.fixture
def pair(schemas):
    """Two access points on one wire."""
    latvia = FakeDomibus(schemas, LATVIA.value, credentials=PLUGIN_USER)
    return latvia, FakeDomibus(schemas, SPAIN.value, wire=latvia.wire, mtom=True)


def plugin(fake, credentials=PLUGIN_USER) -> Domibus:
    return Domibus(
        url="https://domibus.example/services/wsplugin",
        client=httpx.AsyncClient(transport=httpx.MockTransport(fake.handle)),
        credentials=credentials,
    )


def transport(fake, us=LATVIA, **more) -> DomibusTransport:
    return DomibusTransport(domibus=plugin(fake, **more), us=us, domain="lv.example")


def document(content: bytes = b"<q/>", **changes) -> OutgoingDocument:
    plain = OutgoingDocument(
        message_id=f"{new_uuid()}@lv.example",
        conversation_id=new_uuid(),
        action="ExecuteQueryResponse",
        receiver=SPAIN,
        original_sender=Corner("C1", "urn:x"),
        final_recipient=Corner("C4", "urn:x"),
        document=b"<query/>",
        attachments=(Attachment("a@lv.example", "application/pdf", content),),
        properties=(("ExchangeId", new_uuid()), ("SpecificationId", "oots-edm:v2.0")),
        at=utc_now(),
    )
    return replace(plain, **changes)


class Inbox:
    """Keeps what it is given, unless it is broken."""

    def __init__(self):
        self.messages: list[ArrivedMessage] = []
        self.broken = False

    async def take(self, message):
        if self.broken:
            raise OSError
        self.messages.append(message)


def arrivals(fake, inbox, **more) -> DomibusArrivals:
    return DomibusArrivals(domibus=plugin(fake, **more), inbound=inbox, now=utc_now)


@pytest.mark.artefacts
def test_a_message_is_handed_over_once_however_often_it_is_attempted(pair):
    sending = transport(pair[0])
    packed = sending.pack(document())
    outcomes = [asyncio.run(sending.attempt(packed)) for _ in range(3)]
    assert [one.outcome for one in outcomes] == [Sent.TRY_AGAIN, Sent.TRY_AGAIN, Sent.DELIVERED]
    assert pair[0].seen.count("submitRequest") == 1
    assert list(pair[1].waiting) == [packed.message_id]
    window = sum(sending.pauses(packed), timedelta())
    assert window > timedelta(minutes=13), "Domibus repeats for twelve minutes and a half"


@pytest.mark.artefacts
def test_what_domibus_could_not_send_is_refused_with_its_code(pair):
    pair[0].fail = True
    sending = transport(pair[0])
    outcome = asyncio.run(sending.attempt(sending.pack(document())))
    assert (outcome.outcome, outcome.detail) == (Sent.REFUSED, "EBMS_0005")


@pytest.mark.artefacts
def test_a_wrong_password_or_a_silent_domibus_is_tried_again(pair):
    sending = transport(pair[0], credentials=("plugin", "wrong"))
    outcome = asyncio.run(sending.attempt(sending.pack(document())))
    assert (outcome.outcome, outcome.detail) == (Sent.TRY_AGAIN, "DomibusUnreachable")
    assert "wrong" not in repr(sending)


@pytest.mark.artefacts
@pytest.mark.parametrize("mtom", [False, True])
@pytest.mark.parametrize("size", [0, 5, 12_000_000])
def test_payloads_arrive_byte_for_byte_inline_and_attached(pair, mtom, size):
    content = bytes(range(256)) * (size // 256 + 1)
    pair[1].mtom, inbox = mtom, Inbox()
    sending = transport(pair[0])
    sent = document(content[:size] or b"x")
    packed = sending.pack(sent)
    asyncio.run(sending.attempt(packed))
    assert asyncio.run(arrivals(pair[1], inbox).collect()) == 1
    (message,) = inbox.messages
    assert message.document == b"<query/>"
    arrived = message.attachments[0].content
    assert isinstance(arrived, bytes) is (size < 10)
    assert octets_of(arrived) == (content[:size] or b"x")
    assert (message.original_sender, message.final_recipient) == (
        Corner("C1", "urn:x"),
        Corner("C4", "urn:x"),
    )
    assert message.properties == sent.properties
    assert pair[1].downloaded == [packed.message_id]


@pytest.mark.artefacts
def test_a_store_that_fails_leaves_the_message_with_domibus(pair):
    inbox, sending = Inbox(), transport(pair[0])
    asyncio.run(sending.attempt(sending.pack(document())))
    inbox.broken = True
    assert asyncio.run(arrivals(pair[1], inbox).collect()) == 0
    assert pair[1].downloaded == []
    inbox.broken = False
    assert asyncio.run(arrivals(pair[1], inbox).collect()) == 1


def pushed(app, body, *, user="push", password=PUSH_PASSWORD, kind="application/soap+xml"):
    given = base64.b64encode(f"{user}:{password}".encode()).decode()

    async def ask():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
            headers = {"authorization": f"Basic {given}", "content-type": kind}
            return await client.post("http://lv.example/as4", content=body, headers=headers)

    return asyncio.run(ask())


@pytest.mark.artefacts
def test_what_domibus_pushes_is_fetched_stored_and_marked(pair):
    inbox, sending = Inbox(), transport(pair[0])
    packed = sending.pack(document())
    asyncio.run(sending.attempt(packed))
    app = DomibusPush(arrivals=arrivals(pair[1], inbox), user="push", password="secret")
    told = push("receiveSuccess", f"<messageID>{packed.message_id}</messageID>")
    assert pushed(app, told, password="guess").status_code == 401
    inbox.broken = True
    assert pushed(app, told).status_code == 500
    assert pair[1].downloaded == []
    inbox.broken = False
    answer = pushed(app, told)
    assert (answer.status_code, read_soap("", [answer.content]).root.tag[-8:]) == (200, "Envelope")
    assert pair[1].downloaded == [packed.message_id]
    other = push("sendSuccess", f"<messageID>{packed.message_id}</messageID>")
    assert pushed(app, other).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html/>",
        b"\x00",
        b"<!DOCTYPE a><a/>",
        push("formatDisk", ""),
        push("receiveSuccess", ""),
    ],
)
def test_any_other_push_is_refused(body):
    app = DomibusPush(arrivals=_nobody(), user="push", password="s")
    assert pushed(app, body, password="s").status_code == 400


def _nobody() -> DomibusArrivals:
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(500)))
    return DomibusArrivals(
        domibus=Domibus(url="https://d.example", client=client), inbound=Inbox(), now=utc_now
    )


def test_without_a_password_nobody_may_push():
    app = DomibusPush(arrivals=_nobody(), user="", password="")
    assert pushed(app, push("sendSuccess", ""), user="", password="").status_code == 401


@pytest.mark.parametrize(
    "value",
    [
        "lifted:0",
        "lifted:-1",
        '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:none"/>',
        '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="http://evil.example/"/>',
        "no base64!",
    ],
)
def test_a_payload_that_is_not_in_the_message_is_refused(value):
    soap = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f"<value>{value}</value></s:Body></s:Envelope>"
    )
    message = read_soap("application/soap+xml", [soap.encode()])
    with pytest.raises(XmlRefused):
        message.content(message.root[0][0])


@pytest.mark.parametrize(
    "text",
    [
        b"A" * 3_000_001,
        b"A" * 2_000_000 + b"AA==" + b"A" * 2_000_000,
        b"A" * 2_000_000 + b"!" + b"A" * 2_000_000,
        b"A" * 2_000_000,
    ],
    ids=["no multiple of four", "an end in the middle", "another character", "cut short"],
)
def test_a_big_payload_that_is_no_base64_is_refused_as_it_arrives(text):
    end = b"" if text == b"A" * 2_000_000 else b"</value></s:Body></s:Envelope>"
    soap = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><value>'
    with pytest.raises(XmlRefused):
        read_soap("application/soap+xml", [soap, text, end])


def test_a_big_payload_may_arrive_in_any_pieces_and_with_line_ends():
    content = bytes(range(256)) * 8000
    lines = base64.encodebytes(content)
    soap = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><value>'
    whole = soap + lines + b"</value><value>eA==</value></s:Body></s:Envelope>"
    pieces = [whole[start : start + 70_001] for start in range(0, len(whole), 70_001)]
    message = read_soap("application/soap+xml", pieces)
    big, small = message.root[0]
    assert octets_of(message.content(big)) == content
    assert message.content(small) == b"x"


def test_a_big_payload_stands_in_memory_neither_on_its_way_out_nor_in():
    """Its base64 goes by in pieces; a tenth of it would be too much."""
    content = bytes(range(256)) * 160_000
    asked = UserMessage(
        message_id="a@lv.example",
        timestamp=utc_now(),
        sender=Party(identifier="AP_LV", type="urn:x", role="r"),
        receiver=Party(identifier="AP_ES", type="urn:x", role="r"),
        service=Service(name="s"),
        action="a",
        conversation_id="c",
    )
    payload = Payload(content_id="a@x", media_type="application/pdf", content=content)
    tracemalloc.start()
    try:
        message = read_soap(CONTENT_TYPE, chunks_of(write_submission(asked, [payload])))
        (value,) = message.root.iter("value")
        received = message.content(value)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < len(content) / 5
    assert sha256_of(received) == sha256_of(content)


@pytest.mark.parametrize("kind", ["multipart/related", 'multipart/related; boundary="b"'])
def test_a_broken_multipart_answer_is_refused(kind):
    with pytest.raises((As4Refused, XmlRefused)):
        read_soap(kind, [b"--b\r\nrubbish"])


@pytest.mark.artefacts
@pytest.mark.parametrize("size", [len(DOCUMENT), 5_000_000])
def test_a_whole_exchange_through_domibus_on_both_sides(pair, tmp_path, size):
    """The requester changes one line; the provider too: the access point they are given.

    Evidence may lie in a file of the register; it then passes every store in chunks.
    """
    document = (DOCUMENT * 200)[:size]

    async def exchange() -> None:
        content = document if size < IN_MEMORY else FileContent(BytesIO(document), size)
        provider = _provider(pair[1], tmp_path, content)
        access = DomibusAccess(domibus=plugin(pair[0]), us=LATVIA, every=timedelta(seconds=0.1))
        runtime = ExchangeRuntime.open(
            runtime_options(tmp_path / "lv"), access=access, directory=MemoryDirectory()
        )
        await runtime.start()
        there = arrivals(pair[1], Inbound(runtime.connector, provider))
        collecting = asyncio.create_task(there.keep_collecting(timedelta(seconds=0.1)))
        try:
            await _walk(runtime, provider, document)
        finally:
            collecting.cancel()
            await asyncio.gather(collecting, return_exceptions=True)
            await provider.workflows.stop()
            await runtime.stop()

    asyncio.run(exchange())
    assert pair[0].seen.count("submitRequest") == 2
    assert pair[1].seen.count("submitRequest") == 2
    assert pair[0].waiting == pair[1].waiting == {}


def _provider(fake, folder, content) -> Answering:
    (folder / "es").mkdir()
    url = f"sqlite:///{folder}/es/store.sqlite"
    store = Store.open(url, keys={"k1": b"k" * 32}, current_key="k1", new_id=new_uuid)
    workflows = MemoryWorkflows()
    workflows.driver = provider = Answering(
        provider=diplomas(content=content),
        book=store.desk,
        transport=transport(fake, us=SPAIN),
        workflows=workflows,
        domain="es.example",
        now=utc_now,
        new_id=new_uuid,
        pseudonym=str,
    )
    return provider


async def _walk(runtime: ExchangeRuntime, provider: Answering, document: bytes) -> None:
    connector = runtime.connector
    ((token, _),) = await connector.find(procedure="T3", country="ES")
    exchange = await connector.request(
        token,
        procedure="T3",
        subject=person(),
        visit="visit",
        asked_at=utc_now(),
        return_location=RETURN,
    )
    status = await connector.until(exchange, State.PREVIEWING)
    assert status.state is State.PREVIEWING, status
    location = await connector.leave_for_preview(exchange)
    await connector.until(exchange, State.RECEIVING)
    await provider.decide(location.rpartition("/")[2].partition("?")[0], [0])
    status = await connector.until(exchange, State.RECEIVED)
    assert status.state is State.RECEIVED, status
    assert await connector.content(exchange, 0) == document
    in_chunks = not isinstance(await connector.streamed(exchange, 0), bytes)
    assert in_chunks is (len(document) > IN_MEMORY)
    await connector.settle(exchange, used=True)
    await connector.until(exchange, State.HANDED_OVER)


@pytest.mark.artefacts
def test_a_message_that_domibus_does_not_have_is_a_fault(pair):
    with pytest.raises(DomibusFault):
        asyncio.run(plugin(pair[1]).retrieve("unknown@x"))
