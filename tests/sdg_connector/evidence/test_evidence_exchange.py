"""Evidence requests and answers of both lines: first the attacks, then the round trips."""

import re
from datetime import UTC, date, datetime

import pytest

from sdg_connector.evidence import (
    EdmMisuse,
    EdmRefused,
    EvidenceDocument,
    EvidenceFailure,
    EvidencePackage,
    EvidenceProblem,
    EvidenceRequest,
    EvidenceResponse,
    PreviewRequired,
    check_preview_location,
    preview_url_with_return,
    read_evidence_answer,
    read_evidence_request,
    write_evidence_failure,
    write_evidence_request,
    write_evidence_response,
)
from sdg_connector.vocabulary import (
    Address,
    Agent,
    AgentClassification,
    DataServiceEvidenceType,
    DistributedAs,
    Distribution,
    EdmErrorCode,
    EdmLine,
    Evidence,
    EvidenceRole,
    EvidenceType,
    Identifier,
    IsAbout,
    LegalPerson,
    LevelOfAssurance,
    NaturalPerson,
    NoCommonLine,
    Requirement,
    Text,
)

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
UUID = "4ffb5281-179d-4578-adf2-39fd13ccc79"
SR = "https://sr.oots.tech.ec.europa.eu"
EAS = "urn:cef.eu:names:identifier:EAS:9930"
PREVIEW = "https://preview.es.example/p/1"
RETURN = "https://portal.lv.example/r/1"
LINES = [EdmLine.V1_0, EdmLine.V1_2, EdmLine.V2_0]


def urn(number: int) -> str:
    return f"urn:uuid:{UUID}{number}"


def agent(kind: AgentClassification) -> Agent:
    return Agent(
        identifier=Identifier("LV90000000", EAS),
        names=(Text("Rīgas universitāte", "LV"),),
        address=Address(country="LV"),
        classification=kind,
    )


PERSON = NaturalPerson(
    level_of_assurance=LevelOfAssurance.HIGH,
    identifier=Identifier("ES/LV/123123123", "eidas"),
    family_name="García & Söhne",
    given_name="Lucía",
    date_of_birth=date(2001, 2, 3),
)


def request_of(line: EdmLine) -> EvidenceRequest:
    languages = ("ES",) if line is EdmLine.V2_0 else ()
    return EvidenceRequest(
        request_id=urn(1),
        line=line,
        issued_at=NOW,
        procedure="T3",
        requirements=(
            Requirement(identifier=f"{SR}/requirements/{UUID}2", names=(Text("Diploma"),)),
        ),
        requester=(agent(AgentClassification.EVIDENCE_REQUESTER),),
        provider=agent(AgentClassification.EVIDENCE_PROVIDER).reference(),
        evidence_type=DataServiceEvidenceType(
            identifier=f"{UUID}3",
            classification=f"{SR}/evidencetypeclassifications/ES/{UUID}4",
            titles=(Text("Diploma"),),
            descriptions=(Text("A diploma"),),
            distributed_as=(DistributedAs(format="application/pdf", languages=languages),),
        ),
        subject=PERSON,
    )


def document(number: int, role: EvidenceRole = EvidenceRole.MAIN) -> EvidenceDocument:
    main = role is EvidenceRole.MAIN
    metadata = Evidence(identifier=f"{UUID}{number}")
    if main:
        metadata = Evidence(
            identifier=f"{UUID}{number}",
            is_about=IsAbout.of(PERSON),
            issuing_authority=agent(AgentClassification.EVIDENCE_PROVIDER).reference(),
            conformant_to=EvidenceType(
                classification=f"{SR}/evidencetypeclassifications/ES/{UUID}4",
                titles=(Text("Diploma"),),
                descriptions=(Text("A diploma"),),
            ),
            issuing_date=date(2020, 6, 30),
            distribution=Distribution(format="application/pdf"),
        )
    return EvidenceDocument(
        object_id=urn(number),
        metadata=metadata,
        content_id=f"part{number}@es.example",
        title="Diploma",
        role=role,
        classification_id=None,
    )


def response_of(line: EdmLine) -> EvidenceResponse:
    return EvidenceResponse(
        request_id=urn(1),
        response_id=f"{UUID}5",
        line=line,
        issued_at=NOW,
        provider=(agent(AgentClassification.EVIDENCE_PROVIDER),),
        requester=agent(AgentClassification.EVIDENCE_REQUESTER).reference(),
        packages=(EvidencePackage(package_id=urn(6), main=document(6)),),
    )


def packaged_response() -> EvidenceResponse:
    base = response_of(EdmLine.V2_0)
    main = document(6)
    translation = document(8, EvidenceRole.TRANSLATION)
    values = {
        name: getattr(main, name) for name in ("object_id", "metadata", "content_id", "title")
    }
    other = {
        name: getattr(translation, name)
        for name in ("object_id", "metadata", "content_id", "title", "role")
    }
    package = EvidencePackage(
        package_id=urn(7),
        main=EvidenceDocument(**values, classification_id=urn(9)),
        supplements=(EvidenceDocument(**other, classification_id=urn(2), association_id=urn(3)),),
    )
    return EvidenceResponse(
        request_id=base.request_id,
        response_id=base.response_id,
        line=base.line,
        issued_at=base.issued_at,
        provider=base.provider,
        requester=base.requester,
        packages=(package,),
    )


def failure_of(line: EdmLine, code: EdmErrorCode) -> EvidenceFailure:
    preview = None
    if code is EdmErrorCode.MISSING_AUTHORIZATION:
        method = None if line is EdmLine.V2_0 else "GET"
        preview = PreviewRequired(location=PREVIEW, descriptions=(Text("Look"),), method=method)
    return EvidenceFailure(
        request_id=urn(1),
        response_id=f"{UUID}5",
        line=line,
        provider=agent(AgentClassification.ERROR_PROVIDER),
        requester=agent(AgentClassification.EVIDENCE_REQUESTER).reference(),
        problems=(EvidenceProblem(code=code, at=NOW, detail="R-X", preview=preview),),
    )


def without(data: bytes, name: str) -> bytes:
    pattern = rf'<rim:Slot name="{name}">.*?</rim:Slot>'.encode()
    changed, count = re.subn(pattern, b"", data, count=1, flags=re.DOTALL)
    assert count == 1
    return changed


@pytest.mark.parametrize(
    ("slot", "rule"),
    [
        ("SpecificationIdentifier", "R-EDM-REQ-S005"),
        ("IssueDateTime", "R-EDM-REQ-S006"),
        ("Procedure", "R-EDM-REQ-S007"),
        ("PossibilityForPreview", "R-EDM-REQ-S009"),
        ("ExplicitRequestGiven", "R-EDM-REQ-S010"),
        ("Requirements", "R-EDM-REQ-S011"),
        ("EvidenceRequester", "R-EDM-REQ-S012"),
        ("EvidenceProvider", "R-EDM-REQ-S013"),
        ("EvidenceRequest", "R-EDM-REQ-S015"),
        ("NaturalPerson", "R-EDM-REQ-S016"),
    ],
)
def test_a_request_without_a_mandatory_slot_is_refused_by_its_rule(slot: str, rule: str) -> None:
    data = without(write_evidence_request(request_of(EdmLine.V2_0)), slot)
    with pytest.raises(EdmRefused) as refusal:
        read_evidence_request(data)
    assert (refusal.value.rule, refusal.value.wire_code) == (rule, "EDM:ERR:0003")


@pytest.mark.parametrize(
    ("line", "rule"), [(EdmLine.V1_0, r"ebrim/2\.8\.1"), (EdmLine.V2_0, "R-EDM-REQ-S007")]
)
def test_a_slot_that_stands_twice_is_refused(line: EdmLine, rule: str) -> None:
    data = write_evidence_request(request_of(line))
    slot = re.search(rb'<rim:Slot name="Procedure">.*?</rim:Slot>', data, re.DOTALL)
    assert slot
    with pytest.raises(EdmRefused, match=rule):
        read_evidence_request(data.replace(slot[0], slot[0] * 2))


def test_a_slot_with_another_type_of_value_is_refused() -> None:
    data = write_evidence_request(request_of(EdmLine.V2_0))
    changed = data.replace(b'"rim:BooleanValueType"', b'"rim:StringValueType"', 1)
    with pytest.raises(EdmRefused, match="R-EDM-REQ-S024"):
        read_evidence_request(changed)


def test_a_person_in_the_slot_of_a_legal_person_is_refused() -> None:
    data = write_evidence_request(request_of(EdmLine.V2_0))
    with pytest.raises(EdmRefused, match="R-EDM-REQ-S047"):
        read_evidence_request(data.replace(b'"NaturalPerson"', b'"LegalPerson"'))


def test_a_line_that_nobody_speaks_is_answered_with_unsupported_capability() -> None:
    data = write_evidence_request(request_of(EdmLine.V2_0)).replace(b"edm:v2.0", b"edm:v9.0")
    with pytest.raises(EdmRefused) as refusal:
        read_evidence_request(data)
    assert refusal.value.wire_code == "EDM:ERR:0007"


def test_an_answer_to_another_request_is_refused() -> None:
    data = write_evidence_response(response_of(EdmLine.V1_2))
    with pytest.raises(EdmRefused, match="R-EDM-RESP-S004"):
        read_evidence_answer(data, expected_request_id=urn(9))


@pytest.mark.parametrize("content_ids", [(), ("part7@es.example",)])
def test_a_document_that_did_not_come_with_the_message_is_refused(
    content_ids: tuple[str, ...],
) -> None:
    data = write_evidence_response(response_of(EdmLine.V1_2))
    with pytest.raises(EdmRefused) as refusal:
        read_evidence_answer(data, content_ids=content_ids)
    assert (refusal.value.rule, refusal.value.wire_code) == ("R-EDM-RESP-C042", "EDM:ERR:0006")


@pytest.mark.parametrize("href", ["https://evil.example/x", "file:///etc/passwd", "cid:no-at"])
def test_a_reference_that_is_no_content_id_is_refused(href: str) -> None:
    data = write_evidence_response(response_of(EdmLine.V1_2))
    with pytest.raises(EdmRefused, match="R-EDM-RESP-C042"):
        read_evidence_answer(data.replace(b"cid:part6@es.example", href.encode()))


def test_a_translation_whose_association_points_elsewhere_is_refused() -> None:
    data = write_evidence_response(packaged_response())
    changed = data.replace(f'targetObject="{urn(6)}"'.encode(), f'targetObject="{urn(8)}"'.encode())
    with pytest.raises(EdmRefused, match="R-EDM-RESP-S058"):
        read_evidence_answer(changed)


@pytest.mark.parametrize(
    ("location", "rule"),
    [
        ("http://preview.es.example/p", "R-EDM-ERR-C019"),
        ("javascript:alert(1)", "R-EDM-ERR-C019"),
        ("https://user@preview.es.example/p", "R-EDM-ERR-C019"),
        ("https://preview.es.example:x/p", "R-EDM-ERR-C019"),
        ("https://evil.example/p", "TDD 4.9 preview host"),
        ("https://preview.es.example.evil.example/p", "TDD 4.9 preview host"),
        (PREVIEW, "TDD 4.9 preview loop"),
    ],
)
def test_a_browser_is_not_sent_to_a_location_the_provider_does_not_own(
    location: str, rule: str
) -> None:
    with pytest.raises(EdmRefused) as refusal:
        check_preview_location(
            location, allowed_hosts=["preview.es.example"], already_seen=[PREVIEW]
        )
    assert refusal.value.rule == rule


def test_a_new_location_on_a_host_of_the_provider_is_accepted() -> None:
    check_preview_location(
        "https://Preview.es.example/q", allowed_hosts=["preview.es.example"], already_seen=[PREVIEW]
    )


@pytest.mark.parametrize(
    "data", [b"", b"<", b"\xff\xfe", b"<a/>", b"<!DOCTYPE a><a/>", b"<a xmlns='x:'>" * 70]
)
def test_any_bytes_give_a_value_or_our_error(data: bytes) -> None:
    with pytest.raises(EdmRefused):
        read_evidence_request(data)
    with pytest.raises(EdmRefused):
        read_evidence_answer(data)


@pytest.mark.parametrize("line", LINES)
def test_a_request_reads_back_as_it_was_written(line: EdmLine) -> None:
    request = request_of(line)
    assert read_evidence_request(write_evidence_request(request)) == request


@pytest.mark.parametrize("line", LINES)
def test_the_second_request_carries_the_preview_location(line: EdmLine) -> None:
    second = request_of(line).second(
        request_id=urn(2), issued_at=NOW, preview_location=PREVIEW, return_location=RETURN
    )
    read = read_evidence_request(write_evidence_request(second))
    assert read == second
    assert read.return_location == (RETURN if line is EdmLine.V2_0 else None)


def test_in_an_older_line_the_way_back_travels_in_the_address() -> None:
    url = preview_url_with_return(f"{PREVIEW}?id=7", RETURN)
    assert url == (
        f"{PREVIEW}?id=7&returnurl=https%3A%2F%2Fportal.lv.example%2Fr%2F1&returnmethod=GET"
    )


@pytest.mark.parametrize("line", [EdmLine.V1_0, EdmLine.V1_2])
def test_a_flat_answer_reads_back_as_it_was_written(line: EdmLine) -> None:
    answer = response_of(line)
    data = write_evidence_response(answer)
    assert read_evidence_answer(data, content_ids=["part6@es.example"]) == answer


def test_a_packaged_answer_reads_back_with_its_translation() -> None:
    answer = packaged_response()
    assert read_evidence_answer(write_evidence_response(answer)) == answer


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("code", EdmErrorCode)
def test_every_error_code_reads_back_in_both_lines(line: EdmLine, code: EdmErrorCode) -> None:
    failure = failure_of(line, code)
    read = read_evidence_answer(write_evidence_failure(failure))
    assert read == failure


def test_a_legal_person_may_be_the_subject() -> None:
    values = {name: getattr(request_of(EdmLine.V2_0), name) for name in EvidenceRequest.__slots__}
    company = LegalPerson(
        level_of_assurance=LevelOfAssurance.HIGH,
        legal_person_identifier=Identifier("ES/LV/B12345678", "eidas"),
        legal_name="Pérez SL",
    )
    request = EvidenceRequest(**{**values, "subject": company})
    assert read_evidence_request(write_evidence_request(request)) == request


def test_a_supplement_cannot_be_written_in_an_older_line() -> None:
    answer = packaged_response()
    values = {name: getattr(answer, name) for name in EvidenceResponse.__slots__}
    with pytest.raises(EdmMisuse):
        write_evidence_response(EvidenceResponse(**{**values, "line": EdmLine.V1_2}))


def test_no_person_shows_in_a_repr_or_an_error() -> None:
    request = request_of(EdmLine.V2_0)
    assert "García" not in repr(request)
    assert "ES/LV" not in repr(request)


def test_the_newest_common_line_is_chosen() -> None:
    assert EdmLine.choose(["oots-edm:v1.2", "oots-edm:v2.0", "oots-edm:v9.0"]) is EdmLine.V2_0
    with pytest.raises(NoCommonLine):
        EdmLine.choose(["oots-edm:v9.0"])
