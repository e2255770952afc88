"""Values from lists: regions, genders, and whose code list a question is from."""

from dataclasses import replace

import pytest

from sdg_connector.evidence import (
    EdmMisuse,
    EdmRefused,
    EvidenceRequest,
    read_evidence_answer,
    read_evidence_request,
    write_evidence_failure,
    write_evidence_request,
)
from sdg_connector.vocabulary import EdmLine, Identifier
from sdg_connector.vocabulary.rules.territories import region
from tests.support.full_messages import PERSON, full_failure, full_request

LISTS = "https://sr.oots.tech.ec.europa.eu/codelists"


def asked(line: EdmLine, scheme: str | None) -> EvidenceRequest:
    request = full_request(line, PERSON)
    (concept,) = request.provider_classification
    named = replace(concept, identifier=Identifier(concept.key, scheme))
    return replace(request, provider_classification=(named,))


@pytest.mark.parametrize("code", ["LV", "LV0", "LV00", "LV00A", "EL30", "UKN01", "FR101"])
def test_a_region_of_any_level_has_the_form_of_one(code: str) -> None:
    assert region().holds(code)


@pytest.mark.parametrize(
    "code", ["", "L", "ZZ9", "GR30", "EU1", "LV00AB", "lv00a", " LV00", "Rīga"]
)
def test_what_is_no_region_is_refused(code: str) -> None:
    assert not region().holds(code)


@pytest.mark.parametrize("rule", ["R-EDM-REQ-C016", "R-EDM-ERR-C006"])
def test_an_agents_region_is_asked_for_its_form_in_later_lines(rule: str) -> None:
    def with_region(code: str) -> bytes:
        if rule == "R-EDM-ERR-C006":
            document = write_evidence_failure(full_failure(EdmLine.V1_2))
        else:
            document = write_evidence_request(full_request(EdmLine.V1_2, PERSON))
        level = b"<sdg:AdminUnitLevel1>LV</sdg:AdminUnitLevel1>"
        assert level in document
        return document.replace(
            level, level + f"<sdg:AdminUnitLevel2>{code}</sdg:AdminUnitLevel2>".encode()
        )

    read = read_evidence_answer if rule == "R-EDM-ERR-C006" else read_evidence_request
    assert read(with_region("LV006"))
    with pytest.raises(EdmRefused, match=rule):
        read(with_region("ZZ9"))


@pytest.mark.parametrize("gender", ["7", "8", "male", "F", ""])
def test_a_representatives_gender_is_from_the_list(gender: str) -> None:
    request = full_request(EdmLine.V2_0, PERSON)
    odd = replace(request, representative=replace(PERSON, gender=gender, identifier=None))
    with pytest.raises(EdmMisuse, match="R-EDM-REQ-C124"):
        write_evidence_request(odd)
    older = replace(full_request(EdmLine.V1_2, PERSON), representative=odd.representative)
    if gender:
        assert write_evidence_request(older)


@pytest.mark.parametrize("line", [EdmLine.V1_2, EdmLine.V2_0])
@pytest.mark.parametrize("scheme", [None, f"{LISTS}/LV/Region", f"{LISTS}/EU/Region"])
def test_the_code_list_behind_a_question_is_repeated(line: EdmLine, scheme: str | None) -> None:
    request = asked(line, scheme)
    assert read_evidence_request(write_evidence_request(request)) == request


@pytest.mark.parametrize(
    ("scheme", "rule"),
    [
        (f"{LISTS}/US/County", "R-EDM-REQ-C098"),
        (f"{LISTS}/LV", "R-EDM-REQ-C098"),
        (f"{LISTS}/oots/Region", "R-EDM-REQ-C098"),
        ("https://elsewhere.example/oots.tech.ec.europa.eu/codelists/LV/x", "R-EDM-REQ-C097"),
        ("", "R-EDM-REQ-C097"),
    ],
)
def test_a_code_list_of_nobody_who_takes_part_is_refused(scheme: str, rule: str) -> None:
    with pytest.raises(EdmMisuse, match=rule):
        write_evidence_request(asked(EdmLine.V2_0, scheme))
    assert write_evidence_request(asked(EdmLine.V1_0, scheme))
