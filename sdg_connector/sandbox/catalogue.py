"""What a sandbox country has registered at the Common Services: requirement, type, provider."""

from collections.abc import Sequence
from dataclasses import dataclass

from sdg_connector.as4 import OOTS_PARTY_TYPE
from sdg_connector.sandbox.documents import PDF, XML
from sdg_connector.vocabulary import (
    AccessService,
    Address,
    Agent,
    AgentClassification,
    DataServiceEvidenceType,
    DistributedAs,
    EdmLine,
    EvidenceType,
    EvidenceTypeList,
    Identifier,
    Jurisdiction,
    LevelOfAssurance,
    ProviderClassification,
    Publisher,
    ReferenceFramework,
    RelatedFramework,
    Requirement,
    SupportedValue,
    Text,
)

_SEMANTIC_REPOSITORY = "https://sr.oots.tech.ec.europa.eu"
REQUIREMENT_ID = f"{_SEMANTIC_REPOSITORY}/requirements/f8a6a284-34e9-42c7-9733-63b5c4f4aa42"
"""Requirement of the published catalogue: proof of a tertiary education diploma."""
_FRAMEWORK_ID = f"{_SEMANTIC_REPOSITORY}/referenceframeworks/2c3d3a52-0a5c-4f0e-9c0f-3f5a54d36d6b"
QUESTION = ProviderClassification(
    identifier=Identifier("0c7c9948-0a9f-4407-aedd-a956d1479fbd"),
    type="Codelist",
    value_expression=f"{_SEMANTIC_REPOSITORY}/codelists/institution-kind",
    descriptions=(Text("What kind of institution issued your diploma?", "EN"),),
    supported_value=SupportedValue(strings=("Public university", "Private university")),
)
"""What the directory asks when it is switched to ask."""
_PROCEDURES = ("T2", "T3")
_DATA_MODEL = f"{_SEMANTIC_REPOSITORY}/datamodels/1f0d1b5e-6b5a-4d0e-8d0b-4e4c3a7a9a10"


@dataclass(frozen=True, slots=True)
class _Words:
    """The country's own words for its register."""

    language: str
    provider: str
    evidence: str
    uuid: str
    """UUID of the evidence type's classification."""


_WORDS = {
    "ES": _Words(
        "ES",
        "Registro de títulos universitarios (sandbox)",
        "Título universitario",
        "7d0f6a57-8f6b-4f4e-9d52-0c5c3c7c2a01",
    ),
    "EE": _Words(
        "ET",
        "Diplomite register (sandbox)",
        "Kõrgharidusdiplom",
        "7d0f6a57-8f6b-4f4e-9d52-0c5c3c7c2a02",
    ),
    "EL": _Words(
        "EL",
        "Μητρώο διπλωμάτων (sandbox)",
        "Δίπλωμα τριτοβάθμιας εκπαίδευσης",
        "7d0f6a57-8f6b-4f4e-9d52-0c5c3c7c2a03",
    ),
}


@dataclass(frozen=True, slots=True)
class CountryCatalogue:
    """Everything that the Common Services say about one sandbox country."""

    country: str

    @property
    def classification(self) -> str:
        """URI of the evidence type."""
        return (
            f"{_SEMANTIC_REPOSITORY}/evidencetypeclassifications/"
            f"{self.country}/{_WORDS[self.country].uuid}"
        )

    @property
    def party(self) -> Identifier:
        """The country's access point."""
        return Identifier(f"AP_{self.country}", OOTS_PARTY_TYPE)

    @property
    def titles(self) -> tuple[Text, ...]:
        """Names of the evidence type."""
        words = _WORDS[self.country]
        return (Text("Higher education diploma", "EN"), Text(words.evidence, words.language))

    def provider(self, classification: AgentClassification) -> Agent:
        """The register, in the role of evidence provider or of error provider."""
        words = _WORDS[self.country]
        return Agent(
            identifier=self._provider_id,
            names=(
                Text("Register of diplomas (sandbox)", "EN"),
                Text(words.provider, words.language),
            ),
            address=Address(country=self.country),
            classification=classification,
        )

    @property
    def _provider_id(self) -> Identifier:
        return Identifier(
            f"{self.country}-DIPLOMA-REGISTER",
            f"urn:oasis:names:tc:ebcore:partyid-type:unregistered:{self.country}",
        )

    def evidence_type(self) -> EvidenceType:
        """The evidence type as the Evidence Broker and answers name it."""
        return EvidenceType(classification=self.classification, titles=self.titles)

    def requirement_with_types(self) -> Requirement:
        """The requirement with the evidence types of this country that prove it."""
        return Requirement(
            identifier=REQUIREMENT_ID,
            names=requirement().names,
            descriptions=requirement().descriptions,
            reference_frameworks=requirements(None, None)[0].reference_frameworks,
            evidence_type_lists=(
                EvidenceTypeList(
                    identifier=f"{_SEMANTIC_REPOSITORY}/evidencetypelists/{_WORDS[self.country].uuid}",
                    names=self.titles,
                    evidence_types=(self.evidence_type(),),
                    jurisdictions=(Jurisdiction(country=self.country),),
                ),
            ),
        )

    def data_service(self) -> DataServiceEvidenceType:
        """The register as the Data Service Directory lists it."""
        provider = self.provider(AgentClassification.EVIDENCE_PROVIDER)
        return DataServiceEvidenceType(
            identifier=_WORDS[self.country].uuid.replace("7d0f", "8e1f", 1),
            classification=self.classification,
            titles=self.titles,
            descriptions=(Text("Diploma with grade and credits, as PDF and as XML", "EN"),),
            distributed_as=(
                DistributedAs(format=PDF, languages=(_WORDS[self.country].language,)),
                DistributedAs(
                    format=XML,
                    languages=(_WORDS[self.country].language,),
                    conforms_to=_DATA_MODEL,
                ),
            ),
            access_services=(
                AccessService(
                    identifier=self.party,
                    names=provider.names,
                    conforms_to=(EdmLine.V1_2.value, EdmLine.V2_0.value),
                    publisher=Publisher(
                        identifier=provider.identifier,
                        names=provider.names,
                        address=provider.address,
                        jurisdictions=(Jurisdiction(country=self.country),),
                    ),
                ),
            ),
            authentication_level=LevelOfAssurance.SUBSTANTIAL,
        )


def requirement() -> Requirement:
    """The requirement that the sandbox's procedures have."""
    return Requirement(
        identifier=REQUIREMENT_ID,
        names=(Text("Proof of tertiary education diploma/certificate/degree", "EN"),),
        descriptions=(
            Text("Evidence that the person holds a higher education qualification", "EN"),
        ),
    )


def requirements(procedure: str | None, country: str | None) -> Sequence[Requirement]:
    """The requirements of a procedure in the country that runs it."""
    if procedure is not None and procedure not in _PROCEDURES:
        return ()
    framework = ReferenceFramework(
        identifier=_FRAMEWORK_ID,
        titles=(Text("Recognition of higher education qualifications", "EN"),),
        related_to=tuple(
            RelatedFramework(identifier=code) for code in _PROCEDURES if procedure in (None, code)
        ),
        jurisdictions=(Jurisdiction(country=country or "LV"),),
    )
    plain = requirement()
    return (
        Requirement(
            identifier=plain.identifier,
            names=plain.names,
            descriptions=plain.descriptions,
            reference_frameworks=(framework,),
        ),
    )


DATA_MODEL = _DATA_MODEL
"""What the XML form of the diploma conforms to."""
