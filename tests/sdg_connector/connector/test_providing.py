"""An agency provides evidence through the example: attacks and refusals first, then both lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.provide_evidence import HOLDER, Diplomas
from examples.provide_evidence import provider as example
from sdg_connector.connector.holding import HeldEvidence, HeldSupplement
from sdg_connector.connector.matching import Known, KnownPerson, Subject
from sdg_connector.connector.providing import Provider
from sdg_connector.connector.replies import Reply
from sdg_connector.evidence import (
    EdmRefused,
    EvidenceFailure,
    EvidenceRequest,
    EvidenceResponse,
    read_evidence_answer,
    write_evidence_request,
)
from sdg_connector.evidence.request_reading import read_stored_request_unsafe
from sdg_connector.vocabulary import (
    Address,
    Agent,
    AgentClassification,
    DataServiceEvidenceType,
    DistributedAs,
    EdmErrorCode,
    EdmLine,
    EvidenceRole,
    Identifier,
    LegalPerson,
    LevelOfAssurance,
    NaturalPerson,
    Requirement,
    Text,
)

START = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
SR = "https://sr.oots.tech.ec.europa.eu"
UUID = "4ffb5281-179d-4578-adf2-39fd13ccc79"
EAS = "urn:cef.eu:names:identifier:EAS:9930"
BACK = "https://portal.es.example/return/1"
LINES = [EdmLine.V1_0, EdmLine.V1_2, EdmLine.V2_0]
PERSON = NaturalPerson(
    level_of_assurance=LevelOfAssurance.HIGH,
    identifier=Identifier("LV/ES/020398-12345", "eidas"),
    family_name="Berzina",
    given_name="Ilze",
    date_of_birth=date(1998, 3, 2),
)


@dataclass(slots=True)
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class World:
    """The example's provider under a frozen clock, with what a test changes in its register."""

    clock: Clock = field(default_factory=Clock)
    provider: Provider = field(default_factory=example)

    def __post_init__(self) -> None:
        replies = replace(self.provider.replies, now=self.clock)
        self.provider = replace(self.provider, replies=replies)

    def ask(self, request: EvidenceRequest, *, specification: str | None = None) -> Reply | None:
        document = write_evidence_request(request)
        return self.provider.receive(document, specification=specification)

    def failure(self, request: EvidenceRequest) -> EdmErrorCode:
        reply = self.ask(request)
        assert reply is not None
        answer = read_evidence_answer(reply.document, expected_request_id=request.request_id)
        assert isinstance(answer, EvidenceFailure)
        assert reply.action == "ExceptionResponse"
        return answer.code

    def preview(self, request: EvidenceRequest) -> tuple[str, str]:
        """The ticket and location of the preview that the first request leads to."""
        reply = self.ask(request)
        assert reply is not None
        answer = read_evidence_answer(reply.document, expected_request_id=request.request_id)
        assert isinstance(answer, EvidenceFailure)
        assert answer.preview is not None
        return answer.preview.location.rpartition("/")[2], answer.preview.location


def response_in(reply: Reply | None) -> EvidenceResponse:
    assert reply is not None
    answer = read_evidence_answer(
        reply.document, content_ids={one.content_id for one in reply.attachments}
    )
    assert isinstance(answer, EvidenceResponse)
    assert reply.action == "ExecuteQueryResponse"
    assert reply.request_id == answer.request_id
    return answer


def request_of(line: EdmLine = EdmLine.V2_0, *, subject: Subject = PERSON) -> EvidenceRequest:
    languages = ("LV",) if line is EdmLine.V2_0 else ()
    return EvidenceRequest(
        request_id=f"urn:uuid:{UUID}0",
        line=line,
        issued_at=START,
        procedure="T3",
        requirements=(
            Requirement(identifier=f"{SR}/requirements/{UUID}1", names=(Text("Diploma"),)),
        ),
        requester=(
            Agent(
                identifier=Identifier("ES1", EAS),
                names=(Text("Universidad", "ES"),),
                address=Address(country="ES"),
                classification=AgentClassification.EVIDENCE_REQUESTER,
            ),
        ),
        provider=Agent(identifier=Identifier("90000000000", EAS), names=(Text("Register"),)),
        evidence_type=DataServiceEvidenceType(
            identifier=f"{UUID}2",
            classification=f"{SR}/evidencetypeclassifications/LV/{UUID}3",
            titles=(Text("Diploma"),),
            distributed_as=(DistributedAs(format="application/pdf", languages=languages),),
        ),
        subject=subject,
    )


def second_of(first: EvidenceRequest, location: str) -> EvidenceRequest:
    return first.second(
        request_id=f"urn:uuid:{UUID}9",
        issued_at=START,
        preview_location=location,
        return_location=BACK,
    )


@pytest.fixture
def world() -> Iterator[World]:
    return World()


def test_a_request_that_only_a_published_rule_refuses_is_refused_whenever_it_comes(
    world: World,
) -> None:
    first = request_of()
    _, location = world.preview(first)
    for request in (first, second_of(first, location)):
        document = write_evidence_request(request)
        broken = document.replace(b' lang="ES">Universidad', b">Universidad")
        assert broken != document
        assert read_stored_request_unsafe(broken).line is EdmLine.V2_0
        reply = world.provider.receive(broken)
        assert reply is not None
        answer = read_evidence_answer(reply.document, expected_request_id=request.request_id)
        assert isinstance(answer, EvidenceFailure)
        assert answer.problems[0].detail == "R-EDM-REQ-C109"


@pytest.mark.parametrize("line", LINES)
def test_kept_evidence_goes_out_after_the_decision(world: World, line: EdmLine) -> None:
    first = request_of(line)
    ticket, location = world.preview(first)
    assert world.ask(second_of(first, location)) is None
    answer = response_in(world.provider.decide(ticket, {0}))
    assert answer.line is line
    (document,) = answer.documents
    assert document.title == "Diploma of higher education"


@pytest.mark.parametrize("line", LINES)
def test_a_decision_before_the_second_request_waits_for_it(world: World, line: EdmLine) -> None:
    first = request_of(line)
    ticket, location = world.preview(first)
    assert world.provider.decide(ticket, {0}) is None
    assert len(response_in(world.ask(second_of(first, location))).documents) == 1


def test_nothing_kept_is_an_empty_answer(world: World) -> None:
    first = request_of()
    ticket, location = world.preview(first)
    world.ask(second_of(first, location))
    assert response_in(world.provider.decide(ticket, ())).packages == ()


def test_a_preview_is_decided_once(world: World) -> None:
    first = request_of()
    ticket, location = world.preview(first)
    world.ask(second_of(first, location))
    world.provider.decide(ticket, ())
    with pytest.raises(EdmRefused):
        world.provider.decide(ticket, {0})
    assert world.failure(second_of(first, location)) is EdmErrorCode.TIMEOUT


def test_a_choice_that_the_preview_does_not_have_is_refused(world: World) -> None:
    ticket, _ = world.preview(request_of())
    with pytest.raises(EdmRefused):
        world.provider.decide(ticket, {1})


def test_a_second_request_for_another_person_gets_nothing(world: World) -> None:
    first = request_of()
    ticket, location = world.preview(first)
    other = replace(
        PERSON, family_name="Kalniņa", identifier=Identifier("LV/ES/010101-98765", "eidas")
    )
    stolen = second_of(request_of(subject=other), location)
    assert world.failure(stolen) is EdmErrorCode.INVALID_REQUEST
    assert world.provider.decide(ticket, {0}) is None


def test_a_second_request_that_comes_twice_is_refused(world: World) -> None:
    first = request_of()
    _, location = world.preview(first)
    assert world.ask(second_of(first, location)) is None
    assert world.failure(second_of(first, location)) is EdmErrorCode.INVALID_REQUEST


@pytest.mark.parametrize("location", ["https://diplomas.example.lv/preview/x", "https://a.example"])
def test_a_second_request_for_no_preview_is_too_late(world: World, location: str) -> None:
    assert world.failure(second_of(request_of(), location)) is EdmErrorCode.TIMEOUT


def test_time_up_is_answered_and_forgotten(world: World) -> None:
    first = request_of()
    ticket, location = world.preview(first)
    world.ask(second_of(first, location))
    assert world.provider.overdue() == ()
    world.clock.now += timedelta(minutes=16)
    assert world.provider.preview_of(ticket) is None
    (reply,) = world.provider.overdue()
    assert reply.code is EdmErrorCode.TIMEOUT
    assert reply.request_id == second_of(first, location).request_id
    assert (world.provider.overdue(), dict(world.provider.previews)) == ((), {})


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_where_somebody_acts_for_the_subject_only_they_open_the_preview(
    world: World, kind: str
) -> None:
    acting = replace(
        PERSON,
        identifier=Identifier("LV/ES/111111-22222", "eidas"),
        given_name="Zane",
        date_of_birth=date(1970, 1, 2),
        gender="Unspecified",
    )
    firm = LegalPerson(
        level_of_assurance=LevelOfAssurance.HIGH,
        legal_person_identifier=Identifier("LV/ES/40003000000", "eidas"),
        legal_name="Firma",
    )
    asked = request_of()
    if kind == "person":
        asked = replace(asked, representative=acting)
    else:
        asked = replace(asked, representing_organisation=firm)
    ticket, _ = world.preview(asked)
    preview = world.provider.preview_of(ticket)
    assert preview is not None
    # At the provider's own login the identifier names another receiving state.
    here = {
        "person": replace(acting, identifier=Identifier("LV/LV/111111-22222", "eidas")),
        "organisation": replace(
            firm, legal_person_identifier=Identifier("LV/LV/40003000000", "eidas")
        ),
    }
    for name, visitor in here.items():
        assert world.provider.belongs_to(preview, visitor) is (name == kind)
    assert not world.provider.belongs_to(preview, PERSON)
    for stranger in (
        replace(acting, identifier=Identifier("EE/LV/111111-22222", "eidas")),
        replace(acting, date_of_birth=date(1970, 1, 3)),
        replace(acting, identifier=None),
    ):
        assert not world.provider.belongs_to(preview, stranger)


def test_only_the_person_of_the_request_opens_the_preview(world: World) -> None:
    ticket, _ = world.preview(request_of())
    preview = world.provider.preview_of(ticket)
    assert preview is not None
    assert world.provider.belongs_to(preview, PERSON)
    stranger = replace(PERSON, identifier=Identifier("LV/LV/999", "eidas"), given_name="Anna")
    assert not world.provider.belongs_to(preview, stranger)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"explicit_request": False}, EdmErrorCode.INVALID_REQUEST),
        ({"preview_possible": False}, EdmErrorCode.UNSUPPORTED_CAPABILITY),
        ({"procedure": "S1"}, EdmErrorCode.FAILED_AUTHENTICATION),
        (
            {"subject": replace(PERSON, level_of_assurance=LevelOfAssurance.LOW)},
            EdmErrorCode.FAILED_AUTHENTICATION,
        ),
        (
            {"subject": replace(PERSON, date_of_birth=date(1998, 3, 3))},
            EdmErrorCode.OBJECT_NOT_FOUND,
        ),
    ],
)
def test_what_stands_in_the_way_is_the_published_error(
    world: World, change: dict[str, object], code: EdmErrorCode
) -> None:
    assert world.failure(replace(request_of(), **change)) is code  # type: ignore[arg-type]
    assert not world.provider.previews


def test_a_form_that_the_register_does_not_have_is_not_found(world: World) -> None:
    request = request_of()
    image = replace(
        request.evidence_type,
        distributed_as=(DistributedAs(format="image/png", languages=("LV",)),),
    )
    assert world.failure(replace(request, evidence_type=image)) is EdmErrorCode.OBJECT_NOT_FOUND


class Namesakes(Diplomas):
    def known(self, subject: Subject) -> Sequence[Known]:
        nameless: KnownPerson = replace(HOLDER, identifiers=())
        return (nameless, replace(nameless, record="LV-2"))


def test_two_who_could_be_meant_get_nothing_and_look_like_nobody(world: World) -> None:
    world.provider = replace(world.provider, register=Namesakes())
    assert world.failure(request_of()) is EdmErrorCode.OBJECT_NOT_FOUND


class Empty(Diplomas):
    def evidence(self, record: str, request: EvidenceRequest) -> Sequence[HeldEvidence]:
        return ()


def test_a_record_that_proves_nothing_is_not_found(world: World) -> None:
    world.provider = replace(world.provider, register=Empty())
    assert world.failure(request_of()) is EdmErrorCode.OBJECT_NOT_FOUND


class Translated(Diplomas):
    def evidence(self, record: str, request: EvidenceRequest) -> Sequence[HeldEvidence]:
        (plain,) = super().evidence(record, request)
        supplement = HeldSupplement(
            role=EvidenceRole.TRANSLATION,
            identifier=f"{UUID}4",
            title="Translation",
            media_type="application/pdf",
            content=b"%PDF-1.7 the translation",
            language="EN",
        )
        return (replace(plain, supplements=(supplement,)),)


@pytest.mark.parametrize(("line", "files"), [(EdmLine.V1_2, 1), (EdmLine.V2_0, 2)])
def test_a_translation_travels_where_the_line_can_carry_it(
    world: World, line: EdmLine, files: int
) -> None:
    world.provider = replace(world.provider, register=Translated())
    first = request_of(line)
    ticket, location = world.preview(first)
    world.ask(second_of(first, location))
    reply = world.provider.decide(ticket, {0})
    assert len(response_in(reply).documents) == files
    assert reply is not None
    assert len(reply.attachments) == files


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("possible", [True, False])
def test_evidence_that_needs_no_preview_leaves_at_once(
    world: World, line: EdmLine, possible: bool
) -> None:
    def is_studies(request: EvidenceRequest) -> bool:
        return request.procedure != "T3"

    world.provider = replace(world.provider, needs_preview=is_studies)
    request = replace(request_of(line), preview_possible=possible)
    answer = response_in(world.ask(request))
    assert answer.request_id == request.request_id
    assert answer.packages
    assert not world.provider.previews
    other = replace(request, procedure="T2", request_id=f"urn:uuid:{UUID}2")
    if not possible:
        assert world.failure(other) is EdmErrorCode.UNSUPPORTED_CAPABILITY


def test_evidence_that_takes_time_is_promised(world: World) -> None:
    later = START + timedelta(days=2)
    world.provider = replace(world.provider, available_at=lambda request: later)
    answer = response_in(world.ask(request_of()))
    assert (answer.available_at, answer.packages) == (later, ())


def test_header_and_body_must_name_one_line(world: World) -> None:
    reply = world.ask(request_of(EdmLine.V1_2), specification="oots-edm:v2.0")
    assert reply is not None
    assert reply.code is EdmErrorCode.INVALID_REQUEST


def test_a_line_that_we_do_not_speak_is_an_unsupported_capability(world: World) -> None:
    document = write_evidence_request(request_of()).replace(b"oots-edm:v2.0", b"oots-edm:v9.0")
    reply = world.provider.receive(document)
    assert reply is not None
    assert reply.code is EdmErrorCode.UNSUPPORTED_CAPABILITY
    assert reply.request_id == request_of().request_id


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_octets_get_an_answer(document: bytes) -> None:
    reply = World().provider.receive(document)
    assert reply is not None
    answer = read_evidence_answer(reply.document)
    assert isinstance(answer, EvidenceFailure)
    assert answer.code is EdmErrorCode.INVALID_REQUEST
