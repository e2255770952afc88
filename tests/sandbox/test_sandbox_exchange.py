"""The sandbox as a provider, asked over real HTTP and AS4 by a requester in the test."""

import asyncio
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from sdg_connector.adapters.addresses import Addresses
from sdg_connector.adapters.as4_endpoint import As4Endpoint
from sdg_connector.adapters.as4_sender import As4Sender
from sdg_connector.adapters.key_files import key_file, write_atomically
from sdg_connector.as4 import (
    OOTS_PARTY_TYPE,
    OOTS_SERVICE,
    AccessPoint,
    Agreements,
    Keys,
    MessageProperty,
    PartyId,
    Payload,
    ReceivedMessage,
    UserMessage,
)
from sdg_connector.directory import (
    DirectoryFailure,
    data_services_query,
    evidence_types_query,
    read_data_services,
    read_evidence_types,
    read_requirements,
    requirements_query,
)
from sdg_connector.evidence import (
    EvidenceFailure,
    EvidenceRequest,
    EvidenceResponse,
    preview_url_with_return,
    read_evidence_answer,
    write_evidence_request,
)
from sdg_connector.sandbox import SandboxOptions, sandbox
from sdg_connector.vocabulary import (
    Address,
    Agent,
    AgentClassification,
    DataServiceEvidenceType,
    DistributedAs,
    EdmErrorCode,
    EdmLine,
    Identifier,
    LevelOfAssurance,
    NaturalPerson,
    Requirement,
    Text,
)
from tests.support.servers import free_port, running
from tests.support.walker import Walker
from xmltrust import Certificate, DecryptionKey, SigningKey

Answer = EvidenceResponse | EvidenceFailure


def _id() -> str:
    return str(uuid.uuid4())


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Inbox:
    """Everything that the sandbox sends back."""

    arrived: list[tuple[bytes, dict[str, bytes]]] = field(default_factory=list)

    async def on_user_message(self, received: ReceivedMessage, receipt: bytes) -> bytes | None:
        leading, *attached = received.payloads
        self.arrived.append((leading.read(), {one.content_id: one.read() for one in attached}))
        return None


@dataclass(frozen=True, slots=True)
class Requester:
    """A small evidence requester, enough to ask the sandbox."""

    sandbox: str
    options: SandboxOptions
    keys: Keys
    agreements: Agreements
    inbox: Inbox

    def ask(self, request: EvidenceRequest, *, conversation: str) -> None:
        """Send one evidence request and wait for its receipt."""
        asyncio.run(self._send(request, conversation))

    async def _send(self, request: EvidenceRequest, conversation: str) -> None:
        async with httpx.AsyncClient() as client:
            sender = As4Sender(
                agreements=self.agreements,
                keys=self.keys,
                client=client,
                now=_now,
                new_id=_id,
                reach=self.options.addresses.reach,
            )
            properties = [
                MessageProperty(name="originalSender", value="LV", type=OOTS_PARTY_TYPE),
                MessageProperty(name="finalRecipient", value="ES", type=OOTS_PARTY_TYPE),
            ]
            message = UserMessage(
                message_id=f"{_id()}@portal.lv.sandbox.example",
                timestamp=_now(),
                sender=self.agreements.party("lv").party("http://sdg.europa.eu/edelivery/gateway"),
                receiver=self.agreements.party("es").party(
                    "http://sdg.europa.eu/edelivery/gateway"
                ),
                service=OOTS_SERVICE,
                action="ExecuteQueryRequest",
                conversation_id=conversation,
                properties=tuple(properties),
            )
            document = write_evidence_request(request)
            await sender.submit(
                message,
                [
                    Payload(
                        content_id=f"{_id()}@portal.lv.sandbox.example",
                        media_type="application/x-ebrs+xml",
                        content=document,
                    )
                ],
            )

    def answer(self, number: int) -> tuple[Answer, dict[str, bytes]]:
        """The answer with this number, waiting for it a little."""

        async def wait() -> None:
            for _ in range(200):
                if len(self.inbox.arrived) > number:
                    return
                await asyncio.sleep(0.05)

        asyncio.run(wait())
        document, attached = self.inbox.arrived[number]
        return read_evidence_answer(document, content_ids=frozenset(attached)), attached

    def switch(self, **switches: str) -> None:
        """Make the sandbox misbehave."""
        httpx.post(f"{self.sandbox}/control", json=switches).raise_for_status()


@pytest.fixture
def requester(tmp_path: Path) -> Iterator[Requester]:
    """A sandbox and a requester that knows it."""
    sandbox_port, own_port = free_port(), free_port()
    options = SandboxOptions(
        data_dir=tmp_path / "es",
        exchange_dir=tmp_path / "exchange",
        port=sandbox_port,
        portal_url=f"http://127.0.0.1:{own_port}",
    )
    app = sandbox(options)
    own = key_file(tmp_path / "lv", "as4", subject="lv", now=_now())
    write_atomically(options.exchange_dir / "portal-as4.pem", own.certificate_pem, mode=0o644)
    keys = Keys(
        signing=SigningKey.load(own.key_pem, own.certificate_pem),
        decryption=DecryptionKey.load(own.key_pem, own.certificate_pem),
    )
    peer = Certificate.load((options.exchange_dir / "es-as4.pem").read_bytes())
    agreements = Agreements.oots(
        us=_party("lv", f"{options.portal_public_url}/as4", Certificate.load(own.certificate_pem)),
        peers=(_party("es", f"{options.public_url}/as4", peer),),
    )
    inbox = Inbox()
    endpoint = As4Endpoint(agreements=agreements, keys=keys, inbound=inbox, now=_now, new_id=_id)
    with (
        running(app, host="127.0.0.1", port=sandbox_port),
        running(_only_http(endpoint), host="127.0.0.1", port=own_port),
    ):
        yield Requester(options.url, options, keys, agreements, inbox)


def _party(name: str, endpoint: str, certificate: Certificate) -> AccessPoint:
    identifier = PartyId(value=f"AP_{name.upper()}", type=OOTS_PARTY_TYPE)
    return AccessPoint(
        name=name, identifiers=(identifier,), endpoint=endpoint, signing=(certificate,)
    )


def _only_http(app: As4Endpoint) -> Starlette:
    return Starlette(routes=[Route("/as4", app)])


def _found(requester: Requester) -> tuple[Requirement, DataServiceEvidenceType]:
    """What the two directories say about the procedure."""
    url = requester.sandbox
    asked = httpx.get(
        f"{url}/eb/rest/search", params=dict(requirements_query(procedure="T3", country="LV"))
    )
    (requirement,) = read_requirements(asked.content)
    asked = httpx.get(
        f"{url}/eb/rest/search",
        params=dict(evidence_types_query(requirement=requirement.identifier, country="ES")),
    )
    (with_types,) = read_evidence_types(asked.content)
    classification = with_types.evidence_type_lists[0].evidence_types[0].classification
    asked = httpx.get(
        f"{url}/dsd/rest/search",
        params=dict(data_services_query(classification=classification, country="ES")),
    )
    (service,) = read_data_services(asked.content)
    return requirement, service


def _request(requester: Requester, *, line: EdmLine, opaque: str = "11223344B") -> EvidenceRequest:
    requirement, service = _found(requester)
    publisher = service.access_services[0].publisher
    assert publisher is not None
    return EvidenceRequest(
        request_id=f"urn:uuid:{_id()}",
        line=line,
        issued_at=_now(),
        procedure="T3",
        requirements=(requirement.reference(),),
        requester=(
            Agent(
                identifier=Identifier(
                    "LV-AIC", "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"
                ),
                names=(Text("Academic Information Centre", "EN"),),
                address=Address(country="LV"),
                classification=AgentClassification.EVIDENCE_REQUESTER,
            ),
        ),
        provider=Agent(identifier=publisher.identifier, names=publisher.names),
        evidence_type=service.for_request(
            distribution=None if line.is_packaged else DistributedAs(format="application/pdf")
        ),
        subject=NaturalPerson(
            level_of_assurance=LevelOfAssurance.HIGH,
            identifier=Identifier(f"ES/LV/{opaque}", "eidas"),
            family_name="García Núñez",
            given_name="Ana María",
            date_of_birth=date(1999, 4, 12),
        ),
        preview_possible=True,
        explicit_request=True,
    )


def _preview_in_browser(
    requester: Requester, location: str, *, citizen: str = "ana", decision: str = "approve"
) -> Walker:
    walker = Walker()
    walker.go(requester.options.addresses.reach(location)).submit("login", citizen=citizen)
    if walker.name == "preview-decide":
        walker.client.follow_redirects = False
        walker.submit("decide", decision=decision)
    walker.client.close()
    return walker


def _second(
    requester: Requester, first: EvidenceRequest, failure: Answer
) -> tuple[EvidenceRequest, str]:
    assert isinstance(failure, EvidenceFailure)
    assert failure.preview is not None
    location = failure.preview.location
    return (
        first.second(
            request_id=f"urn:uuid:{_id()}",
            issued_at=_now(),
            preview_location=location,
            return_location=f"{requester.options.portal_public_url}/preview/return/x",
        ),
        location,
    )


@pytest.mark.parametrize("line", [EdmLine.V1_2, EdmLine.V2_0])
def test_approved_evidence_arrives_byte_for_byte_as_the_register_holds_it(
    requester: Requester, line: EdmLine
) -> None:
    conversation = _id()
    first = _request(requester, line=line)
    requester.ask(first, conversation=conversation)
    second, location = _second(requester, first, requester.answer(0)[0])
    requester.ask(second, conversation=conversation)
    if not line.is_packaged:
        way_back = f"{requester.options.portal_public_url}/preview/return/x"
        location = preview_url_with_return(location, way_back)
    walker = _preview_in_browser(requester, location)
    assert walker.page is not None
    assert walker.page.headers["location"].startswith(requester.options.portal_url)
    answer, attached = requester.answer(1)
    assert isinstance(answer, EvidenceResponse)
    held = httpx.get(f"{requester.sandbox}/control/holdings.json").json()["ES-2021-0001734"]
    digests = {hashlib.sha256(content).hexdigest() for content in attached.values()}
    assert digests == set(held.values())
    assert len(answer.documents) == 2


def test_a_declined_preview_is_answered_with_an_empty_list(requester: Requester) -> None:
    first = _request(requester, line=EdmLine.V2_0)
    requester.ask(first, conversation=_id())
    second, location = _second(requester, first, requester.answer(0)[0])
    _preview_in_browser(requester, location, decision="decline")
    requester.ask(second, conversation=_id())
    answer, attached = requester.answer(1)
    assert isinstance(answer, EvidenceResponse)
    assert (answer.packages, attached) == ((), {})


def test_another_person_sees_nothing_in_the_preview_and_nothing_is_sent(
    requester: Requester,
) -> None:
    first = _request(requester, line=EdmLine.V2_0)
    requester.ask(first, conversation=_id())
    second, location = _second(requester, first, requester.answer(0)[0])
    walker = _preview_in_browser(requester, location, citizen="marc")
    assert walker.name == "preview-end"
    requester.ask(second, conversation=_id())
    answer, _ = requester.answer(1)
    assert isinstance(answer, EvidenceResponse)
    assert answer.packages == ()


def test_a_person_without_a_record_is_not_found(requester: Requester) -> None:
    requester.ask(_request(requester, line=EdmLine.V2_0, opaque="77889900L"), conversation=_id())
    answer, _ = requester.answer(0)
    assert isinstance(answer, EvidenceFailure)
    assert answer.code is EdmErrorCode.OBJECT_NOT_FOUND


def test_evidence_that_nobody_holds_is_a_directory_error(requester: Requester) -> None:
    requester.switch(directory="nobody")
    with pytest.raises(DirectoryFailure) as raised:
        _found(requester)
    assert raised.value.code == "DSD:ERR:0001"


def test_the_addresses_of_the_demo_keep_https_on_the_wire() -> None:
    addresses = Addresses.of((("https://a.example", "http://127.0.0.1:1"),))
    assert addresses.reach("https://a.example/x?y=1") == "http://127.0.0.1:1/x?y=1"
    assert addresses.reach("https://a.example.evil/x") == "https://a.example.evil/x"
