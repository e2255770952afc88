"""From a verified attribute statement to persons: values against their types, set by set."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml import etree

from eidas.address import read_address
from eidas.attributes import (
    BY_NAME,
    AttributeDefinition,
    ValueKind,
    definitions_of,
)
from eidas.errors import EidasMisuse, ResponseRefused
from eidas.identity import Gender, LegalPerson, Name, NaturalPerson, PersonIdentifier, Persons
from eidas.reading import text_or_empty
from eidas.vocabulary import ATTRIBUTE_PROFILE, NAME_FORMAT_URI, Namespace, PersonKind
from xmltrust import every, required_attribute

_SAML = Namespace.ASSERTION
_DATE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """One value as it came; ``latin`` is false for the non-Latin twin of a pair."""

    text: str
    latin: bool = True


Values = Mapping[AttributeDefinition, tuple[AttributeValue, ...]]


def read_statement(statement: etree._Element) -> tuple[Values, int]:
    """Read an AttributeStatement; also give how many attributes are not of the profile.

    Raises ``ResponseRefused`` for an encrypted or repeated attribute, another name format, no
    value or an empty one (Attribute Profile 1.4, 2.1).
    """
    if every(statement, _SAML("EncryptedAttribute")):
        raise _refused("response.encrypted-attribute", "no EncryptedAttribute", "one")
    values: dict[AttributeDefinition, tuple[AttributeValue, ...]] = {}
    names: set[str] = set()
    unknown = 0
    for attribute in every(statement, _SAML("Attribute")):
        name = required_attribute(attribute, "Name")
        if name in names:
            raise _refused("response.attribute-twice", "each attribute once", "one that repeats")
        names.add(name)
        if attribute.get("NameFormat") != NAME_FORMAT_URI:
            raise _refused("response.name-format", "attrname-format:uri", "another name format")
        definition = BY_NAME.get(name)
        if definition is None:
            unknown += 1
            continue
        values[definition] = _values(attribute, definition)
    return values, unknown


def read_persons(values: Values) -> Persons:
    """Make persons of the values; each present set must be complete.

    Raises ``ResponseRefused`` for a set without its minimum data, a value that its type does not
    allow, or two representatives (Attribute Profile 1.4, 2.2, 2.3 and 2.8).
    """
    natural = _natural(values, representative=False)
    legal = _legal(values, representative=False)
    representatives = [
        one
        for one in (_natural(values, representative=True), _legal(values, representative=True))
        if one is not None
    ]
    if len(representatives) > 1:
        raise _refused("response.representative", "at most one representative", "two")
    return Persons(
        natural_person=natural,
        legal_person=legal,
        representative=representatives[0] if representatives else None,
    )


def _values(
    attribute: etree._Element, definition: AttributeDefinition
) -> tuple[AttributeValue, ...]:
    script = definition.namespace("LatinScript")
    found = tuple(
        AttributeValue(text_or_empty(value), value.get(script) not in {"false", "0"})
        for value in every(attribute, _SAML("AttributeValue"))
    )
    if not found or not all(value.text for value in found):
        raise _refused(
            "response.attribute-value", f"a value of {definition.friendly_name}", "an empty one"
        )
    return found


def _natural(values: Values, *, representative: bool) -> NaturalPerson | None:
    fields = _fields(values, PersonKind.NATURAL, representative=representative)
    return NaturalPerson(**fields) if fields else None  # type: ignore[arg-type]


def _legal(values: Values, *, representative: bool) -> LegalPerson | None:
    fields = _fields(values, PersonKind.LEGAL, representative=representative)
    return LegalPerson(**fields) if fields else None  # type: ignore[arg-type]


def _fields(values: Values, kind: PersonKind, *, representative: bool) -> dict[str, object]:
    definitions = definitions_of(kind, representative=representative)
    present = [definition for definition in definitions if definition in values]
    if not present:
        return {}
    missing = [one.friendly_name for one in definitions if one.mandatory and one not in values]
    if missing:
        raise _refused(
            "response.minimum-data-set", "the whole minimum data set", f"no {', '.join(missing)}"
        )
    return {one.field: _READERS[one.value](one, values[one]) for one in present}


def _one(definition: AttributeDefinition, values: tuple[AttributeValue, ...]) -> str:
    if len(values) != 1:
        raise _refused(
            "response.attribute-value", f"one {definition.friendly_name}", f"{len(values)} values"
        )
    return values[0].text


def _name(definition: AttributeDefinition, values: tuple[AttributeValue, ...]) -> Name:
    latin = [value.text for value in values if value.latin]
    original = [value.text for value in values if not value.latin]
    if len(latin) != 1 or len(original) > 1:
        raise _refused(
            "response.transliteration",
            f"{definition.friendly_name} once in Latin script, at most once in another",
            f"{len(latin)} and {len(original)}",
        )
    return Name(latin[0], original[0] if original else None)


def _identifier(
    definition: AttributeDefinition, values: tuple[AttributeValue, ...]
) -> PersonIdentifier:
    try:
        return PersonIdentifier.parse(_one(definition, values))
    except EidasMisuse as problem:
        raise _refused("response.identifier", problem.expected, problem.found) from problem


def _date(definition: AttributeDefinition, values: tuple[AttributeValue, ...]) -> date:
    # xs:date may carry a zone (2000-01-01Z, 2000-01-01+02:00); a birthday has none.
    found = _DATE.fullmatch(_one(definition, values))
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError as problem:
        raise _refused("response.date", "a date YYYY-MM-DD", "something else") from problem


def _gender(definition: AttributeDefinition, values: tuple[AttributeValue, ...]) -> Gender:
    text = _one(definition, values)
    # eIDAS-Node before 2.1 wrote "Not Specified".
    if text == "Not Specified":
        return Gender.UNSPECIFIED
    if text not in set(Gender):
        raise _refused("response.gender", ", ".join(Gender), "something else")
    return Gender(text)


def _countries(
    definition: AttributeDefinition, values: tuple[AttributeValue, ...]
) -> tuple[str, ...]:
    codes = tuple(value.text for value in values)
    if not all(len(code) == 2 and code.isascii() and code.isupper() for code in codes):
        raise _refused(
            "response.country", f"two-letter codes in {definition.friendly_name}", "something else"
        )
    return codes


def _country(definition: AttributeDefinition, values: tuple[AttributeValue, ...]) -> str:
    _one(definition, values)
    return _countries(definition, values)[0]


_READERS: Final[
    Mapping[ValueKind, Callable[[AttributeDefinition, tuple[AttributeValue, ...]], object]]
] = {
    ValueKind.TEXT: _one,
    ValueKind.SCRIPTS: _name,
    ValueKind.IDENTIFIER: _identifier,
    ValueKind.DATE: _date,
    ValueKind.GENDER: _gender,
    ValueKind.COUNTRY: _country,
    ValueKind.COUNTRIES: _countries,
    ValueKind.ADDRESS: lambda definition, values: read_address(_one(definition, values)),
}


def _refused(rule: str, expected: str, found: str) -> ResponseRefused:
    return ResponseRefused(
        rule, expected=expected, found=found, clause=f"{ATTRIBUTE_PROFILE}, 2", code="203021"
    )
