"""The person as the session keeps them: what the login proved, and nothing beyond it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Self

from eidas import Identity, LegalPerson, Name, NaturalPerson
from sdg_connector.connector import level_of
from sdg_connector.connector.matching import Subject
from sdg_connector.vocabulary import EIDAS_SCHEME, Identifier
from sdg_connector.vocabulary import LegalPerson as LegalPersonAsked
from sdg_connector.vocabulary import NaturalPerson as NaturalPersonAsked


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonOnFile:
    """A natural person, or an organisation, with the level at which it was identified."""

    identifier: str
    """eIDAS identifier, ``ES/LV/…``."""
    family_name: str
    given_name: str
    """Latin script, as the minimum data set gives it; empty for an organisation."""
    date_of_birth: str
    """ISO 8601; empty for an organisation."""
    level: str
    """``low``, ``substantial`` or ``high``."""
    person_name: str
    """The name as the person writes it, in its own script."""
    organisation: str = ""
    """Legal name, when an organisation was identified."""
    gender: str = ""
    """Of somebody who acts for another, as the data model asks; empty where nobody said it."""
    representative: "PersonOnFile | None" = None
    """Who sits at the browser, where they act for this person (SAML attribute profile 1.4, 2.8)."""

    @classmethod
    def of(cls, identity: Identity) -> Self:
        """The person whom a verified answer names, with whoever acts for them."""
        level = identity.level.rpartition("/")[2].lower()
        acting = identity.representative
        represented = identity.legal_person or identity.natural_person
        if represented is None:
            raise AssertionError("an identity names a natural or a legal person")
        found = cls._one(represented, level)
        return found if acting is None else replace(found, representative=cls._one(acting, level))

    @classmethod
    def _one(cls, person: NaturalPerson | LegalPerson, level: str) -> Self:
        if isinstance(person, LegalPerson):
            return cls._organisation(person, level)
        return cls._human(person, level)

    @classmethod
    def _human(cls, person: NaturalPerson, level: str) -> Self:
        return cls(
            identifier=person.identifier.value,
            family_name=person.family_name.latin,
            given_name=person.given_name.latin,
            date_of_birth=person.date_of_birth.isoformat(),
            level=level,
            person_name=f"{_own(person.given_name)} {_own(person.family_name)}",
            gender=person.gender.value if person.gender else "",
        )

    @classmethod
    def _organisation(cls, organisation: LegalPerson, level: str) -> Self:
        return cls(
            identifier=organisation.identifier.value,
            family_name="",
            given_name="",
            date_of_birth="",
            level=level,
            person_name="",
            organisation=_own(organisation.legal_name),
        )

    @property
    def full_name(self) -> str:
        """The name of whoever applies."""
        return self.organisation or self.person_name

    @property
    def visitor_name(self) -> str:
        """The name of whoever sits at the browser."""
        return self.full_name if self.representative is None else self.representative.full_name

    @property
    def latin_name(self) -> str:
        """The name in Latin letters."""
        return self.organisation or f"{self.given_name} {self.family_name}"

    def as_subject(self) -> Subject:
        """The person as an evidence request names them."""
        identifier = Identifier(self.identifier, EIDAS_SCHEME)
        if self.organisation:
            return LegalPersonAsked(
                level_of_assurance=level_of(self.level),
                legal_person_identifier=identifier,
                legal_name=self.organisation,
            )
        return NaturalPersonAsked(
            level_of_assurance=level_of(self.level),
            identifier=identifier,
            family_name=self.family_name,
            given_name=self.given_name,
            date_of_birth=date.fromisoformat(self.date_of_birth),
        )

    def acting(self) -> Subject | None:
        """Whoever acts for the person, as an evidence request names them.

        R-EDM-REQ-C126 wants the gender of a representative, whom a login need not describe.
        """
        if self.representative is None:
            return None
        found = self.representative.as_subject()
        if isinstance(found, NaturalPersonAsked):
            return replace(found, gender=self.representative.gender or "Unspecified")
        return found

    def __repr__(self) -> str:
        return "PersonOnFile(…)"

    def to_json(self) -> dict[str, Any]:
        """As the session keeps it, encrypted."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Back from what `to_json` gave."""
        acting = value.get("representative")
        return cls(**{**value, "representative": acting and cls.from_json(acting)})


def _own(name: Name) -> str:
    return name.original or name.latin
