"""The persons that an evidence request is about."""

# ruff: noqa: RUF009  one(), optional() and many() give dataclass fields, never shared values

from dataclasses import dataclass
from datetime import date

from sdg_connector.vocabulary.binding import DATE, STRING, coded, many, nested, one, optional
from sdg_connector.vocabulary.codes import LevelOfAssurance
from sdg_connector.vocabulary.metadata import IDENTIFIER, Address, Identifier


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SectorSpecificAttribute:
    """``sdg:SectorSpecificAttribute``, also the carrier of a power of representation."""

    name: str = one("AttributeName", STRING)
    uri: str = one("AttributeURI", STRING)
    value: str = one("AttributeValue", STRING)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NaturalPerson:
    """``sdg:Person``: the minimum data set of eIDAS, and what the person's state adds to it."""

    level_of_assurance: LevelOfAssurance | None = optional(
        "LevelOfAssurance", coded(LevelOfAssurance)
    )
    identifier: Identifier | None = optional("Identifier", IDENTIFIER)
    """``XX/YY/…`` with scheme ``eidas`` (R-EDM-REQ-C039, C042)."""
    family_name: str = one("FamilyName", STRING)
    given_name: str = one("GivenName", STRING)
    date_of_birth: date = one("DateOfBirth", DATE)
    birth_name: str | None = optional("BirthName", STRING)
    place_of_birth: str | None = optional("PlaceOfBirth", STRING)
    current_address: Address | None = optional("CurrentAddress", nested(Address))
    gender: str | None = optional("Gender", STRING)
    nationalities: tuple[str, ...] = many("Nationality", STRING, since=(1, 1))
    country_of_birth: str | None = optional("CountryOfBirth", STRING, since=(1, 1))
    town_of_birth: str | None = optional("TownOfBirth", STRING, since=(1, 1))
    country_of_residence: str | None = optional("CountryOfResidence", STRING, since=(1, 1))
    phone_number: str | None = optional("PhoneNumber", STRING, since=(1, 1))
    email_address: str | None = optional("EmailAddress", STRING, since=(1, 1))
    attributes: tuple[SectorSpecificAttribute, ...] = many(
        "SectorSpecificAttribute", nested(SectorSpecificAttribute)
    )

    def as_subject(self) -> "NaturalPerson":
        """The same person with only what an answer may say of it (R-EDM-RESP-S041)."""
        return NaturalPerson(
            identifier=self.identifier,
            family_name=self.family_name,
            given_name=self.given_name,
            date_of_birth=self.date_of_birth,
            place_of_birth=self.place_of_birth,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LegalPerson:
    """``sdg:LegalPerson``."""

    level_of_assurance: LevelOfAssurance | None = optional(
        "LevelOfAssurance", coded(LevelOfAssurance)
    )
    identifiers: tuple[Identifier, ...] = many("Identifier", IDENTIFIER)
    legal_person_identifier: Identifier | None = optional("LegalPersonIdentifier", IDENTIFIER)
    legal_name: str = one("LegalName", STRING)
    registered_address: Address | None = optional("RegisteredAddress", nested(Address))
    phone_number: str | None = optional("LegalPhoneNumber", STRING, since=(1, 1))
    email_address: str | None = optional("LegalEmailAddress", STRING, since=(1, 1))
    attributes: tuple[SectorSpecificAttribute, ...] = many(
        "SectorSpecificAttribute", nested(SectorSpecificAttribute)
    )

    def as_subject(self) -> "LegalPerson":
        """The same person with only what an answer may say of it (R-EDM-RESP-S042)."""
        return LegalPerson(
            legal_person_identifier=self.legal_person_identifier, legal_name=self.legal_name
        )
