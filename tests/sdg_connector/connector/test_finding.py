"""What has to be said and chosen before evidence can be asked for."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from sdg_connector.connector import AnswerKind, AnswersNeeded, EvidenceOffer, NothingFound
from sdg_connector.connector.finding import Search
from sdg_connector.connector.orders import OwnOrganisation, first_request
from sdg_connector.directory import DirectoryFailure, MoreNeeded, Needed
from sdg_connector.errors import OwnMistake
from sdg_connector.evidence import (
    EvidenceRequest,
    read_evidence_request,
    write_evidence_request,
)
from sdg_connector.vocabulary import (
    AccessService,
    DataServiceEvidenceType,
    DistributedAs,
    DsdErrorCode,
    EbErrorCode,
    EvidenceType,
    EvidenceTypeList,
    Identifier,
    Jurisdiction,
    JurisdictionDetermination,
    LevelOfAssurance,
    NaturalPerson,
    ProviderClassification,
    Publisher,
    Requirement,
    SupportedValue,
    Text,
)

SR = "https://sr.oots.tech.ec.europa.eu"
UUID = "4ffb5281-179d-4578-adf2-39fd13ccc79"
BIRTH, SCHOOL = f"{SR}/requirements/{UUID}1", f"{SR}/requirements/{UUID}2"
PLACE, RESIDENCE, YEAR = f"{UUID}3", f"{UUID}4", f"{UUID}5"
WHERE = JurisdictionDetermination(context_id=PLACE, contexts=(Text("Place of birth"),), level="LAU")
REGION = replace(WHERE, level="https://sr.ec.europa.eu/codelist/locationLevel/NUTS2")
RESIDENT = ProviderClassification(
    identifier=Identifier(RESIDENCE, f"{SR}/codelists/DE/YesNo"),
    type="Codelist",
    value_expression=f"{SR}/codelists/residence",
    descriptions=(Text("Have you ever lived in Germany?"),),
    supported_value=SupportedValue(strings=("Yes", "No")),
)
GRADUATED = ProviderClassification(
    identifier=Identifier(YEAR), type="Date", descriptions=(Text("When did you graduate?"),)
)


def kind(requirement: str) -> EvidenceType:
    return EvidenceType(
        classification=requirement.replace("requirements", "evidencetypeclassifications/DE"),
        titles=(Text("Certificate"),),
    )


def service(requirement: str, *providers: str) -> DataServiceEvidenceType:
    return DataServiceEvidenceType(
        identifier=f"{UUID}6",
        classification=kind(requirement).classification,
        titles=(Text("Certificate"),),
        distributed_as=(DistributedAs(format="application/pdf"),),
        access_services=tuple(
            AccessService(
                identifier=Identifier(
                    f"AP_{name}", "urn:oasis:names:tc:ebcore:partyid-type:unregistered:oots"
                ),
                conforms_to=("oots-edm:v2.0",),
                publisher=Publisher(
                    identifier=Identifier(name, "urn:cef.eu:names:identifier:EAS:9930"),
                    names=(Text(name),),
                ),
            )
            for name in providers
        ),
    )


def more(requirement: str, **needed: object) -> MoreNeeded:
    about = Needed(evidence_type=service(requirement), **needed)  # type: ignore[arg-type]
    code = DsdErrorCode.MORE_NEEDED
    return MoreNeeded(code, code.message, needed=(about,))


@dataclass(slots=True)
class Asking:
    """A directory that asks before it answers; ``script`` holds what each query gets."""

    script: dict[str, list[tuple[DataServiceEvidenceType, ...] | DirectoryFailure]]
    queries: list[dict[str, object]] = field(default_factory=list)

    async def requirements(
        self, *, procedure: str | None = None, country: str | None = None
    ) -> tuple[Requirement, ...]:
        return tuple(Requirement(identifier=one, names=(Text(one[-1]),)) for one in self.script)

    async def evidence_types(
        self, *, requirement: str, country: str | None = None
    ) -> tuple[Requirement, ...]:
        lists = (EvidenceTypeList(identifier="l", evidence_types=(kind(requirement),)),)
        return (
            Requirement(
                identifier=requirement, names=(Text("Residence"),), evidence_type_lists=lists
            ),
        )

    async def data_services(
        self,
        *,
        classification: str,
        country: str,
        jurisdiction_context: str | None = None,
        region: str | None = None,
        locality: str | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> tuple[DataServiceEvidenceType, ...]:
        told = {
            "context": jurisdiction_context,
            "region": region,
            "locality": locality,
            **(answers or {}),
        }
        self.queries.append({name: value for name, value in told.items() if value is not None})
        requirement = classification.replace("evidencetypeclassifications/DE", "requirements")
        given = self.script[requirement].pop(0)
        if isinstance(given, DirectoryFailure):
            raise given
        return given


def find(
    directory: Asking, answers: Mapping[str, str] | None = None, *, only: set[str] | None = None
) -> tuple[EvidenceOffer, ...]:
    search = Search(
        directory=directory,
        procedure="T3",
        own_country="LV",
        country="DE",
        answers=answers or {},
        only=only,
    )
    return asyncio.run(search.offers())


def test_every_question_of_every_requirement_is_asked_at_once() -> None:
    directory = Asking(
        {
            BIRTH: [more(BIRTH, jurisdiction=WHERE, concepts=(RESIDENT,))],
            SCHOOL: [more(SCHOOL, concepts=(GRADUATED, RESIDENT))],
        }
    )
    with pytest.raises(AnswersNeeded) as asked:
        find(directory)
    assert [(one.key, one.kind) for one in asked.value.questions] == [
        (PLACE, AnswerKind.PLACE),
        (RESIDENCE, AnswerKind.CHOICE),
        (YEAR, AnswerKind.DATE),
    ]
    assert asked.value.questions[0].level == "LAU"
    assert asked.value.questions[1].choices == ("Yes", "No")
    assert not asked.value.refused


def test_the_answers_go_into_the_query_and_into_the_request() -> None:
    directory = Asking(
        {
            BIRTH: [
                more(BIRTH, jurisdiction=WHERE, concepts=(RESIDENT,)),
                more(BIRTH, concepts=(GRADUATED,)),
                (service(BIRTH, "Berlin"),),
            ]
        }
    )
    answers = {PLACE: "11000000", RESIDENCE: "No", YEAR: "1999-07-01", "other": "never asked"}
    (offer,) = find(directory, answers)
    assert directory.queries == [
        {},
        {"context": PLACE, "locality": "11000000", RESIDENCE: "No"},
        {"context": PLACE, "locality": "11000000", RESIDENCE: "No", YEAR: "1999-07-01"},
    ]
    kept = EvidenceOffer.from_bytes(offer.to_bytes())
    assert kept == offer
    request = read_evidence_request(write_evidence_request(asking(kept)))
    said = {one.key: one.supported_value for one in request.provider_classification}
    assert RESIDENT.identifier in {one.identifier for one in request.provider_classification}
    assert said == {
        RESIDENCE: SupportedValue(strings=("No",)),
        YEAR: SupportedValue(dates=("1999-07-01",)),
    }


def test_an_offer_is_kept_with_what_only_one_line_of_the_directory_says() -> None:
    """The directory of a 1.x line names regions and parts of an evidence, that of 2.0 does not."""
    (access,) = service(SCHOOL, "Berlin").access_services
    assert access.publisher is not None
    place = Jurisdiction(country="DE", region="DE300", locality="11000000")
    offer = EvidenceOffer(
        requirement=Requirement(identifier=SCHOOL, names=(Text("Diploma"),)),
        service=replace(
            service(SCHOOL),
            distributed_as=(
                DistributedAs(format="application/xml", transformation=f"{SR}/transformations/1"),
                DistributedAs(format="application/pdf", languages=("DE",)),
            ),
            jurisdiction_determination=WHERE,
            access_services=(
                replace(access, publisher=replace(access.publisher, jurisdictions=(place,))),
            ),
        ),
        country="DE",
        said=(RESIDENT, GRADUATED),
    )
    assert EvidenceOffer.from_bytes(offer.to_bytes()) == offer


def asking(offer: EvidenceOffer) -> EvidenceRequest:
    return first_request(
        offer,
        request_id=f"{UUID}7",
        at=datetime(2026, 5, 4, tzinfo=UTC),
        procedure="T3",
        requester=OwnOrganisation(
            identifier="LV-AIC",
            scheme="urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV",
            names=(Text("Academic Information Centre"),),
            country="LV",
        ),
        subject=NaturalPerson(
            level_of_assurance=LevelOfAssurance.HIGH,
            family_name="García",
            given_name="Ana",
            date_of_birth=date(1999, 4, 12),
        ),
    )


def test_a_region_goes_back_at_its_own_level() -> None:
    directory = Asking({BIRTH: [more(BIRTH, jurisdiction=REGION), (service(BIRTH, "Berlin"),)]})
    find(directory, {PLACE: "DE30"})
    assert directory.queries[1] == {"context": PLACE, "region": "DE30"}


def test_a_directory_that_asks_the_same_again_did_not_take_the_answer() -> None:
    question = more(BIRTH, concepts=(RESIDENT,))
    with pytest.raises(AnswersNeeded) as asked:
        find(Asking({BIRTH: [question, question]}), {RESIDENCE: "Maybe"})
    assert asked.value.refused
    assert [one.key for one in asked.value.questions] == [RESIDENCE]


def test_a_value_that_the_directory_calls_incorrect_is_asked_for_again() -> None:
    code = DsdErrorCode.INCORRECT_VALUE
    script = [more(BIRTH, concepts=(RESIDENT,)), DirectoryFailure(code, code.message)]
    with pytest.raises(AnswersNeeded) as asked:
        find(Asking({BIRTH: list(script)}), {RESIDENCE: "Maybe"})
    assert asked.value.refused


def test_a_directory_does_not_ask_for_ever() -> None:
    script: list[tuple[DataServiceEvidenceType, ...] | DirectoryFailure] = [
        more(BIRTH, concepts=(replace(RESIDENT, identifier=Identifier(f"{UUID}{one:x}")),))
        for one in range(9)
    ]
    with pytest.raises(AnswersNeeded) as asked:
        find(Asking({BIRTH: script}), {f"{UUID}{one:x}": "Yes" for one in range(9)})
    assert asked.value.refused
    assert script


@pytest.mark.parametrize("answer", ["\n", "a\nb", "x" * 201, "a\x00b"])
def test_an_answer_that_is_no_line_of_text_is_not_sent(answer: str) -> None:
    directory = Asking({BIRTH: [more(BIRTH, concepts=(RESIDENT,))]})
    with pytest.raises(OwnMistake):
        find(directory, {RESIDENCE: answer})
    assert len(directory.queries) == 1


def test_providers_of_one_type_are_a_choice_and_requirements_are_not() -> None:
    directory = Asking(
        {BIRTH: [(service(BIRTH, "Berlin", "Hamburg"),)], SCHOOL: [(service(SCHOOL, "Bonn"),)]}
    )
    offers = find(directory)
    assert [one.publisher.names[0].value for one in offers] == ["Berlin", "Hamburg", "Bonn"]
    assert [one.choice for one in offers].count(offers[0].choice) == 2


def test_a_country_can_be_asked_to_prove_a_part_of_the_requirements() -> None:
    directory = Asking({BIRTH: [(service(BIRTH, "Berlin"),)], SCHOOL: []})
    (offer,) = find(directory, only={BIRTH})
    assert offer.requirement.identifier == BIRTH


@pytest.mark.parametrize("code", [DsdErrorCode.NO_DATA_SERVICE, EbErrorCode.EMPTY_RESULT])
def test_a_type_that_nobody_serves_is_said(code: DsdErrorCode | EbErrorCode) -> None:
    with pytest.raises(NothingFound):
        find(Asking({BIRTH: [DirectoryFailure(code, code.message)]}))
