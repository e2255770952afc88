"""The 54 official samples and the captured messages give the typed result that they stand for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdg_connector.directory import (
    DirectoryFailure,
    DirectoryRefused,
    MoreNeeded,
    read_data_services,
    read_evidence_types,
    read_requirements,
)
from sdg_connector.errors import PeerMistake
from sdg_connector.evidence import (
    EvidenceFailure,
    read_evidence_answer,
    read_evidence_request,
)

_FIRST, _SECOND = "first v1.0 NaturalPerson", "second v1.0 NaturalPerson"
_PREVIEW = "failure v1.0 EDM:ERR:0002 preview"
_EXCHANGE = "xml/Exchange/4.5.4 - OOTS-EDM XML Examples of the Evidence Exchange"
_BIRTH = f"{_EXCHANGE}/2 Example for requesting a Birth Certificate - natural person"
_SCHOOL = f"{_EXCHANGE}/3 Example for requesting Secondary Education Completion Evidence"
_COMPANY = f"{_EXCHANGE}/4 Example for requesting an Extract of a Commercial Register"
_QUESTION = "4.4.3. Query Error Response of the DSD requesting additional User Provided Attributes"

EXCHANGES = {
    "projectathon-examples": {
        "TC01_Request": _FIRST,
        "TC01_Response": "evidence v1.0 1",
        "TC02_Request": _FIRST,
        "TC02_Response": "evidence v1.0 0",
        "TC03_Request": _FIRST,
        "TC03_Response_alt1_timeout_in_connection_to_base_registry": "failure v1.0 EDM:ERR:0005",
        "TC03_Response_alt2_error_in_connection_to_base_registry": "failure v1.0 EDM:ERR:0008",
        "TC04_Request": _FIRST,
        "TC05_Request": _FIRST,
        "TC05_Response": "evidence v1.0 1",
        "TC06_Request_1": _FIRST,
        "TC06_Response_1": _PREVIEW,
        "TC06_Request_2": _SECOND,
        "TC06_Response_2": "evidence v1.0 1",
        "TC07_Request_1_EP1": _FIRST,
        "TC07_Request_1_EP2": _FIRST,
        "TC07_Response_1_EP1": _PREVIEW,
        "TC07_Response_1_EP2": _PREVIEW,
        "TC07_Request_2_EP1": _SECOND,
        "TC07_Request_2_EP2": _SECOND,
        "TC07_Response_2_EP1": "evidence v1.0 1",
        "TC07_Response_2_EP2": "evidence v1.0 1",
        "TC08_Request_1": _FIRST,
        "TC08_Response_1": _PREVIEW,
        "TC08_Request_2": _SECOND,
        "TC08_Response_2": "evidence v1.0 0",
        "TC09_Request_1": _FIRST,
        "TC09_Response_1": _PREVIEW,
        "TC09_Request_2": _SECOND,
        "TC09_Response_2": "failure v1.0 EDM:ERR:0005",
    },
    _BIRTH: {
        "2.1 Step 1  Evidence Request - Birth - full example": _FIRST,
        "2.2 Step 2  Evidence Response - Birth - full example": "evidence v1.0 1",
    },
    _SCHOOL: {
        # Its severity ends in a control character, which the official rule refuses too.
        "3.2 Step 2 Error Response - Education - full example": "refused R-EDM-ERR-C014",
    },
    _COMPANY: {
        "4.1 Step 1  Evidence Request  - Tax - full example": "refused R-EDM-REQ-C067",
        "4.2 Step 2  Evidence Response - Tax - full example": "evidence v1.0 1",
    },
}
DIRECTORIES = {
    "xml/DSD/Complete XML examples (DSD)": {
        "4.3. Query Response of the DSD - Birth Certificate Simple Flow": "services 1",
        "4.3. Query Response of the DSD - Birth Certificate": "services 1",
        "4.3. Query Response of the DSD - Secondary Education": "services 1",
        "4.3. Query Response of the DSD - Social Security Contributions": "services 1",
        "4.4.1 Query Error Response of the DSD - Birth Certificate": "failure DSD:ERR:0003",
        "4.4.1 Query Error Response of the DSD - Secondary Education": "failure DSD:ERR:0002",
        "4.4.1 Query Error Response of the DSD - Social Security Contributions": (
            "failure DSD:ERR:0001"
        ),
        f"{_QUESTION} - Birth Certificate - DSD-ERR005": "question 1 concepts, LAU",
        f"{_QUESTION} - Secondary Education - DSD-ERR005": "question 1 concepts, NUTS1",
        f"{_QUESTION} - Social Security Contributions - DSD-ERR005": "question 1 concepts, ",
    },
    "xml/EB/Complete XML examples (EB)": {
        "4.2. Get List of Requirements Query - Birth Certificate": "requirements 1",
        "4.2. Get List of Requirements Query - Secondary Education": "requirements 1",
        "4.2. Get List of Requirements Query - Social Security Contributions": "requirements 1",
        "4.3. Get Evidence Types for Requirement Query - Birth Certificate": "types 1",
        "4.3. Get Evidence Types for Requirement Query - Secondary Education": "types 1",
        "4.3. Get Evidence Types for Requirement Query - Social Security Contributions": "types 1",
        "4.4. Query Error Response of the Evidence Broker - Birth": "failure EB:ERR:0003",
        "4.4. Query Error Response of the Evidence Broker - Secondary Education": (
            "failure EB:ERR:0004"
        ),
        "4.4. Query Error Response of the Evidence Broker - Social Security Contributions": (
            "failure EB:ERR:0002"
        ),
    },
}
CAPTURED = {
    "edm-2.0-france/fixtures/reference/messages": {
        "requete": "first v2.0 NaturalPerson",
        "reponse": "evidence v2.0 1",
        "erreur": "failure v2.0 EDM:ERR:0004",
        "erreurCapaciteNonSupportee": "failure v2.0 EDM:ERR:0007",
        "erreurExpiration": "failure v2.0 EDM:ERR:0005",
        "erreurRequeteInvalide": "failure v2.0 EDM:ERR:0003",
    },
    "preview-cyprus-1.0/extracted": {
        "02-Request-Query-QueryRequest-XML-Payload": _FIRST,
        "04-Response-Query-1": _PREVIEW,
        "06-Request-Query-2": _SECOND,
        "08-Response-Query-2": "evidence v1.0 1",
    },
}
COMMON_SERVICES = {
    "dsd_aucun_service_fr": "failure DSD:ERR:0001",
    "dsd_data_services_fi": "services 1",
    "eb_evidence_types_fi": "types 1",
    "eb_evidence_types_fr": "types 1",
    "eb_requirements_catalogue": "requirements 53",
    "eb_requirements_fr": "requirements 1",
    "eb_requirements_vides": "failure EB:ERR:0001",
}


def exchange_message(data: bytes, name: str) -> str:
    try:
        if "equest" in name or name == "requete":
            request = read_evidence_request(data)
            which = "second" if request.preview_location else "first"
            return f"{which} {request.line[9:]} {type(request.subject).__name__}"
        answer = read_evidence_answer(data)
    except PeerMistake as refused:
        return f"refused {refused.rule}"
    if isinstance(answer, EvidenceFailure):
        codes = " ".join(one.code for one in answer.problems)
        return f"failure {answer.line[9:]} {codes}{' preview' * bool(answer.preview)}"
    return f"evidence {answer.line[9:]} {len(answer.documents)}"


def directory_answer(data: bytes, name: str) -> str:
    try:
        if "DSD" in name or name.startswith("dsd"):
            return f"services {len(read_data_services(data))}"
        if "Types" in name or "types" in name:
            return f"types {len(read_evidence_types(data))}"
        return f"requirements {len(read_requirements(data))}"
    except MoreNeeded as question:
        (needed,) = question.needed
        level = needed.jurisdiction.level if needed.jurisdiction else ""
        return f"question {len(needed.concepts)} concepts, {level}"
    except DirectoryFailure as failure:
        return f"failure {failure.code}"


Told = Callable[[bytes, str], str]


def understood(folder: Path, table: dict[str, dict[str, str]], told: Told) -> dict[str, str]:
    return {
        f"{place}/{name}": told((folder / place / f"{name}.xml").read_bytes(), name)
        for place, names in table.items()
        for name in names
    }


def flat(table: dict[str, dict[str, str]]) -> dict[str, str]:
    return {
        f"{place}/{name}": what for place, names in table.items() for name, what in names.items()
    }


@pytest.mark.artefacts
def test_the_official_samples_of_the_exchange(artefacts: Path) -> None:
    assert understood(artefacts / "oots/tdd-1.0", EXCHANGES, exchange_message) == flat(EXCHANGES)


@pytest.mark.artefacts
def test_the_official_samples_of_the_common_services(artefacts: Path) -> None:
    found = understood(artefacts / "oots/tdd-1.0", DIRECTORIES, directory_answer)
    assert found == flat(DIRECTORIES)
    assert len(flat(EXCHANGES)) + len(flat(DIRECTORIES)) == 54


@pytest.mark.artefacts
def test_the_captured_messages(artefacts: Path) -> None:
    assert understood(artefacts / "oots", CAPTURED, exchange_message) == flat(CAPTURED)


@pytest.mark.artefacts
def test_the_captured_answers_of_the_common_services(artefacts: Path) -> None:
    table = {"edm-2.0-france/fixtures/common_services": COMMON_SERVICES}
    assert understood(artefacts / "oots", table, directory_answer) == flat(table)


@pytest.mark.artefacts
def test_an_error_code_of_the_other_service_is_refused(artefacts: Path) -> None:
    folder = artefacts / "oots/edm-2.0-france/fixtures/common_services"
    with pytest.raises(DirectoryRefused, match="R-DSD-ERR-C023"):
        read_data_services((folder / "eb_requirements_vides.xml").read_bytes())
    with pytest.raises(DirectoryRefused, match="R-EB-ERR-016"):
        read_requirements((folder / "dsd_aucun_service_fr.xml").read_bytes())
