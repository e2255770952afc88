"""Queries to the Common Services and their answers, read and written."""

from collections.abc import Callable
from functools import partial
from itertools import count

import pytest

from sdg_connector.directory import (
    DirectoryFailure,
    DirectoryMisuse,
    DirectoryRefused,
    MoreNeeded,
    Needed,
    combinations,
    data_services_query,
    evidence_types_query,
    read_data_services,
    read_evidence_types,
    read_requirements,
    requirements_query,
    write_data_services,
    write_directory_error,
    write_evidence_types,
    write_more_needed,
    write_requirements,
)
from sdg_connector.vocabulary import (
    AccessService,
    CommonServicesLine,
    DataServiceEvidenceType,
    DistributedAs,
    DsdErrorCode,
    EbErrorCode,
    EdmLine,
    EvidenceType,
    EvidenceTypeList,
    Identifier,
    JurisdictionDetermination,
    ProviderClassification,
    Requirement,
    Text,
)

BIRTH, STUDY = "https://sr.example/types/ES/birth", "https://sr.example/types/ES/study"


SERVICES = partial(data_services_query, classification=STUDY, country="ES")


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"urn:uuid:00000000-0000-4000-8000-{next(numbers):012}"


def kind(classification: str, title: str = "T") -> EvidenceType:
    return EvidenceType(classification=classification, titles=(Text(title),))


def proven_by(*lists: tuple[EvidenceType, ...]) -> Requirement:
    return Requirement(
        identifier="https://sr.example/requirements/1",
        names=(Text("Diploma"),),
        evidence_type_lists=tuple(
            EvidenceTypeList(identifier=str(number), evidence_types=types)
            for number, types in enumerate(lists)
        ),
    )


SERVICE = DataServiceEvidenceType(
    identifier="00000000-0000-4000-8000-000000000009",
    classification=STUDY,
    titles=(Text("Diploma"), Text("Título", "ES")),
    distributed_as=(DistributedAs(format="application/pdf", languages=("ES",)),),
    access_services=(
        AccessService(
            identifier=Identifier("AP_ES", "urn:x"), conforms_to=("oots-edm:v2.0", "oots-edm:v1.2")
        ),
    ),
)
QUESTION = ProviderClassification(
    identifier=Identifier("b07146b6-1468-41a7-a10f-ee2a61429dbc"),
    type="Codelist",
    value_expression="https://sr.example/codelists/region",
    descriptions=(Text("Where did you study?"),),
)


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<!DOCTYPE a><a/>", b"\xff"])
def test_bytes_that_are_no_answer_are_refused(data: bytes) -> None:
    for read in (read_requirements, read_evidence_types, read_data_services):
        with pytest.raises(DirectoryRefused):
            read(data)


def test_an_evidence_type_that_nobody_serves_is_not_a_data_service() -> None:
    data = write_data_services([SERVICE.for_request()], new_id=ids())
    with pytest.raises(DirectoryRefused, match="R-DSD-RESP-S013"):
        read_data_services(data)


def test_an_answer_of_another_query_is_refused() -> None:
    data = write_data_services([SERVICE], new_id=ids())
    with pytest.raises(DirectoryRefused):
        read_evidence_types(data)


def test_a_value_of_the_wrong_shape_is_not_asked() -> None:
    with pytest.raises(DirectoryMisuse):
        requirements_query(country="Spain")
    with pytest.raises(DirectoryMisuse):
        data_services_query(classification=STUDY, country="ES", answers={"country-code": "FR"})
    with pytest.raises(DirectoryMisuse):
        data_services_query(classification=STUDY, country="ES", region="ES5")


V1_0, V1_1, V1_2 = CommonServicesLine.V1_0, CommonServicesLine.V1_1, CommonServicesLine.V1_2
V2_0 = CommonServicesLine.V2_0


@pytest.mark.parametrize(
    ("ask", "lines"),
    [
        (partial(requirements_query, region="ES5"), {V1_0, V1_1, V1_2}),
        (partial(requirements_query, locality="28079"), {V1_0, V1_1, V1_2}),
        (partial(requirements_query, return_incomplete=True), set(CommonServicesLine)),
        (partial(evidence_types_query, requirement="r", region="ES5"), {V1_0, V1_1}),
        (partial(evidence_types_query, country="ES"), {V1_2}),
        (partial(evidence_types_query, requirement="r"), set(CommonServicesLine)),
        (partial(SERVICES, specification=EdmLine.V2_0), {V1_1, V1_2, V2_0}),
        (partial(SERVICES, evidence_type_id="8e1f"), {V1_0, V1_1}),
        (partial(SERVICES, jurisdiction_context="5ce1", region="ES5"), {V1_0, V1_1, V1_2}),
        (partial(SERVICES, answers={"b071": "yes"}), set(CommonServicesLine)),
    ],
)
def test_each_line_has_its_own_parameters(
    ask: Callable[..., object], lines: set[CommonServicesLine]
) -> None:
    for line in CommonServicesLine:
        if line in lines:
            assert ask(line=line)
        else:
            with pytest.raises(DirectoryMisuse):
                ask(line=line)


def test_the_catalogue_is_asked_without_parameters() -> None:
    assert [name for name, _ in requirements_query()] == ["queryId"]


def test_what_the_person_answered_travels_under_the_identifier_of_the_question() -> None:
    query = data_services_query(
        classification=STUDY,
        country="ES",
        specification=EdmLine.V2_0,
        answers={QUESTION.key: "Madrid"},
    )
    assert dict(query)[QUESTION.key] == "Madrid"
    assert dict(query)["specification"] == "oots-edm:v2.0"
    assert dict(evidence_types_query(requirement="r", country="EL"))["country-code"] == "EL"


def test_a_requirement_reads_back_as_it_was_written() -> None:
    plain = proven_by()
    assert read_requirements(write_requirements([plain], new_id=ids())) == (plain,)
    listed = proven_by((kind(BIRTH),), (kind(STUDY),))
    assert read_evidence_types(write_evidence_types([listed], new_id=ids())) == (listed,)


def test_a_data_service_reads_back_as_it_was_written() -> None:
    assert read_data_services(write_data_services([SERVICE], new_id=ids())) == (SERVICE,)


@pytest.mark.parametrize(
    "code", [*(one for one in DsdErrorCode if one != "DSD:ERR:0005"), *EbErrorCode]
)
def test_every_error_code_reads_back(code: DsdErrorCode | EbErrorCode) -> None:
    read = read_data_services if isinstance(code, DsdErrorCode) else read_evidence_types
    with pytest.raises(DirectoryFailure) as failure:
        read(write_directory_error(code, detail="X"))
    assert (failure.value.code, failure.value.detail) == (code, "X")


def test_a_result_without_entries_is_an_error_answer() -> None:
    with pytest.raises(DirectoryFailure) as nobody:
        read_data_services(write_data_services([], new_id=ids()))
    assert nobody.value.code is DsdErrorCode.NO_DATA_SERVICE
    with pytest.raises(DirectoryFailure) as empty:
        read_requirements(write_requirements([], new_id=ids()))
    assert empty.value.code is EbErrorCode.EMPTY_RESULT


def test_missing_attributes_become_questions_to_the_person() -> None:
    where = JurisdictionDetermination(
        context_id="5ce148b9-5578-4049-aecf-af7bb55714b5",
        contexts=(Text("Place of birth"),),
        level="LAU",
    )
    kind_asked = SERVICE.for_request(distribution=DistributedAs(format="application/pdf"))
    needed = (
        Needed(evidence_type=kind_asked, concepts=(QUESTION,)),
        Needed(evidence_type=kind_asked, jurisdiction=where),
    )
    with pytest.raises(MoreNeeded) as asked:
        read_data_services(write_more_needed(needed, line=CommonServicesLine.V1_2))
    assert asked.value.needed == needed


def test_a_question_about_nothing_is_refused() -> None:
    data = write_more_needed([Needed(evidence_type=SERVICE.for_request())])
    with pytest.raises(DirectoryRefused, match="R-DSD-RESP-S022"):
        read_data_services(data)


def test_types_in_one_list_belong_together_and_lists_are_alternatives() -> None:
    birth, study = kind(BIRTH), kind(STUDY)
    assert combinations(proven_by((birth, study), (birth,))) == ((birth, study), (birth,))


def test_a_list_without_types_proves_nothing() -> None:
    assert combinations(proven_by(())) == ()


def test_the_first_line_has_no_specification_identifier() -> None:
    data = write_directory_error(EbErrorCode.QUERY_UNKNOWN, line=CommonServicesLine.V1_0)
    assert b"SpecificationIdentifier" not in data
