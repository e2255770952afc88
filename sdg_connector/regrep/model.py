"""The part of ebXML RegRep 4.0 that the once-only technical system uses, as values.

https://docs.oasis-open.org/regrep/regrep-core/v4.0/regrep-core-rim-v4.0.html
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lxml import etree

SET: Final = "urn:oasis:names:tc:ebxml-regrep:CollectionType:Set"


class ResponseStatus(StrEnum):
    """``QueryResponse/@status``."""

    SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
    FAILURE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
    UNAVAILABLE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Unavailable"


@dataclass(frozen=True, slots=True)
class StringValue:
    """``rim:StringValueType``."""

    value: str


@dataclass(frozen=True, slots=True)
class DateTimeValue:
    """``rim:DateTimeValueType``; the lexical form is kept, since it must go back unchanged."""

    value: str


@dataclass(frozen=True, slots=True)
class BooleanValue:
    """``rim:BooleanValueType``; the lexical form (``true``, ``1``, ``false``, ``0``) is kept."""

    value: str


@dataclass(frozen=True, slots=True)
class LocalizedString:
    """``rim:LocalizedString``."""

    value: str
    language: str | None = None
    """``@xml:lang``."""


@dataclass(frozen=True, slots=True)
class InternationalStringValue:
    """``rim:InternationalStringValueType``."""

    values: tuple[LocalizedString, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class AnyValue:
    """``rim:AnyValueType``: one foreign element, which whoever knows its namespace reads."""

    element: etree._Element

    def __eq__(self, other: object) -> bool:
        """Whether the two elements are the same after exclusive canonicalisation."""
        if not isinstance(other, AnyValue):
            return NotImplemented
        return _canonical(self.element) == _canonical(other.element)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(_canonical(self.element))


@dataclass(frozen=True, slots=True)
class CollectionValue:
    """``rim:CollectionValueType``."""

    elements: tuple["SlotValue", ...]
    collection_type: str | None = SET


SlotValue = (
    StringValue
    | DateTimeValue
    | BooleanValue
    | InternationalStringValue
    | AnyValue
    | CollectionValue
)


@dataclass(frozen=True, slots=True)
class Slot:
    """``rim:Slot``."""

    name: str
    value: SlotValue | None
    """None when the slot has no ``rim:SlotValue``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRequest:
    """``query:QueryRequest``."""

    id: str
    slots: tuple[Slot, ...]
    query_slots: tuple[Slot, ...]
    return_type: str = "LeafClassWithRepositoryItem"
    query_definition: str = "DocumentQuery"
    language: str | None = None
    """``@xml:lang``, allowed in the 1.x lines only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryItemRef:
    """``rim:RepositoryItemRef``: where the document of an object is."""

    href: str
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectClassification:
    """``rim:Classification`` of a registry object."""

    id: str
    scheme: str
    node: str


class ObjectKind(StrEnum):
    """The ``xsi:type`` that a registry object may have here."""

    PLAIN = "RegistryObjectType"
    EXTRINSIC = "ExtrinsicObjectType"
    PACKAGE = "RegistryPackageType"
    ASSOCIATION = "AssociationType"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryObject:
    """``rim:RegistryObject``."""

    id: str
    kind: ObjectKind = ObjectKind.PLAIN
    slots: tuple[Slot, ...] = ()
    classifications: tuple[ObjectClassification, ...] = ()
    repository_item: RepositoryItemRef | None = None
    objects: tuple["RegistryObject", ...] = ()
    """The members of a package."""
    association_type: str | None = None
    source: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseException:
    """``rs:Exception`` or ``query:`` one, told apart by its type."""

    type: str
    """``{namespace}Local`` of ``xsi:type``, its prefix resolved."""
    severity: str | None
    message: str | None
    code: str | None
    detail: str | None = None
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResponse:
    """``query:QueryResponse``."""

    status: ResponseStatus
    request_id: str | None = None
    slots: tuple[Slot, ...] = ()
    exceptions: tuple[ResponseException, ...] = ()
    objects: tuple[RegistryObject, ...] | None = None
    """None when there is no ``rim:RegistryObjectList``; an empty list is an empty tuple."""


def slot_names(slots: Iterable[Slot]) -> tuple[str, ...]:
    """The names in order, with repetitions."""
    return tuple(slot.name for slot in slots)


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
