"""From persons to an attribute statement with typed values in both scripts."""

from collections.abc import Collection, Iterator
from datetime import date

from lxml import etree

from eidas.address import write_address
from eidas.attributes import AttributeDefinition, definitions_of
from eidas.build import XSI_TYPE, element
from eidas.identity import Address, LegalPerson, Name, NaturalPerson, PersonIdentifier, Persons
from eidas.vocabulary import NAME_FORMAT_URI, PREFIXES, PersonKind

_PREFIX_OF = {uri: prefix for prefix, uri in PREFIXES.items()}


def write_statement(persons: Persons, *, wanted: Collection[AttributeDefinition]) -> etree._Element:
    """Write the wanted attributes that the persons have, and the whole of who represents.

    Attribute Profile 1.4, 2: names, types, transliterations and representatives.
    """
    return element("saml2:AttributeStatement", None, *_attributes(persons, wanted))


def _attributes(
    persons: Persons, wanted: Collection[AttributeDefinition]
) -> Iterator[etree._Element]:
    represented = (persons.natural_person, persons.legal_person)
    for person in (one for one in represented if one is not None):
        for definition in definitions_of(_kind(person)):
            if definition in wanted:
                yield from _attribute(definition, getattr(person, definition.field))
    acting = persons.representative
    if acting is not None:
        for definition in definitions_of(_kind(acting), representative=True):
            yield from _attribute(definition, getattr(acting, definition.field))


def _attribute(definition: AttributeDefinition, value: object) -> Iterator[etree._Element]:
    values = list(_values(definition, value))
    if values:
        yield element(
            "saml2:Attribute",
            {
                "FriendlyName": definition.friendly_name,
                "Name": definition.name,
                "NameFormat": NAME_FORMAT_URI,
            },
            *values,
        )


def _values(definition: AttributeDefinition, value: object) -> Iterator[etree._Element]:
    if isinstance(value, Name):
        yield _value(definition, value.latin)
        if value.original:
            yield _value(definition, value.original, latin=False)
    elif isinstance(value, tuple):
        yield from (_value(definition, str(one)) for one in value)
    elif value:
        yield _value(definition, _text(value))


def _text(value: object) -> str:
    if isinstance(value, PersonIdentifier):
        return value.value
    if isinstance(value, Address):
        return write_address(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(definition: AttributeDefinition, text: str, *, latin: bool = True) -> etree._Element:
    prefix = _PREFIX_OF[definition.namespace.value]
    attributes = {XSI_TYPE: f"{prefix}:{definition.type_local}"}
    if not latin:
        # The attribute is in the namespace of the value's own type (Attribute Profile 1.4, 2.4).
        attributes[definition.namespace("LatinScript")] = "false"
    return element("saml2:AttributeValue", attributes, text=text, prefixes=(prefix, "xsi"))


def _kind(person: NaturalPerson | LegalPerson) -> PersonKind:
    return PersonKind.NATURAL if isinstance(person, NaturalPerson) else PersonKind.LEGAL
