"""The part of ebXML RegRep 4.0 that the once-only technical system uses, as values.

https://docs.oasis-open.org/regrep/regrep-core/v4.0/regrep-core-rim-v4.0.html
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from xml.etree.ElementTree import canonicalize

from lxml import etree

from sdg_connector.regrep.namespaces import XSI

SET: Final = "urn:oasis:names:tc:ebxml-regrep:CollectionType:Set"

Attributes = tuple[tuple[str, str], ...]
"""Further attributes that the system gives no meaning to, kept so that they go back unchanged."""


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
class IntegerValue:
    """``rim:IntegerValueType``, in its lexical form."""

    value: str


@dataclass(frozen=True, slots=True)
class FloatValue:
    """``rim:FloatValueType``, in its lexical form."""

    value: str


@dataclass(frozen=True, slots=True)
class DurationValue:
    """``rim:DurationValueType``, in its lexical form."""

    value: str


@dataclass(frozen=True, slots=True)
class VocabularyTermValue:
    """``rim:VocabularyTermValueType``."""

    term: str
    vocabulary: str | None = None


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
        """Whether the two elements are the same, whatever prefixes they use (C14N 2.0)."""
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


@dataclass(frozen=True, slots=True)
class MapValue:
    """``rim:MapValueType``: keys with their values; an entry may have none."""

    entries: tuple[tuple["SlotValue", "SlotValue | None"], ...]


@dataclass(frozen=True, slots=True)
class NestedSlot:
    """``rim:SlotValueType``: a slot as the value of another."""

    slot: "Slot"


SlotValue = (
    StringValue
    | DateTimeValue
    | BooleanValue
    | IntegerValue
    | FloatValue
    | DurationValue
    | VocabularyTermValue
    | InternationalStringValue
    | AnyValue
    | CollectionValue
    | MapValue
    | NestedSlot
)


@dataclass(frozen=True, slots=True)
class Slot:
    """``rim:Slot``."""

    name: str
    value: SlotValue | None
    """None when the slot has no ``rim:SlotValue``."""
    type: str | None = None


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
    attributes: Attributes = ()
    option_attributes: Attributes = ()
    """The further ones of ``query:ResponseOption``."""


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
    attributes: Attributes = ()


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
    attributes: Attributes = ()
    others: tuple[AnyValue, ...] = ()
    """Names, descriptions, versions and links of an object, as they stand."""


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
    attributes: Attributes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitObjectsRequest:
    """``lcm:SubmitObjectsRequest``: objects for a registry."""

    id: str
    objects: tuple[RegistryObject, ...]
    slots: tuple[Slot, ...] = ()
    attributes: Attributes = ()


def slot_names(slots: Iterable[Slot]) -> tuple[str, ...]:
    """The names in order, with repetitions."""
    return tuple(slot.name for slot in slots)


def _canonical(element: etree._Element) -> str:
    data = etree.tostring(element, encoding="unicode", with_tail=False)
    return canonicalize(data, rewrite_prefixes=True, qname_aware_attrs=[f"{{{XSI}}}type"])
