"""Read RegRep bytes into RegRep values, whatever prefixes they use."""

from collections.abc import Callable
from typing import cast

from lxml import etree

from sdg_connector.regrep.errors import RegRepRefused
from sdg_connector.regrep.model import (
    AnyValue,
    Attributes,
    BooleanValue,
    CollectionValue,
    DateTimeValue,
    DurationValue,
    FloatValue,
    IntegerValue,
    InternationalStringValue,
    LocalizedString,
    MapValue,
    NestedSlot,
    ObjectClassification,
    ObjectKind,
    QueryRequest,
    QueryResponse,
    RegistryObject,
    RepositoryItemRef,
    ResponseException,
    ResponseStatus,
    Slot,
    SlotValue,
    StringValue,
    SubmitObjectsRequest,
    VocabularyTermValue,
)
from sdg_connector.regrep.namespaces import LCM, QUERY, RIM, RS, XLINK, XML, XSI
from xmltrust import Limits, XmlRefused, parse

_SLOT = f"{{{RIM}}}Slot"
_OBJECTS = f"{{{RIM}}}RegistryObjectList"
_EXCEPTION = f"{{{RS}}}Exception"
_SLOT_VALUE = f"{{{RIM}}}SlotValue"
_VALUE = f"{{{RIM}}}Value"
_TYPE = f"{{{XSI}}}type"
LIMITS = Limits(max_bytes=4 * 1024 * 1024, max_elements=100_000, max_attributes=100_000)
"""The whole catalogue of requirements is 620 KB today."""


def read_query_request(data: bytes) -> QueryRequest:
    """Give the ``query:QueryRequest`` in these bytes; raises ``RegRepRefused`` for all others."""
    return query_request(read_root(data))


def read_query_response(data: bytes) -> QueryResponse:
    """Give the ``query:QueryResponse`` in these bytes; raises ``RegRepRefused`` otherwise."""
    return query_response(read_root(data))


def read_registry_response(data: bytes) -> QueryResponse:
    """Give the ``rs:RegistryResponse``, the answer to a submission; raises likewise."""
    return _response(read_root(data), f"{{{RS}}}RegistryResponse")


def read_submit_objects_request(data: bytes) -> SubmitObjectsRequest:
    """Give the ``lcm:SubmitObjectsRequest`` in these bytes; raises ``RegRepRefused``."""
    root = read_root(data)
    _expect(root, f"{{{LCM}}}SubmitObjectsRequest")
    _only(root, _SLOT, _OBJECTS)
    lists = _at_most_one(root, _OBJECTS)
    return SubmitObjectsRequest(
        id=root.get("id", ""),
        objects=_objects(lists[0]) if lists else (),
        slots=read_slots(root),
        attributes=_further(root, "id"),
    )


def read_root(data: bytes) -> etree._Element:
    """Give the root of harmless XML; raises ``RegRepRefused`` for anything else."""
    try:
        return parse(data, limits=LIMITS, comments_allowed=True)
    except XmlRefused as error:
        raise refused(error.rule, error.expected, error.found) from None


def query_request(root: etree._Element) -> QueryRequest:
    """Give the value of a parsed ``query:QueryRequest``."""
    _expect(root, f"{{{QUERY}}}QueryRequest")
    _only(root, _SLOT, f"{{{QUERY}}}ResponseOption", f"{{{QUERY}}}Query")
    option = _exactly_one(root, f"{{{QUERY}}}ResponseOption")
    query = _exactly_one(root, f"{{{QUERY}}}Query")
    _only(query, _SLOT)
    return QueryRequest(
        id=root.get("id", ""),
        slots=read_slots(root),
        query_slots=read_slots(query),
        return_type=option.get("returnType", ""),
        query_definition=query.get("queryDefinition", ""),
        language=root.get(f"{{{XML}}}lang"),
        attributes=_further(root, "id", f"{{{XML}}}lang"),
        option_attributes=_further(option, "returnType"),
    )


def query_response(root: etree._Element) -> QueryResponse:
    """Give the value of a parsed ``query:QueryResponse``."""
    return _response(root, f"{{{QUERY}}}QueryResponse")


def _response(root: etree._Element, name: str) -> QueryResponse:
    _expect(root, name)
    _only(root, _SLOT, _EXCEPTION, _OBJECTS)
    try:
        status = ResponseStatus(root.get("status", ""))
    except ValueError:
        raise refused("regrep/status", "a published response status", "another") from None
    lists = _at_most_one(root, _OBJECTS)
    return QueryResponse(
        status=status,
        request_id=root.get("requestId"),
        slots=read_slots(root),
        exceptions=tuple(_exception(one) for one in _all(root, _EXCEPTION)),
        objects=_objects(lists[0]) if lists else None,
        attributes=_further(root, "status", "requestId"),
    )


def qualified_type(element: etree._Element) -> str:
    """The value of ``xsi:type`` as ``{namespace}Local``: a QName, so its prefix is resolved."""
    value = element.get(_TYPE)
    if value is None:
        return ""
    prefix, colon, local = value.strip().partition(":")
    if not colon:
        prefix, local = "", prefix
    if (element.prefix or "") == prefix:
        # The usual prefix is the element's own, and stands for the element's own namespace.
        return f"{str(element.tag).rpartition('}')[0] or '{'}}}{local}"
    namespace = element.nsmap.get(prefix or None)
    if namespace is None and prefix:
        raise refused("regrep/xsi-type", "a declared prefix in xsi:type", "an undeclared one")
    return f"{{{namespace or ''}}}{local}"


def read_slots(parent: etree._Element) -> tuple[Slot, ...]:
    """The slots directly beneath an element, in order.

    A name that stands twice is refused: which of the two counts would be the reader's guess
    (ebRIM 4.0, 2.8.1: slot names are locally unique).
    """
    slots = tuple(_slot(one) for one in _all(parent, _SLOT))
    names = [slot.name for slot in slots]
    if len(set(names)) != len(names):
        raise refused("ebrim/2.8.1", "each slot name once", "a slot that stands twice")
    return slots


def _slot(element: etree._Element) -> Slot:
    values = _at_most_one(element, _SLOT_VALUE)
    return Slot(
        element.get("name", ""),
        read_value(values[0]) if values else None,
        element.get("type"),
    )


def read_value(element: etree._Element) -> SlotValue:
    """The value that ``xsi:type`` says this element holds."""
    kind = qualified_type(element)
    reader = _READERS.get(kind)
    if reader is None:
        raise refused("regrep/xsi-type", "a known value type", kind.rpartition("}")[2] or "none")
    return reader(element)


def _simple(element: etree._Element) -> str:
    value = _exactly_one(element, _VALUE)
    return text_of(value)


def _international(element: etree._Element) -> InternationalStringValue:
    value = _exactly_one(element, _VALUE)
    return InternationalStringValue(
        tuple(
            LocalizedString(one.get("value", ""), one.get(f"{{{XML}}}lang"))
            for one in _all(value, f"{{{RIM}}}LocalizedString")
        )
    )


def _any(element: etree._Element) -> AnyValue:
    content = [one for one in element if type(one.tag) is str]  # or a comment
    if len(content) != 1:
        raise refused("regrep/any-value", "one element in an AnyValueType", f"{len(content)}")
    return AnyValue(content[0])


def _collection(element: etree._Element) -> CollectionValue:
    return CollectionValue(
        tuple(read_value(one) for one in _all(element, f"{{{RIM}}}Element")),
        element.get("collectionType"),
    )


def _term(element: etree._Element) -> VocabularyTermValue:
    value = _exactly_one(element, _VALUE)
    return VocabularyTermValue(value.get("term", ""), value.get("vocabulary"))


def _map(element: etree._Element) -> MapValue:
    maps = _at_most_one(element, f"{{{RIM}}}Map")
    return MapValue(tuple(_entry(one) for found in maps for one in _all(found, f"{{{RIM}}}Entry")))


def _entry(element: etree._Element) -> tuple[SlotValue, SlotValue | None]:
    values = _at_most_one(element, f"{{{RIM}}}EntryValue")
    key = read_value(_exactly_one(element, f"{{{RIM}}}EntryKey"))
    return key, read_value(values[0]) if values else None


_READERS: dict[str, Callable[[etree._Element], SlotValue]] = {
    f"{{{RIM}}}StringValueType": lambda element: StringValue(_simple(element)),
    f"{{{RIM}}}DateTimeValueType": lambda element: DateTimeValue(_simple(element)),
    f"{{{RIM}}}BooleanValueType": lambda element: BooleanValue(_simple(element)),
    f"{{{RIM}}}IntegerValueType": lambda element: IntegerValue(_simple(element)),
    f"{{{RIM}}}FloatValueType": lambda element: FloatValue(_simple(element)),
    f"{{{RIM}}}DurationValueType": lambda element: DurationValue(_simple(element)),
    f"{{{RIM}}}VocabularyTermValueType": _term,
    f"{{{RIM}}}MapValueType": _map,
    f"{{{RIM}}}SlotValueType": lambda element: NestedSlot(_slot(_exactly_one(element, _SLOT))),
    f"{{{RIM}}}InternationalStringValueType": _international,
    f"{{{RIM}}}AnyValueType": _any,
    f"{{{RIM}}}CollectionValueType": _collection,
}


def _objects(parent: etree._Element) -> tuple[RegistryObject, ...]:
    return tuple(_object(one) for one in _all(parent, f"{{{RIM}}}RegistryObject"))


def _object(element: etree._Element) -> RegistryObject:
    kind = qualified_type(element) or f"{{{RIM}}}{ObjectKind.PLAIN}"
    local = kind.removeprefix(f"{{{RIM}}}")
    if local not in set(ObjectKind):
        raise refused("regrep/object-type", "a known type of registry object", "another")
    lists = _at_most_one(element, _OBJECTS)
    items = _at_most_one(element, f"{{{RIM}}}RepositoryItemRef")
    return RegistryObject(
        id=element.get("id", ""),
        kind=ObjectKind(local),
        slots=read_slots(element),
        classifications=tuple(
            _classification(one) for one in _all(element, f"{{{RIM}}}Classification")
        ),
        repository_item=_item(items[0]) if items else None,
        objects=_objects(lists[0]) if lists else (),
        association_type=element.get("type"),
        source=element.get("sourceObject"),
        target=element.get("targetObject"),
        attributes=_further(element, "id", "type", "sourceObject", "targetObject"),
        others=tuple(AnyValue(one) for one in element.iterchildren("*") if one.tag not in _PARTS),
    )


_PARTS = frozenset({_SLOT, _OBJECTS, f"{{{RIM}}}Classification", f"{{{RIM}}}RepositoryItemRef"})
"""The children of a registry object that the system gives a meaning to."""


def _classification(element: etree._Element) -> ObjectClassification:
    _only(element)
    return ObjectClassification(
        id=element.get("id", ""),
        scheme=element.get("classificationScheme", ""),
        node=element.get("classificationNode", ""),
        attributes=_further(element, "id", "classificationScheme", "classificationNode"),
    )


def _item(element: etree._Element) -> RepositoryItemRef:
    return RepositoryItemRef(
        href=element.get(f"{{{XLINK}}}href", ""), title=element.get(f"{{{XLINK}}}title")
    )


def _exception(element: etree._Element) -> ResponseException:
    return ResponseException(
        type=qualified_type(element),
        severity=element.get("severity"),
        message=element.get("message"),
        code=element.get("code"),
        detail=element.get("detail"),
        slots=read_slots(element),
    )


def text_of(element: etree._Element) -> str:
    """The text of an element that holds only text, trimmed; a comment does not cut it."""
    if not len(element):
        return (element.text or "").strip(" \t\r\n")
    if next(element.iterchildren("*"), None) is not None:
        raise refused("regrep/text", "only text in a value", "an element inside it")
    return "".join(cast(list[str], element.xpath("text()"))).strip(" \t\r\n")


def _all(parent: etree._Element, name: str) -> list[etree._Element]:
    # A third of the time that lxml takes to look for the name, with so few children.
    return [one for one in parent if one.tag == name]


def _at_most_one(parent: etree._Element, name: str) -> list[etree._Element]:
    found = _all(parent, name)
    if len(found) > 1:
        local = name.rpartition("}")[2]
        raise refused(f"regrep/{local}", f"at most one {local}", f"{len(found)}")
    return found


def _only(parent: etree._Element, *names: str) -> None:
    """Refuse a child that could not be written back: what is not understood is not dropped."""
    for one in parent:
        if one.tag not in names and type(one.tag) is str:  # or a comment
            local = etree.QName(parent).localname
            raise refused(f"regrep/{local}", f"only the elements of a {local}", "another inside it")


def _further(element: etree._Element, *known: str) -> Attributes:
    return tuple(
        (str(name), str(value))
        for name, value in element.attrib.items()
        if name not in known and name != _TYPE and not str(name).startswith(_SCHEMA_HINT)
    )


_SCHEMA_HINT = f"{{{XSI}}}schemaLocation"


def _exactly_one(parent: etree._Element, name: str) -> etree._Element:
    found = _all(parent, name)
    if len(found) != 1:
        local = name.rpartition("}")[2]
        raise refused(f"regrep/{local}", f"exactly one {local}", f"{len(found)}")
    return found[0]


def _expect(root: etree._Element, name: str) -> None:
    if root.tag != name:
        local = name.rpartition("}")[2]
        raise refused("regrep/root", f"a {local} document", "another root element")


def refused(rule: str, expected: str, found: str) -> RegRepRefused:
    """The refusal of a document that is not the RegRep it should be."""
    return RegRepRefused(rule=rule, expected=expected, found=found, wire_code="EDM:ERR:0003")
