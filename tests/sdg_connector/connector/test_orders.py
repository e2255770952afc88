"""Who asks, for whom, through whom, and in which form."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

import eidas
from sdg_connector.connector import (
    EvidenceOffer,
    IntermediaryPlatform,
    OwnOrganisation,
    WantedForm,
    representative_of,
    subject_of,
)
from sdg_connector.connector.orders import Order, first_request
from sdg_connector.errors import OwnMistake
from sdg_connector.evidence import read_evidence_request, write_evidence_request
from sdg_connector.ports import Corner
from sdg_connector.vocabulary import (
    AccessService,
    AgentClassification,
    DataServiceEvidenceType,
    DistributedAs,
    EdmLine,
    EvidenceRole,
    Identifier,
    LegalPerson,
    NaturalPerson,
    Publisher,
    Requirement,
    Text,
)

SR = "https://sr.oots.tech.ec.europa.eu"
UUID = "4ffb5281-179d-4578-adf2-39fd13ccc797"
UNREGISTERED = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"
EAS = "urn:cef.eu:names:identifier:EAS:9930"
ANA = eidas.NaturalPerson(
    identifier=eidas.PersonIdentifier("ES", "LV", "12345678Z"),
    family_name=eidas.Name("García"),
    given_name=eidas.Name("Ana"),
    date_of_birth=date(2001, 5, 17),
)
COMPANY = eidas.LegalPerson(
    identifier=eidas.PersonIdentifier("ES", "LV", "B-47110"), legal_name=eidas.Name("Ejemplo S.L.")
)
US = OwnOrganisation(
    identifier="LV-AIC",
    scheme=UNREGISTERED,
    names=(Text("Academic Information Centre"),),
    country="LV",
)
PLATFORM = IntermediaryPlatform(
    identifier="LV-VISS",
    scheme=UNREGISTERED,
    names=(Text("State integration platform"),),
    country="LV",
)


def offer(line: EdmLine, *forms: DistributedAs) -> EvidenceOffer:
    publisher = Publisher(identifier=Identifier("ES-REG", EAS), names=(Text("Register"),))
    return EvidenceOffer(
        requirement=Requirement(
            identifier=f"{SR}/requirements/{UUID}", names=(Text("Proof of registration"),)
        ),
        service=DataServiceEvidenceType(
            identifier=UUID,
            classification=f"{SR}/evidencetypeclassifications/ES/{UUID}",
            titles=(Text("Extract"),),
            distributed_as=forms or (DistributedAs(format="application/pdf"),),
            access_services=(
                AccessService(
                    identifier=Identifier("AP_ES", UNREGISTERED),
                    conforms_to=(line.value,),
                    publisher=publisher,
                ),
            ),
        ),
        country="ES",
    )


def identity(
    person: eidas.NaturalPerson | eidas.LegalPerson,
    representative: eidas.NaturalPerson | eidas.LegalPerson | None = None,
) -> eidas.Identity:
    """An identity is made by a verified answer alone; here its fields are what is looked at."""
    made = object.__new__(eidas.Identity)
    values = {
        "level": "http://eidas.europa.eu/LoA/high",
        "natural_person": person if isinstance(person, eidas.NaturalPerson) else None,
        "legal_person": person if isinstance(person, eidas.LegalPerson) else None,
        "representative": representative,
    }
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


LINES = pytest.mark.parametrize("line", [EdmLine.V1_2, EdmLine.V2_0])


@LINES
def test_a_representative_asks_for_a_company_through_a_platform(line: EdmLine) -> None:
    acting = identity(COMPANY, ANA)
    request = first_request(
        offer(line),
        request_id=UUID,
        at=datetime(2026, 5, 4, tzinfo=UTC),
        procedure="X1",
        requester=replace(US, platform=PLATFORM),
        subject=subject_of(acting),
        representative=representative_of(acting),
    )
    order = Order.of(
        request,
        receiver=Corner("AP_ES", EAS),
        preview_hosts=(),
        return_location="https://x",
    )
    assert Order.from_bytes(order.to_bytes()) == order
    kept = Order.from_bytes(order.to_bytes()).request
    assert kept == request
    assert isinstance(kept.subject, LegalPerson)
    assert isinstance(kept.representative, NaturalPerson)
    assert kept.representative.given_name == "Ana"
    assert [one.classification for one in kept.requester] == [
        AgentClassification.EVIDENCE_REQUESTER,
        AgentClassification.INTERMEDIARY_PLATFORM,
    ]
    assert order.sender == Corner("LV-AIC", UNREGISTERED)


def test_a_company_may_act_for_a_person() -> None:
    acting = identity(ANA, COMPANY)
    request = first_request(
        offer(EdmLine.V2_0),
        request_id=UUID,
        at=datetime(2026, 5, 4, tzinfo=UTC),
        procedure="X1",
        requester=US,
        subject=subject_of(acting),
        representative=representative_of(acting),
    )
    back = read_evidence_request(write_evidence_request(request))
    assert back.representing_organisation is not None
    assert back.representing_organisation.legal_name == "Ejemplo S.L."
    assert representative_of(identity(ANA)) is None


PDF = DistributedAs(format="application/pdf", languages=("ES", "EN"))
WHOLE = DistributedAs(format="application/xml", conforms_to=f"{SR}/datamodels/extract-1.0.0")
PART = DistributedAs(
    format="application/xml",
    conforms_to=f"{SR}/distributions/extract-1.0.0",
    transformation=f"{SR}/distributions/extract-1.0.0/name-only",
)


def test_pdf_is_asked_for_where_nothing_else_is_wanted() -> None:
    (asked,) = offer(EdmLine.V2_0, WHOLE, PDF).asked().distributed_as
    assert asked == PDF
    (first,) = offer(EdmLine.V2_0, WHOLE).asked().distributed_as
    assert first.format == "application/xml"


def test_a_language_and_what_stands_beside_travel_in_line_two_only() -> None:
    wanted = WantedForm(
        format="application/pdf",
        language="LV",
        beside=(EvidenceRole.TRANSLATION, EvidenceRole.ANNEX),
    )
    (asked,) = offer(EdmLine.V2_0, PDF).asked(wanted).distributed_as
    assert (asked.languages, asked.associated_documents) == (("LV",), ("Translation", "Annex"))
    (older,) = offer(EdmLine.V1_2, PDF).asked(wanted).distributed_as
    assert (older.languages, older.associated_documents) == ((), ())


def test_a_subset_is_asked_for_by_its_transformation() -> None:
    wanted = WantedForm(format="application/xml", subset=PART.transformation)
    (asked,) = offer(EdmLine.V1_2, WHOLE, PART).asked(wanted).distributed_as
    assert asked == PART
    (whole,) = (
        offer(EdmLine.V1_2, PART, WHOLE).asked(WantedForm(format="application/xml")).distributed_as
    )
    assert whole.transformation is None
    assert whole.conforms_to == f"{SR}/distributions/extract-1.0.0"


def test_a_form_that_the_provider_does_not_have_is_not_asked_for() -> None:
    with pytest.raises(OwnMistake, match="form"):
        offer(EdmLine.V2_0, PDF).asked(WantedForm(format="image/png"))
