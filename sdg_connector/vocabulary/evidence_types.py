"""What may be proven, by which evidence types, and who serves them."""

# ruff: noqa: RUF009  one(), optional() and many() give dataclass fields, never shared values

from dataclasses import dataclass, replace

from sdg_connector.vocabulary.binding import STRING, coded, many, nested, one, optional
from sdg_connector.vocabulary.codes import LevelOfAssurance
from sdg_connector.vocabulary.metadata import (
    IDENTIFIER,
    TEXT,
    Address,
    Identifier,
    Jurisdiction,
    Text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportedValue:
    """``sdg:SupportedValue``: what the person answered, or may answer."""

    strings: tuple[str, ...] = many("StringValue", STRING)
    dates: tuple[str, ...] = many("DateValue", STRING)
    booleans: tuple[str, ...] = many("BooleanValue", STRING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderClassification:
    """``sdg:EvidenceProviderClassification``: a question that tells one provider from another."""

    identifier: Identifier = one("Identifier", IDENTIFIER)
    """UUID; its scheme, from line 1.2 on, is the address of a code list."""
    type: str | None = optional("Type", STRING)
    value_expression: str | None = optional("ValueExpression", STRING)
    """URI of the code list of possible answers."""
    descriptions: tuple[Text, ...] = many("Description", TEXT)
    supported_value: SupportedValue | None = optional("SupportedValue", nested(SupportedValue))

    @property
    def key(self) -> str:
        """The UUID: the name of the query parameter that carries the answer."""
        return self.identifier.value


@dataclass(frozen=True, slots=True, kw_only=True)
class JurisdictionDetermination:
    """``sdg:EvidenceProviderJurisdictionDetermination`` of the 1.x lines: whose region counts."""

    context_id: str = one("JurisdictionContextId", STRING)
    contexts: tuple[Text, ...] = many("JurisdictionContext", TEXT, least=1)
    level: str = one("JurisdictionLevel", STRING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """``sdg:Distribution``: one form in which an evidence exists."""

    format: str = one("Format", STRING)
    languages: tuple[str, ...] = many("Language", STRING)
    conforms_to: str | None = optional("ConformsTo", STRING)
    transformation: str | None = optional("Transformation", STRING, until=(1, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributedAs:
    """``sdg:DistributedAs``: a form that a data service delivers, or is asked for."""

    format: str = one("Format", STRING)
    languages: tuple[str, ...] = many("Language", STRING, since=(2, 0))
    conforms_to: str | None = optional("ConformsTo", STRING)
    transformation: str | None = optional("Transformation", STRING, until=(1, 2))
    associated_documents: tuple[str, ...] = many("AssociatedDocumentRequest", STRING, since=(2, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """``sdg:Publisher``: the evidence provider behind an access service."""

    identifier: Identifier = one("Identifier", IDENTIFIER)
    names: tuple[Text, ...] = many("Name", TEXT, least=1)
    descriptions: tuple[Text, ...] = many("Description", TEXT, since=(1, 1))
    address: Address | None = optional("Address", nested(Address))
    jurisdictions: tuple[Jurisdiction, ...] = many("Jurisdiction", nested(Jurisdiction))
    concepts: tuple[ProviderClassification, ...] = many(
        "ClassificationConcept", nested(ProviderClassification)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessService:
    """``sdg:AccessService``: an access point and the lines of the model it speaks."""

    identifier: Identifier = one("Identifier", IDENTIFIER)
    names: tuple[Text, ...] = many("Name", TEXT)
    conforms_to: tuple[str, ...] = many("ConformsTo", STRING, least=1)
    publisher: Publisher | None = optional("Publisher", nested(Publisher))


@dataclass(frozen=True, slots=True, kw_only=True)
class DataServiceEvidenceType:
    """``sdg:DataServiceEvidenceType``: one evidence type as one data service serves it."""

    identifier: str = one("Identifier", STRING)
    classification: str = one("EvidenceTypeClassification", STRING)
    titles: tuple[Text, ...] = many("Title", TEXT, least=1)
    descriptions: tuple[Text, ...] = many("Description", TEXT)
    distributed_as: tuple[DistributedAs, ...] = many("DistributedAs", nested(DistributedAs))
    access_services: tuple[AccessService, ...] = many("AccessService", nested(AccessService))
    authentication_level: LevelOfAssurance | None = optional(
        "AuthenticationLevelOfAssurance", coded(LevelOfAssurance)
    )
    notes: tuple[Text, ...] = many("Note", TEXT)
    jurisdiction_determination: JurisdictionDetermination | None = optional(
        "EvidenceProviderJurisdictionDetermination",
        nested(JurisdictionDetermination),
        until=(1, 2),
    )
    classifications: tuple[ProviderClassification, ...] = many(
        "EvidenceProviderClassification", nested(ProviderClassification)
    )

    def for_request(
        self, *, distribution: DistributedAs | None = None
    ) -> "DataServiceEvidenceType":
        """The part of a directory's answer that a request repeats, in one chosen form.

        R-EDM-REQ-S045 and C032: no access service, level, jurisdiction or classification.
        """
        chosen = distribution or next(iter(self.distributed_as), None)
        return replace(
            self,
            distributed_as=() if chosen is None else (chosen,),
            access_services=(),
            authentication_level=None,
            notes=(),
            jurisdiction_determination=None,
            classifications=(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceType:
    """``sdg:EvidenceType``: a kind of evidence, as the Evidence Broker and answers name it."""

    classification: str = one("EvidenceTypeClassification", STRING)
    titles: tuple[Text, ...] = many("Title", TEXT, least=1)
    descriptions: tuple[Text, ...] = many("Description", TEXT)
    jurisdictions: tuple[Jurisdiction, ...] = many("Jurisdiction", nested(Jurisdiction))
    distributions: tuple[Distribution, ...] = many("Distribution", nested(Distribution))


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTypeList:
    """``sdg:EvidenceTypeList``: evidence types that only together prove a requirement."""

    identifier: str = one("Identifier", STRING)
    names: tuple[Text, ...] = many("Name", TEXT)
    evidence_types: tuple[EvidenceType, ...] = many("EvidenceType", nested(EvidenceType))
    jurisdictions: tuple[Jurisdiction, ...] = many(
        "Jurisdiction", nested(Jurisdiction), since=(2, 0)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedFramework:
    """``sdg:RelatedTo``: a framework's procedure, by its code (R-EB-REQ-S015)."""

    identifier: str = one("Identifier", STRING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFramework:
    """``sdg:ReferenceFramework``: the law or procedure that a requirement comes from."""

    identifier: str = one("Identifier", STRING)
    titles: tuple[Text, ...] = many("Title", TEXT)
    descriptions: tuple[Text, ...] = many("Description", TEXT)
    related_to: tuple[RelatedFramework, ...] = many("RelatedTo", nested(RelatedFramework))
    jurisdictions: tuple[Jurisdiction, ...] = many("Jurisdiction", nested(Jurisdiction))


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """``sdg:Requirement``: what a procedure asks a person to prove."""

    identifier: str = one("Identifier", STRING)
    names: tuple[Text, ...] = many("Name", TEXT, least=1)
    descriptions: tuple[Text, ...] = many("Description", TEXT, since=(1, 2))
    reference_frameworks: tuple[ReferenceFramework, ...] = many(
        "ReferenceFramework", nested(ReferenceFramework)
    )
    evidence_type_lists: tuple[EvidenceTypeList, ...] = many(
        "EvidenceTypeList", nested(EvidenceTypeList)
    )

    def reference(self) -> "Requirement":
        """The same requirement as a request names it: identifier, name, description."""
        return replace(self, reference_frameworks=(), evidence_type_lists=())
