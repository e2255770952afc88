"""The Domibus adapter, against its real schemas and captured answers of 5.2.1."""

import asyncio
from pathlib import Path

import httpx
import pytest
import xmlschema
from lxml import etree

from sdg_connector.adapters.domibus import (
    Domibus,
    DomibusFault,
    DomibusUnreachable,
    MessageStatus,
)

SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
WS = "http://eu.domibus.wsplugin/"


def soap(inner: str) -> bytes:
    return (
        f'<soap:Envelope xmlns:soap="{SOAP[1:-1]}"><soap:Body>{inner}</soap:Body></soap:Envelope>'
    ).encode()


def empty(name: str, content: str = "") -> bytes:
    return soap(f'<w:{name} xmlns:w="{WS}">{content}</w:{name}>')


class FakeDomibus:
    """Validates every request with the published schemas and gives prepared answers."""

    def __init__(self, artefacts: Path, *answers: bytes):
        folder = artefacts / "as4" / "domibus-wsplugin" / "new"
        local = {
            "http://www.w3.org/2005/05/xmlmime": str(folder / "xmlmime.xsd"),
            "http://www.w3.org/XML/1998/namespace": str(folder / "xml.xsd"),
            "http://www.w3.org/2003/05/soap-envelope": str(folder / "envelope.xsd"),
        }
        self.body = xmlschema.XMLSchema(folder / "webservicePlugin-body.xsd", locations=local)
        self.header = xmlschema.XMLSchema(folder / "webservicePlugin-header.xsd", locations=local)
        self.answers = list(answers)
        self.seen = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        root = etree.fromstring(request.content)
        for block in root.find(f"{SOAP}Header"):
            self.header.validate(block)
        content = root.find(f"{SOAP}Body")[0]
        self.body.validate(content)
        self.seen.append(content)
        return httpx.Response(200, content=self.answers.pop(0))


def plugin(handler) -> Domibus:
    client = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return Domibus(url="https://domibus.example/services/wsplugin", client=client)


@pytest.fixture
def real(artefacts):
    folder = artefacts / "as4" / "domibus-5.2.1-answers" / "incoming" / "reel"

    def read(name):
        return (folder / name).read_bytes()

    return read


@pytest.mark.artefacts
def test_a_message_is_submitted_as_the_schema_asks(artefacts, real, pair, payloads):
    fake = FakeDomibus(artefacts, real("soumissionMessage.xml"))
    message_id = asyncio.run(plugin(fake).submit(pair.message(), payloads))
    assert message_id == "45fa5345-5a18-4691-945f-531f9568729f@oots.eu"
    assert [one.get("payloadId") for one in fake.seen[0]] == [
        "cid:request@oots.eu",
        "cid:diploma@oots.eu",
    ]


@pytest.mark.artefacts
def test_pending_messages_are_listed(artefacts, real):
    fake = FakeDomibus(
        artefacts, real("listeMessagesEnAttente.xml"), real("listeMessagesEnAttente.vide.xml")
    )
    domibus = plugin(fake)
    assert asyncio.run(domibus.list_pending(conversation_id="c")) == (
        "45fa5345-5a18-4691-945f-531f9568729f@oots.eu",
    )
    assert asyncio.run(domibus.list_pending()) == ()


@pytest.mark.artefacts
@pytest.mark.parametrize("name", ["requete.xml", "reponseAvecPieceJointe.xml"])
def test_a_real_message_is_retrieved_without_consuming_it(artefacts, real, name):
    fake = FakeDomibus(artefacts, real(name))
    received = asyncio.run(plugin(fake).retrieve("m@x"))
    assert fake.seen[0].get("markAsDownloaded") == "false"
    assert received.payloads[0].media_type == "application/x-ebrs+xml"
    assert received.payloads[0].content.lstrip().startswith(b"<")
    assert len(received.payloads) == len(received.message.parts)


@pytest.mark.artefacts
def test_a_message_is_marked_only_after_it_was_stored(artefacts, real):
    fake = FakeDomibus(
        artefacts,
        real("listeMessagesEnAttente.xml"),
        real("requete.xml"),
        empty("markMessageAsDownloadedResponse", "<messageID>m@x</messageID>"),
    )
    steps = []

    class Inbox:
        async def on_domibus_message(self, received):
            steps.append(len(fake.seen))

    assert asyncio.run(plugin(fake).collect(Inbox())) == 1
    assert steps == [2]
    assert fake.seen[2].tag == f"{{{WS}}}markMessageAsDownloadedRequest"


@pytest.mark.artefacts
def test_a_store_that_fails_leaves_the_message_with_domibus(artefacts, real):
    fake = FakeDomibus(artefacts, real("listeMessagesEnAttente.xml"), real("requete.xml"))

    class Full:
        async def on_domibus_message(self, received):
            raise OSError

    with pytest.raises(OSError):
        asyncio.run(plugin(fake).collect(Full()))
    assert len(fake.seen) == 2


@pytest.mark.artefacts
def test_status_and_errors_are_asked_for_with_the_role(artefacts):
    item = "<item><domibusErrorCode>EBMS_0301</domibusErrorCode><errorDetail>d</errorDetail></item>"
    fake = FakeDomibus(
        artefacts,
        empty("getStatusResponse", "ACKNOWLEDGED"),
        empty("getMessageErrorsResponse", item),
        empty("getStatusResponse", "NONSENSE"),
    )
    domibus = plugin(fake)
    assert asyncio.run(domibus.status("m@x")) is MessageStatus.ACKNOWLEDGED
    assert MessageStatus.ACKNOWLEDGED.is_delivered
    assert asyncio.run(domibus.errors("m@x"))[0].code == "EBMS_0301"
    with pytest.raises(DomibusFault):
        asyncio.run(domibus.status("m@x", sending=False))


def test_a_fault_gives_its_code():
    fault = soap(
        "<soap:Fault><soap:Detail>"
        f'<w:FaultDetail xmlns:w="{WS}"><code>WS_PLUGIN:0005</code><message>m</message>'
        "</w:FaultDetail></soap:Detail></soap:Fault>"
    )
    domibus = plugin(lambda request: httpx.Response(500, content=fault))
    with pytest.raises(DomibusFault) as caught:
        asyncio.run(domibus.list_pending())
    assert caught.value.wire_code == "WS_PLUGIN:0005"


@pytest.mark.parametrize("rubbish", [b"", b"<html/>", b"\x00", b"<!DOCTYPE a><a/>"])
def test_rubbish_is_nobody_answering(rubbish):
    domibus = plugin(lambda request: httpx.Response(200, content=rubbish))
    with pytest.raises(DomibusUnreachable):
        asyncio.run(domibus.list_pending())
