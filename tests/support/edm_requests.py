"""A request that passes the rules of every line."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sdg_connector.evidence import EvidenceRequest
from sdg_connector.vocabulary import (
    EIDAS_SCHEME,
    Address,
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

SR = "https://sr.oots.tech.ec.europa.eu"
UUID = "4ffb5281-179d-4578-adf2-39fd13ccc797"


def request_for(line: EdmLine) -> EvidenceRequest:
    """A Spanish university asks a Latvian register for Ilze's diploma."""
    requester = Agent(
        identifier=Identifier("ES-UNI", "urn:cef.eu:names:identifier:EAS:9920"),
        names=(Text("Universidad"),),
        address=Address(country="ES"),
        classification=AgentClassification.EVIDENCE_REQUESTER,
    )
    return EvidenceRequest(
        request_id=f"urn:uuid:{UUID}",
        line=line,
        issued_at=datetime.now(UTC),
        procedure="T3",
        requirements=(
            Requirement(identifier=f"{SR}/requirements/{UUID}", names=(Text("Diploma"),)),
        ),
        requester=(requester,),
        provider=replace(requester, address=None, classification=None),
        evidence_type=DataServiceEvidenceType(
            identifier=UUID,
            classification=f"{SR}/evidencetypeclassifications/LV/{UUID}",
            titles=(Text("Diploma"),),
            distributed_as=(DistributedAs(format="application/pdf"),),
        ),
        subject=NaturalPerson(
            level_of_assurance=LevelOfAssurance.HIGH,
            identifier=Identifier("LV/ES/020398-12345", EIDAS_SCHEME),
            family_name="Berzina",
            given_name="Ilze",
            date_of_birth=date(1998, 3, 2),
        ),
    )
