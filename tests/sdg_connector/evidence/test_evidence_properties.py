"""For any values, write then read is the identity; for any bytes, a value or our error."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as some

from sdg_connector.evidence import (
    EdmRefused,
    EvidenceRequest,
    read_evidence_answer,
    read_evidence_request,
    write_evidence_request,
)
from sdg_connector.vocabulary import (
    Agent,
    AgentClassification,
    DataServiceEvidenceType,
    DistributedAs,
    EdmLine,
    Identifier,
    LevelOfAssurance,
    NaturalPerson,
    Requirement,
    Text,
)

TEXT = some.text(
    some.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1
).filter(lambda text: not set(text) & {"\ufffe", "\uffff"})
UUID = some.uuids().map(str)
AGENT = some.builds(
    Agent,
    identifier=some.builds(Identifier, TEXT, TEXT),
    names=some.lists(some.builds(Text, TEXT), min_size=1, max_size=3).map(tuple),
    address=some.none(),
    jurisdiction=some.none(),
    classification=some.just(AgentClassification.EVIDENCE_REQUESTER),
)
PERSON = some.builds(
    NaturalPerson,
    level_of_assurance=some.sampled_from(LevelOfAssurance),
    identifier=some.none() | some.builds(Identifier, TEXT, some.just("eidas")),
    family_name=TEXT,
    given_name=TEXT,
    date_of_birth=some.dates(min_value=date(1000, 1, 1)),
    birth_name=some.none() | TEXT,
    place_of_birth=some.none() | TEXT,
    current_address=some.none(),
    gender=some.none(),
    nationalities=some.just(()),
    country_of_birth=some.none(),
    town_of_birth=some.none(),
    country_of_residence=some.none(),
    phone_number=some.none(),
    email_address=some.none(),
    attributes=some.just(()),
)
REQUEST = some.builds(
    EvidenceRequest,
    request_id=UUID.map("urn:uuid:{}".format),
    line=some.sampled_from(EdmLine),
    issued_at=some.datetimes(
        min_value=datetime(1000, 1, 2),  # noqa: DTZ001  hypothesis wants a bare bound
        timezones=some.just(UTC),
    ).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)),
    procedure=TEXT,
    requirements=some.lists(
        some.builds(
            Requirement,
            identifier=TEXT,
            names=some.just((Text("Diploma"),)),
            descriptions=some.just(()),
            reference_frameworks=some.just(()),
            evidence_type_lists=some.just(()),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    requester=AGENT.map(lambda agent: (agent,)),
    provider=AGENT.map(Agent.reference),
    evidence_type=UUID.map(
        lambda identifier: DataServiceEvidenceType(
            identifier=identifier,
            classification="https://sr.example/type",
            titles=(Text("Diploma"),),
            distributed_as=(DistributedAs(format="application/pdf"),),
        )
    ),
    subject=PERSON,
    preview_possible=some.booleans(),
    explicit_request=some.booleans(),
    preview_location=some.none(),
    return_location=some.none(),
    provider_classification=some.just(()),
    representative=some.none() | PERSON,
    representing_organisation=some.none(),
)


@settings(deadline=None, max_examples=60)
@given(REQUEST)
def test_any_request_reads_back_as_it_was_written(request: EvidenceRequest) -> None:
    assert read_evidence_request(write_evidence_request(request)) == request


@settings(deadline=None, max_examples=150)
@given(some.data(), REQUEST)
def test_a_request_with_changed_bytes_is_a_value_or_our_error(
    data: some.DataObject, request: EvidenceRequest
) -> None:
    written = write_evidence_request(replace(request, representative=None))
    at = data.draw(some.integers(0, len(written) - 1))
    changed = written[:at] + data.draw(some.binary(max_size=4)) + written[at + 1 :]
    for read in (read_evidence_request, read_evidence_answer):
        assert outcome_of(read, changed)


def outcome_of(read: Callable[[bytes], object], data: bytes) -> str:
    try:
        return type(read(data)).__name__
    except EdmRefused as refusal:
        return refusal.rule
