"""What an answer says about one evidence."""

# ruff: noqa: RUF009  one(), optional() and many() give dataclass fields, never shared values

from dataclasses import dataclass
from datetime import date

from sdg_connector.vocabulary.binding import DATE, STRING, nested, one, optional
from sdg_connector.vocabulary.evidence_types import Distribution, EvidenceType
from sdg_connector.vocabulary.metadata import Agent
from sdg_connector.vocabulary.persons import LegalPerson, NaturalPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """``sdg:ValidityPeriod``."""

    start: date = one("StartDate", DATE)
    end: date = one("EndDate", DATE)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IsAbout:
    """``sdg:IsAbout``: exactly one of the two persons."""

    natural_person: NaturalPerson | None = optional("NaturalPerson", nested(NaturalPerson))
    legal_person: LegalPerson | None = optional("LegalPerson", nested(LegalPerson))

    @classmethod
    def of(cls, person: NaturalPerson | LegalPerson) -> "IsAbout":
        """What an answer may say of this person, and no more."""
        if isinstance(person, NaturalPerson):
            return cls(natural_person=person.as_subject())
        return cls(legal_person=person.as_subject())


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """``sdg:Evidence``; 2.0 leaves all but the identifier out of supplements."""

    identifier: str = one("Identifier", STRING)
    is_about: IsAbout | None = optional("IsAbout", nested(IsAbout))
    issuing_authority: Agent | None = optional("IssuingAuthority", nested(Agent))
    conformant_to: EvidenceType | None = optional("IsConformantTo", nested(EvidenceType))
    issuing_date: date | None = optional("IssuingDate", DATE)
    distribution: Distribution | None = optional("Distribution", nested(Distribution))
    validity_period: Period | None = optional("ValidityPeriod", nested(Period))
