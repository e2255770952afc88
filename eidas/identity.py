"""Who logged in: persons as the attribute profile describes them, whose repr shows no value."""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Self

from eidas.errors import EidasMisuse
from eidas.levels import LevelOfAssurance
from eidas.vocabulary import ATTRIBUTE_PROFILE, NameIdFormat

_IDENTIFIER: Final = re.compile(r"([A-Z]{2})/([A-Z]{2})/(\S+)")


class Personal:
    """A value about a person: its repr names the fields that are filled, never what they hold."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Name the class and the filled fields only."""
        filled = [item.name for item in fields(self) if getattr(self, item.name)]  # type: ignore[arg-type]
        return f"<{type(self).__name__} with {', '.join(filled) or 'nothing'}>"


class Gender(StrEnum):
    """Gender as Attribute Profile 1.4 section 2.5 lists it."""

    MALE = "Male"
    FEMALE = "Female"
    UNSPECIFIED = "Unspecified"


@dataclass(frozen=True, slots=True, repr=False)
class PersonIdentifier(Personal):
    """Unique identifier: issuing country, receiving country, and what the issuer chose."""

    issuing_country: str
    receiving_country: str
    opaque: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``CC/CC/opaque`` (Attribute Profile 1.4, 2.2.3); raise ``EidasMisuse`` otherwise."""
        match = _IDENTIFIER.fullmatch(text)
        if match is None or len(text) > 256:
            raise EidasMisuse(
                "attribute.identifier",
                expected="two country codes and at most 256 characters: CC/CC/opaque",
                found="another shape",
                clause=f"{ATTRIBUTE_PROFILE}, 2.2.3",
            )
        return cls(*match.groups())

    @property
    def value(self) -> str:
        """The identifier as it travels."""
        return f"{self.issuing_country}/{self.receiving_country}/{self.opaque}"


@dataclass(frozen=True, slots=True, repr=False)
class Name(Personal):
    """A name in Latin script, and in its own script where that is another one."""

    latin: str
    original: str | None = None
    """The non-Latin form (``LatinScript="false"``), Attribute Profile 1.4, 2.4."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Address(Personal):
    """A postal address in the words of the ISA Core Location Vocabulary (2.5.3)."""

    po_box: str = ""
    locator_designator: str = ""
    locator_name: str = ""
    cv_address_area: str = ""
    thoroughfare: str = ""
    post_name: str = ""
    admin_unit_first_line: str = ""
    admin_unit_second_line: str = ""
    post_code: str = ""
    other: tuple[tuple[str, str], ...] = ()
    """Elements that real nodes add: local name and text, in their order."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class NaturalPerson(Personal):
    """A human being; the first four fields are the minimum data set."""

    identifier: PersonIdentifier
    family_name: Name
    given_name: Name
    date_of_birth: date
    birth_name: Name | None = None
    place_of_birth: str = ""
    current_address: Address | None = None
    gender: Gender | None = None
    nationality: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes, Greece as EL."""
    country_of_birth: str = ""
    town_of_birth: str = ""
    country_of_residence: str = ""
    phone_number: str = ""
    email_address: str = ""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class LegalPerson(Personal):
    """An organisation; the first two fields are the minimum data set."""

    identifier: PersonIdentifier
    legal_name: Name
    address: Address | None = None
    vat_registration: str = ""
    tax_reference: str = ""
    eu_identifier: str = ""
    """Identifier under Directive 2012/17/EU."""
    lei: str = ""
    eori: str = ""
    seed: str = ""
    sic: str = ""
    phone_number: str = ""
    email_address: str = ""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Persons(Personal):
    """The persons of one attribute statement: who is meant, and who acts for them."""

    natural_person: NaturalPerson | None = None
    legal_person: LegalPerson | None = None
    representative: NaturalPerson | LegalPerson | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Identity(Personal):
    """What a verified answer proved about the person; only ``accept_response`` makes one."""

    natural_person: NaturalPerson | None
    legal_person: LegalPerson | None
    representative: NaturalPerson | LegalPerson | None
    """Who acts for the person above; present only where the caller allowed representation."""
    level: str
    """URI of the level of assurance that the node states."""
    node: str
    """Entity id of the proxy-service that answered."""
    country: str
    """Country of that node."""
    name_id: str
    name_id_format: NameIdFormat
    authenticated_at: datetime
    request_id: str
    response_id: str
    assertion_id: str
    warnings: tuple[str, ...] = ()
    """What the answer's crypto needed a per-peer policy for, or else deviated in."""

    @property
    def notified(self) -> bool:
        """Whether the level is a notified one, as the Once-Only system demands."""
        return any(self.level == level.value and level.notified for level in LevelOfAssurance)
