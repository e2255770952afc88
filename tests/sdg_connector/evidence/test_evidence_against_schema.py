"""What we write in line 1.0 passes the official XML schema."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from sdg_connector.evidence import (
    EvidenceFailure,
    EvidenceProblem,
    EvidenceRequest,
    PreviewRequired,
    write_evidence_failure,
    write_evidence_request,
)
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
from tests.support.official_schema import official_schema

NOW = datetime(2026, 5, 4, tzinfo=UTC)
UUID = "4ffb5281-179d-4578-adf2-39fd13ccc797"
SR = "https://sr.oots.tech.ec.europa.eu"


def agent(kind: AgentClassification) -> Agent:
    return Agent(
        identifier=Identifier("LV90000000", "urn:cef.eu:names:identifier:EAS:9930"),
        names=(Text("Rīgas universitāte", "LV"),),
        address=Address(country="LV"),
        classification=kind,
    )


def request() -> bytes:
    return write_evidence_request(
        EvidenceRequest(
            request_id=f"urn:uuid:{UUID}",
            line=EdmLine.V1_0,
            issued_at=NOW,
            procedure="T3",
            requirements=(
                Requirement(identifier=f"{SR}/requirements/{UUID}", names=(Text("Diploma"),)),
            ),
            requester=(agent(AgentClassification.EVIDENCE_REQUESTER),),
            provider=agent(AgentClassification.EVIDENCE_PROVIDER).reference(),
            evidence_type=DataServiceEvidenceType(
                identifier=UUID,
                classification=f"{SR}/evidencetypeclassifications/ES/{UUID}",
                titles=(Text("Diploma"),),
                distributed_as=(DistributedAs(format="application/pdf"),),
            ),
            subject=NaturalPerson(
                level_of_assurance=LevelOfAssurance.HIGH,
                identifier=Identifier("ES/LV/123123123", "eidas"),
                family_name="García",
                given_name="Lucía",
                date_of_birth=date(2001, 2, 3),
                place_of_birth="Sevilla",
                gender="Female",
            ),
        )
    )


def failure() -> bytes:
    preview = PreviewRequired(location="https://p.example/1", descriptions=(Text("Look"),))
    code = EdmErrorCode.MISSING_AUTHORIZATION
    return write_evidence_failure(
        EvidenceFailure(
            request_id=f"urn:uuid:{UUID}",
            response_id=UUID,
            line=EdmLine.V1_0,
            provider=agent(AgentClassification.ERROR_PROVIDER),
            requester=agent(AgentClassification.EVIDENCE_REQUESTER).reference(),
            problems=(EvidenceProblem(code=code, at=NOW, preview=preview),),
        )
    )


@pytest.fixture(scope="module")
def schema(artefacts: Path) -> etree.XMLSchema:
    return official_schema(artefacts)


@pytest.mark.artefacts
@pytest.mark.parametrize("data", [request(), failure()], ids=["request", "preview exception"])
def test_what_we_write_passes_the_official_schema(schema: etree.XMLSchema, data: bytes) -> None:
    schema.assertValid(etree.fromstring(data))


@pytest.mark.artefacts
def test_the_official_schema_notices_a_missing_family_name(schema: etree.XMLSchema) -> None:
    root = etree.fromstring(request())
    name = next(root.iter("{http://data.europa.eu/p4s}FamilyName"))
    name.getparent().remove(name)
    assert not schema.validate(root)
