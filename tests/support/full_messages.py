"""Messages of line 1.0 and later that use every part of the data model that there is."""

from datetime import UTC, date, datetime

from sdg_connector.evidence import (
    EvidenceDocument,
    EvidenceFailure,
    EvidencePackage,
    EvidenceProblem,
    EvidenceRequest,
    EvidenceResponse,
    PreviewRequired,
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
    Period,
    ProviderClassification,
    Requirement,
    SupportedValue,
    Text,
)

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
SR = "https://sr.oots.tech.ec.europa.eu"
_UUID = "4ffb5281-179d-4578-adf2-39fd13ccc7"
_EIDAS = Identifier("ES/LV/123456789", "eidas")
_ADDRESS = Address(
    full_address="Rīgas iela 1",
    locator_designator="1",
    post_code="LV-1000",
    post_city_name="Rīga",
    thoroughfare="Rīgas iela",
    country="LV",
)


def uuid(number: int) -> str:
    return f"{_UUID}{number:02}"


def urn(number: int) -> str:
    return f"urn:uuid:{uuid(number)}"


def agent(kind: AgentClassification) -> Agent:
    return Agent(
        identifier=Identifier("LV90000000", "urn:cef.eu:names:identifier:EAS:9930"),
        names=(Text("Rīgas universitāte", "LV"), Text("University of Riga")),
        address=_ADDRESS,
        classification=kind,
    )


PERSON = NaturalPerson(
    level_of_assurance=LevelOfAssurance.HIGH,
    identifier=_EIDAS,
    family_name="García & Söhne",
    given_name="Lucía",
    date_of_birth=date(2001, 2, 3),
    birth_name="Pérez",
    place_of_birth="Sevilla",
    current_address=_ADDRESS,
    gender="Female",
)
ORGANISATION = LegalPerson(
    level_of_assurance=LevelOfAssurance.SUBSTANTIAL,
    identifiers=(Identifier("LV40000000000", "VAT"),),
    legal_person_identifier=_EIDAS,
    legal_name="SIA Piemērs",
    registered_address=_ADDRESS,
)


def full_request(line: EdmLine, subject: NaturalPerson | LegalPerson) -> EvidenceRequest:
    """A second request with a representative and an answered question."""
    packaged = line.is_packaged
    return EvidenceRequest(
        request_id=urn(1),
        line=line,
        issued_at=NOW,
        procedure="T3",
        requirements=(
            Requirement(identifier=f"{SR}/requirements/{uuid(2)}", names=(Text("Diploma"),)),
        ),
        requester=(
            agent(AgentClassification.EVIDENCE_REQUESTER),
            agent(AgentClassification.INTERMEDIARY_PLATFORM),
        ),
        provider=agent(AgentClassification.EVIDENCE_PROVIDER).reference(),
        evidence_type=DataServiceEvidenceType(
            identifier=uuid(3),
            classification=f"{SR}/evidencetypeclassifications/ES/{uuid(4)}",
            titles=(Text("Diploma"),),
            descriptions=(Text("A diploma"),),
            distributed_as=(
                DistributedAs(
                    format="application/xml",
                    conforms_to=f"{SR}/distributions/diploma-1.0.0",
                    transformation=None if packaged else f"{SR}/distributions/part-1.0.0",
                    languages=("ES",) if packaged else (),
                ),
            ),
        ),
        subject=subject,
        preview_location="https://preview.example/1",
        return_location="https://portal.example/2" if packaged else None,
        provider_classification=(
            ProviderClassification(
                identifier=Identifier(uuid(5)),
                type="Codelist",
                value_expression=f"{SR}/codelists/regions",
                descriptions=(Text("Where did you study?"),),
                supported_value=SupportedValue(strings=("ES61",)),
            ),
        ),
        representative=PERSON,
    )


def _document(
    number: int, role: EvidenceRole, line: EdmLine, metadata: Evidence
) -> EvidenceDocument:
    return EvidenceDocument(
        object_id=urn(number),
        metadata=metadata,
        content_id=f"part{number}@es.example",
        title="Diploma",
        role=role,
        classification_id=urn(number + 20) if line.is_packaged else None,
        association_id=None if role is EvidenceRole.MAIN else urn(number + 40),
    )


def full_response(
    line: EdmLine, subject: NaturalPerson | LegalPerson, *, evidences: int = 1
) -> EvidenceResponse:
    """An answer with evidence in XML, and in line 2.0 with each kind of supplement."""
    supplements = [one for one in EvidenceRole if one is not EvidenceRole.MAIN]
    packages = []
    for number in range(6, 6 + evidences):
        evidence = Evidence(
            identifier=uuid(number),
            is_about=IsAbout.of(subject),
            issuing_authority=agent(AgentClassification.EVIDENCE_PROVIDER).reference(),
            conformant_to=EvidenceType(
                classification=f"{SR}/evidencetypeclassifications/ES/{uuid(4)}",
                titles=(Text("Diploma"),),
                descriptions=(Text("A diploma"),),
            ),
            issuing_date=date(2020, 6, 30),
            distribution=Distribution(
                format="application/xml",
                languages=("ES",),
                conforms_to=f"{SR}/distributions/diploma-1.0.0",
                transformation=None if line.is_packaged else f"{SR}/distributions/part-1.0.0",
            ),
            validity_period=Period(start=date(2020, 6, 30), end=date(2099, 6, 30)),
        )
        packages.append(
            EvidencePackage(
                package_id=urn(number + 60) if line.is_packaged else urn(number),
                main=_document(number, EvidenceRole.MAIN, line, evidence),
                supplements=tuple(
                    _document(10 + place, role, line, Evidence(identifier=uuid(10 + place)))
                    for place, role in enumerate(supplements)
                )
                if line.is_packaged and evidences == 1
                else (),
            )
        )
    return EvidenceResponse(
        request_id=urn(1),
        response_id=uuid(7),
        line=line,
        issued_at=NOW,
        provider=(
            agent(AgentClassification.EVIDENCE_PROVIDER),
            agent(AgentClassification.INTERMEDIARY_PLATFORM),
        ),
        requester=agent(AgentClassification.EVIDENCE_REQUESTER).reference(),
        packages=tuple(packages),
    )


def full_failure(line: EdmLine) -> EvidenceFailure:
    """The preview exception."""
    preview = PreviewRequired(
        location="https://preview.example/1",
        descriptions=(Text("Look"), Text("Mira", "ES")),
        method=None if line.is_packaged else "GET",
    )
    return EvidenceFailure(
        request_id=urn(1),
        response_id=uuid(7),
        line=line,
        provider=agent(AgentClassification.ERROR_PROVIDER),
        requester=agent(AgentClassification.EVIDENCE_REQUESTER).reference(),
        problems=(
            EvidenceProblem(code=EdmErrorCode.MISSING_AUTHORIZATION, at=NOW, preview=preview),
        ),
    )
