"""Every attribute of the eIDAS attribute profile 1.4, with its name, type and duties."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from eidas.errors import EidasMisuse
from eidas.vocabulary import ATTRIBUTE_PROFILE, Namespace, PersonKind


class ValueKind(StrEnum):
    """How the text of a value is read."""

    TEXT = "text"
    SCRIPTS = "scripts"
    """Text that may come twice: in its own script and transliterated (2.4)."""
    IDENTIFIER = "identifier"
    DATE = "date"
    GENDER = "gender"
    COUNTRY = "country"
    COUNTRIES = "countries"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttributeDefinition:
    """One attribute, as the profile defines it; there is one object for each."""

    name: str
    """The published attribute name, a URI."""
    namespace: Namespace
    """Namespace of the attribute's name and of its value type."""
    kind: PersonKind
    local: str
    """Last part of the attribute's name."""
    friendly_name: str
    field: str
    """The field of ``NaturalPerson`` or ``LegalPerson`` that carries it."""
    value: ValueKind
    mandatory: bool = False
    """Whether it belongs to the minimum data set that every service delivers."""
    representative: bool = False

    @property
    def type_local(self) -> str:
        """Local name of the XML Schema type of its values."""
        return f"{self.local}Type"

    def __reduce__(self) -> tuple[object, ...]:
        """Copies and pickles are the same object again."""
        return (_by_name, (self.name,))


_NAMESPACES: Final = {
    (PersonKind.NATURAL, False): Namespace.NATURAL,
    (PersonKind.LEGAL, False): Namespace.LEGAL,
    (PersonKind.NATURAL, True): Namespace.NATURAL_REPRESENTATIVE,
    (PersonKind.LEGAL, True): Namespace.LEGAL_REPRESENTATIVE,
}

_T, _S, _A = ValueKind.TEXT, ValueKind.SCRIPTS, ValueKind.ADDRESS
_NATURAL: Final = (
    # local, friendly name, field, value kind, mandatory: Attribute Profile 1.4, 2.2 and 2.5
    ("PersonIdentifier", "PersonIdentifier", "identifier", ValueKind.IDENTIFIER, True),
    ("CurrentFamilyName", "FamilyName", "family_name", _S, True),
    ("CurrentGivenName", "FirstName", "given_name", _S, True),
    ("DateOfBirth", "DateOfBirth", "date_of_birth", ValueKind.DATE, True),
    ("BirthName", "BirthName", "birth_name", _S, False),
    ("PlaceOfBirth", "PlaceOfBirth", "place_of_birth", _T, False),
    ("CurrentAddress", "CurrentAddress", "current_address", _A, False),
    ("Gender", "Gender", "gender", ValueKind.GENDER, False),
    ("Nationality", "Nationality", "nationality", ValueKind.COUNTRIES, False),
    ("CountryOfBirth", "CountryOfBirth", "country_of_birth", ValueKind.COUNTRY, False),
    ("TownOfBirth", "TownOfBirth", "town_of_birth", _T, False),
    ("CountryOfResidence", "CountryOfResidence", "country_of_residence", ValueKind.COUNTRY, False),
    ("PhoneNumber", "PhoneNumber", "phone_number", _T, False),
    ("EmailAddress", "EmailAddress", "email_address", _T, False),
)
_LEGAL: Final = (
    # Attribute Profile 1.4, 2.3 and 2.6
    ("LegalPersonIdentifier", "LegalPersonIdentifier", "identifier", ValueKind.IDENTIFIER, True),
    ("LegalName", "LegalName", "legal_name", _S, True),
    ("LegalPersonAddress", "LegalAddress", "address", _A, False),
    ("VATRegistrationNumber", "VATRegistration", "vat_registration", _T, False),
    ("TaxReference", "TaxReference", "tax_reference", _T, False),
    ("D-2012-17-EUIdentifier", "D-2012-17-EUIdentifier", "eu_identifier", _T, False),
    ("LEI", "LEI", "lei", _T, False),
    ("EORI", "EORI", "eori", _T, False),
    ("SEED", "SEED", "seed", _T, False),
    ("SIC", "SIC", "sic", _T, False),
    ("LegalPhoneNumber", "LegalPhoneNumber", "phone_number", _T, False),
    ("LegalEmailAddress", "LegalEmailAddress", "email_address", _T, False),
)


def _definitions(kind: PersonKind, *, representative: bool) -> tuple[AttributeDefinition, ...]:
    rows = _NATURAL if kind is PersonKind.NATURAL else _LEGAL
    namespace = _NAMESPACES[kind, representative]
    return tuple(
        AttributeDefinition(
            name=f"{namespace.value}/{local}",
            namespace=namespace,
            kind=kind,
            local=local,
            friendly_name=f"Representative{friendly}" if representative else friendly,
            field=field,
            value=value,
            mandatory=mandatory,
            representative=representative,
        )
        for local, friendly, field, value, mandatory in rows
    )


NATURAL_PERSON: Final = _definitions(PersonKind.NATURAL, representative=False)
LEGAL_PERSON: Final = _definitions(PersonKind.LEGAL, representative=False)
NATURAL_REPRESENTATIVE: Final = _definitions(PersonKind.NATURAL, representative=True)
LEGAL_REPRESENTATIVE: Final = _definitions(PersonKind.LEGAL, representative=True)
REQUESTABLE: Final = NATURAL_PERSON + LEGAL_PERSON
"""What a request may name; a representative is never requested (Attribute Profile 1.4, 2.8)."""
ALL: Final = REQUESTABLE + NATURAL_REPRESENTATIVE + LEGAL_REPRESENTATIVE
BY_NAME: Final = {definition.name: definition for definition in ALL}


def _by_name(name: str) -> AttributeDefinition:
    return BY_NAME[name]


_OF_KIND: Final = {
    (PersonKind.NATURAL, False): NATURAL_PERSON,
    (PersonKind.LEGAL, False): LEGAL_PERSON,
    (PersonKind.NATURAL, True): NATURAL_REPRESENTATIVE,
    (PersonKind.LEGAL, True): LEGAL_REPRESENTATIVE,
}
_OPTIONAL: Final = {
    (one.kind, name): one
    for one in REQUESTABLE
    if not one.mandatory
    for name in (one.field, one.friendly_name, one.local, one.name)
}


def definitions_of(
    kind: PersonKind, *, representative: bool = False
) -> tuple[AttributeDefinition, ...]:
    """Give all attributes of one kind of person, mandatory ones first."""
    return _OF_KIND[kind, representative]


def minimum_data_set(kind: PersonKind) -> tuple[AttributeDefinition, ...]:
    """Give the mandatory attributes of one kind of person."""
    return tuple(item for item in definitions_of(kind) if item.mandatory)


def optional_attribute(kind: PersonKind, name: str) -> AttributeDefinition:
    """Find an optional attribute by field name, friendly name, local name or URI.

    Raises ``EidasMisuse`` when this kind of person has no such optional attribute.
    """
    found = _OPTIONAL.get((kind, name))
    if found is not None:
        return found
    names = ", ".join(item.field for item in definitions_of(kind) if not item.mandatory)
    raise EidasMisuse(
        "request.attributes",
        expected=f"an optional attribute of a {kind.value} person: {names}",
        found=name,
        clause=f"{ATTRIBUTE_PROFILE}, 2.5 and 2.6",
    )
