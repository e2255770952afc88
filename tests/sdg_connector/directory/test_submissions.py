"""Submissions to the Life Cycle Management interface: the official ones, ours, and broken ones."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from lxml import etree

from sdg_connector.directory import (
    DirectoryFailure,
    DirectoryMisuse,
    DirectoryRefused,
    Submission,
    data_services_submission,
    read_submission,
    read_submission_answer,
    requirements_submission,
    write_submission,
    write_submission_answer,
)
from sdg_connector.vocabulary import (
    AccessService,
    Address,
    CommonServicesLine,
    DataServiceEvidenceType,
    DistributedAs,
    EvidenceType,
    EvidenceTypeList,
    Identifier,
    Jurisdiction,
    LcmErrorCode,
    Publisher,
    ReferenceFramework,
    RelatedFramework,
    Requirement,
    Text,
)
from tests.support.official_schema import official_schema

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0}"
SR = "https://sr.oots.tech.europa.eu"
UUID = "4ffb5281-179d-4578-adf2-39fd13ccc797"
OFFICIAL = {
    "3.1.5*/5.5 * Birth Certificate.xml": ("dsd", 3, {"ServesEvidenceType": 2}),
    "3.1.5*/5.5 * Bulk submission.xml": ("dsd", 9, {"ServesEvidenceType": 6}),
    "3.2.5*/5.4 * Birth Certificate.xml": (
        "eb",
        4,
        {"ContainsEvidence": 1, "FulfillsRequirement": 1, "DerivesFromReferenceFramework": 1},
    ),
    "3.2.5*/5.4 * Bulk submission.xml": (
        "eb",
        18,
        {"ContainsEvidence": 7, "FulfillsRequirement": 4, "DerivesFromReferenceFramework": 4},
    ),
}


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"urn:uuid:00000000-0000-4000-8000-{next(numbers):012}"


def service(*providers: str) -> DataServiceEvidenceType:
    return DataServiceEvidenceType(
        identifier=UUID,
        classification=f"{SR}/evidencetypeclassifications/LV/{UUID}",
        titles=(Text("Certificate of birth"), Text("Dzimšanas apliecība", "LV")),
        distributed_as=(DistributedAs(format="application/pdf"),),
        access_services=tuple(
            AccessService(
                identifier=Identifier("AP_LV", "urn:cef.eu:names:identifier:EAS:9930"),
                conforms_to=("oots-edm:v1.0",),
                publisher=Publisher(
                    identifier=Identifier(name, "urn:cef.eu:names:identifier:EAS:9930"),
                    names=(Text(name),),
                    address=Address(country="LV"),
                    jurisdictions=(Jurisdiction(country="LV"),),
                ),
            )
            for name in providers
        ),
    )


def requirement(number: int) -> Requirement:
    kind = EvidenceType(
        classification=f"{SR}/evidencetypeclassifications/LV/{UUID}",
        titles=(Text("Certificate of birth"),),
        jurisdictions=(Jurisdiction(country="LV"),),
    )
    return Requirement(
        identifier=f"{SR}/requirements/{UUID[:-1]}{number}",
        names=(Text("Proof of birth"),),
        reference_frameworks=(
            ReferenceFramework(
                identifier=UUID,
                titles=(Text("Registration of birth"),),
                related_to=(RelatedFramework(identifier="R1"),),
                jurisdictions=(Jurisdiction(country="LV"),),
            ),
        ),
        evidence_type_lists=(
            EvidenceTypeList(
                identifier=f"{UUID[:-1]}{number}", names=(Text("List"),), evidence_types=(kind,)
            ),
        ),
    )


SERVED = data_services_submission([service("Riga", "Liepaja"), service("Riga")], new_id=ids())
ASKED = requirements_submission([requirement(1), requirement(2)], new_id=ids())
V1 = CommonServicesLine.V1_0


@pytest.mark.artefacts
@pytest.mark.parametrize("pattern", OFFICIAL)
def test_the_official_submissions_are_understood_and_go_back(artefacts: Path, pattern: str) -> None:
    folder = artefacts / "oots/tdd-1.0/xml/LCM/Complete XML Examples"
    (file,) = folder.glob(pattern)
    found = read_submission(file.read_bytes())
    kinds = Counter(link.kind.value for link in found.links)
    assert (found.registry.value, len(found.objects), dict(kinds)) == OFFICIAL[pattern]
    assert read_submission(write_submission(found, line=V1)) == found


def test_what_several_share_is_registered_once() -> None:
    assert len(SERVED.objects) == 3
    assert [link.kind.value for link in SERVED.links] == ["ServesEvidenceType"] * 2
    names = Counter(type(one.value).__name__ for one in ASKED.objects)
    assert names == {
        "Requirement": 2,
        "ReferenceFramework": 1,
        "EvidenceTypeList": 2,
        "EvidenceType": 1,
    }


@pytest.mark.parametrize("submission", [SERVED, ASKED], ids=["dsd", "eb"])
def test_a_submission_reads_back_as_it_was_written(submission: Submission) -> None:
    for line in (V1, CommonServicesLine.V1_2, CommonServicesLine.V2_0):
        if submission is ASKED and line is CommonServicesLine.V2_0:
            continue
        assert read_submission(write_submission(submission, line=line)) == submission


@pytest.mark.artefacts
def test_what_we_submit_passes_the_official_schema(artefacts: Path) -> None:
    schema = official_schema(artefacts)
    for one in (SERVED, ASKED):
        schema.assertValid(etree.fromstring(write_submission(one, line=V1)))
    for problem in (None, *LcmErrorCode):
        schema.assertValid(etree.fromstring(write_submission_answer(SERVED.id, problem=problem)))


def broken(change: Callable[[list[etree._Element]], None]) -> bytes:
    root = etree.fromstring(write_submission(SERVED, line=V1))
    change(list(root[0]))
    return etree.tostring(root)


def without_classification(objects: list[etree._Element]) -> None:
    objects[0].remove(objects[0][-1])


def without_slot(objects: list[etree._Element]) -> None:
    objects[0].remove(objects[0][0])


def attribute(number: int, name: str, value: str) -> Callable[[list[etree._Element]], None]:
    return lambda objects: objects[number].set(name, value)


def classified(name: str, value: str) -> Callable[[list[etree._Element]], None]:
    return lambda objects: objects[0][-1].set(name, value)


@pytest.mark.parametrize(
    ("change", "rule", "code"),
    [
        (without_classification, "R-DSD-SUB-S007", "LCM:ERR:0001"),
        (without_slot, "R-DSD-SUB-S018", "LCM:ERR:0001"),
        (classified("classificationNode", "Anything"), "R-DSD-SUB-S013", "LCM:ERR:0001"),
        (classified("classificationNode", "EvidenceProvider"), "R-DSD-SUB-S018", "LCM:ERR:0001"),
        (
            classified("classificationScheme", "urn:fdc:oots:classification:eb"),
            "R-DSD-SUB-S012",
            "LCM:ERR:0001",
        ),
        (classified("id", "1"), "R-DSD-SUB-S009", "LCM:ERR:0001"),
        (attribute(0, "id", "1"), "R-DSD-SUB-S032", "LCM:ERR:0001"),
        (attribute(0, "id", SERVED.objects[1].id), "R-DSD-SUB-S006", "LCM:ERR:0001"),
        (attribute(-1, "sourceObject", "urn:uuid:x"), "R-DSD-SUB-S023", "LCM:ERR:0002"),
        (attribute(-1, "sourceObject", SERVED.objects[0].id), "R-DSD-SUB-S028", "LCM:ERR:0002"),
        (attribute(-1, "type", "urn:other"), "R-DSD-SUB-S029", "LCM:ERR:0002"),
    ],
)
def test_a_broken_submission_is_refused_by_its_rule(
    change: Callable[[list[etree._Element]], None], rule: str, code: str
) -> None:
    with pytest.raises(DirectoryRefused) as refused:
        read_submission(broken(change))
    assert (refused.value.rule, refused.value.wire_code) == (rule, code)


def test_rubbish_is_a_data_set_that_failed() -> None:
    with pytest.raises(DirectoryRefused) as refused:
        read_submission(b"<a/>")
    assert refused.value.wire_code == "LCM:ERR:0003"


def test_a_submission_of_nothing_is_not_written() -> None:
    with pytest.raises(DirectoryMisuse):
        write_submission(data_services_submission([], new_id=ids()))


def test_an_answer_says_whether_the_submission_was_taken_in() -> None:
    read_submission_answer(write_submission_answer(SERVED.id), expected_request_id=SERVED.id)
    for code in LcmErrorCode:
        with pytest.raises(DirectoryFailure) as failure:
            read_submission_answer(
                write_submission_answer(SERVED.id, problem=code, detail="why"),
                expected_request_id=SERVED.id,
            )
        assert (failure.value.code, failure.value.detail) == (code, "why")


def test_an_answer_to_another_submission_is_refused() -> None:
    with pytest.raises(DirectoryRefused, match="R-LCM-SUC-004"):
        read_submission_answer(write_submission_answer(ASKED.id), expected_request_id="urn:uuid:1")
    unread = write_submission_answer(None, problem=LcmErrorCode.DATASET)
    with pytest.raises(DirectoryFailure, match="LCM:ERR:0003"):
        read_submission_answer(unread, expected_request_id=SERVED.id)


def test_a_submission_that_breaks_a_published_rule_is_not_written() -> None:
    wanted = replace(requirement(1), identifier="https://example.org/requirements/1")
    with pytest.raises(DirectoryMisuse, match="EB-SUB: R-EB-SUB-C012"):
        write_submission(requirements_submission([wanted], new_id=ids()))
