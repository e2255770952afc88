"""Take typed values out of named slots, and put them in."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from sdg_connector.evidence.errors import EdmMisuse, EdmRefused, refused
from sdg_connector.regrep import (
    AnyValue,
    BooleanValue,
    CollectionValue,
    DateTimeValue,
    InternationalStringValue,
    LocalizedString,
    Slot,
    SlotValue,
    StringValue,
)
from sdg_connector.vocabulary import EdmLine, ElementRefused, Text
from sdg_connector.vocabulary.binding import read_element, write_element
from sdg_connector.vocabulary.namespaces import SDG

Value = TypeVar("Value")
Kind = TypeVar("Kind", bound=SlotValue)
_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII
)


class SlotReader:
    """The slots of one parent, taken by name; each knows the rules that it must obey."""

    def __init__(self, slots: Collection[Slot], *, known: Collection[str], closed_by: str) -> None:
        """Refuse, by the rule ``closed_by``, a slot whose name is not known here."""
        self._values: Mapping[str, SlotValue | None] = {one.name: one.value for one in slots}
        if set(self._values) - set(known):
            raise refused(closed_by, "only the slots of the profile", "another slot")

    def has(self, name: str) -> bool:
        """Whether the slot is there."""
        return name in self._values

    def required(self, name: str, kind: type[Kind], *, missing: str, mistyped: str) -> Kind:
        """The value of a slot that must be there; ``missing`` and ``mistyped`` are rule ids."""
        value = self.optional(name, kind, mistyped=mistyped)
        if value is None:
            raise refused(missing, f"the slot {name}", "none")
        return value

    def optional(self, name: str, kind: type[Kind], *, mistyped: str) -> Kind | None:
        """The value of a slot that may be absent."""
        if name not in self._values:
            return None
        value = self._values[name]
        if not isinstance(value, kind):
            raise refused(mistyped, f"a {kind.__name__} in {name}", "another type of value")
        return value


def sdg_value(value: SlotValue, local: str, kind: type[Value], *, rule: str) -> Value:
    """The typed value of the one ``sdg:`` element inside an AnyValueType."""
    if not isinstance(value, AnyValue):
        raise refused(rule, "an AnyValueType", "another type of value")
    if value.element.tag != f"{{{SDG}}}{local}":
        raise refused(rule, f"one sdg:{local}", "another element")
    try:
        return read_element(kind, value.element)
    except ElementRefused as error:
        raise EdmRefused(
            rule=error.rule, expected=error.expected, found=error.found, wire_code="EDM:ERR:0003"
        ) from None


def sdg_values(
    value: CollectionValue, local: str, kind: type[Value], *, rule: str
) -> tuple[Value, ...]:
    """The typed values of the elements of a collection."""
    return tuple(sdg_value(one, local, kind, rule=rule) for one in value.elements)


def any_slot(name: str, local: str, value: object, line: EdmLine) -> Slot:
    """A slot that holds one ``sdg:`` element."""
    return Slot(name, any_value(local, value, line))


def any_value(local: str, value: object, line: EdmLine) -> AnyValue:
    """An AnyValueType that holds one ``sdg:`` element."""
    return AnyValue(write_element(local, value, version=line.version))


def collection_slot(name: str, local: str, values: Collection[object], line: EdmLine) -> Slot:
    """A slot that holds a set of ``sdg:`` elements."""
    return Slot(name, CollectionValue(tuple(any_value(local, one, line) for one in values)))


def string_slot(name: str, value: str) -> Slot:
    """A slot that holds a string."""
    return Slot(name, StringValue(value))


def flag_slot(name: str, *, value: bool) -> Slot:
    """A slot that holds a truth value."""
    return Slot(name, BooleanValue("true" if value else "false"))


def moment_slot(name: str, value: datetime) -> Slot:
    """A slot that holds a point in time, in UTC with milliseconds."""
    if value.tzinfo is None:
        raise EdmMisuse(f"{name} needs a time with a zone")
    text = value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Slot(name, DateTimeValue(text))


def texts_value(texts: Collection[Text]) -> InternationalStringValue:
    """Texts of several languages as one slot value."""
    return InternationalStringValue(
        tuple(LocalizedString(one.value, one.language) for one in texts)
    )


def texts_of(value: InternationalStringValue) -> tuple[Text, ...]:
    """The texts in an international string."""
    return tuple(Text(one.value, one.language) for one in value.values)


def moment_of(value: DateTimeValue, *, rule: str) -> datetime:
    """The point in time of an ``xs:dateTime``; one without a zone is taken as UTC."""
    found = _DATE_TIME.match(value.value)
    try:
        if found:
            clock, fraction, zone = found.groups()
            text = f"{clock}.{(fraction or '0').ljust(6, '0')}{zone or 'Z'}"
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    raise refused(rule, "an xs:dateTime", "something else")


def flag_of(value: BooleanValue, *, rule: str) -> bool:
    """The truth value of an ``xs:boolean``."""
    if value.value not in {"true", "1", "false", "0"}:
        raise refused(rule, "true, 1, false or 0", "something else")
    return value.value in {"true", "1"}


def line_of(value: StringValue, *, rule: str) -> EdmLine:
    """The line that a message names; EDM:ERR:0007 answers one that we do not speak."""
    try:
        return EdmLine(value.value)
    except ValueError:
        raise refused(
            rule, "a line of the data model that we speak", "another", wire_code="EDM:ERR:0007"
        ) from None


def checked(pattern: Callable[[str], object], text: str, *, rule: str, expected: str) -> str:
    """The text, if the pattern matches it."""
    if not pattern(text):
        raise refused(rule, expected, "something else")
    return text
