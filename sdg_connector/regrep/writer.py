"""Write RegRep values as bytes that the official schema accepts."""

import re
from collections.abc import Iterable
from copy import deepcopy

from lxml import etree

from sdg_connector.regrep.errors import RegRepMisuse
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
    MapValue,
    NestedSlot,
    ObjectKind,
    QueryRequest,
    QueryResponse,
    RegistryObject,
    ResponseException,
    Slot,
    SlotValue,
    StringValue,
    SubmitObjectsRequest,
    VocabularyTermValue,
)
from sdg_connector.regrep.namespaces import LCM, PREFIXES, QUERY, RIM, RS, XLINK, XML, XSI

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SLOT = f"{{{RIM}}}Slot"
_SLOT_VALUE = f"{{{RIM}}}SlotValue"
_VALUE = f"{{{RIM}}}Value"
_TYPE = f"{{{XSI}}}type"
_PREFIX_OF = {uri: prefix for prefix, uri in PREFIXES.items()}
_TYPE_NAMES = {
    StringValue: "StringValueType",
    DateTimeValue: "DateTimeValueType",
    BooleanValue: "BooleanValueType",
    IntegerValue: "IntegerValueType",
    FloatValue: "FloatValueType",
    DurationValue: "DurationValueType",
    VocabularyTermValue: "VocabularyTermValueType",
    InternationalStringValue: "InternationalStringValueType",
    AnyValue: "AnyValueType",
    CollectionValue: "CollectionValueType",
    MapValue: "MapValueType",
    NestedSlot: "SlotValueType",
}
_LAST = frozenset({"ExternalIdentifier", "ExternalLink", "ContentVersionInfo", "RepositoryItem"})
"""What the schema wants after the classifications of an object; all else stands before them."""


def write_query_request(request: QueryRequest) -> bytes:
    """Give the bytes of a ``query:QueryRequest``; raises ``RegRepMisuse`` for unsendable text."""
    return to_bytes(query_request_element(request))


def write_query_response(response: QueryResponse) -> bytes:
    """Give the bytes of a ``query:QueryResponse``; raises ``RegRepMisuse`` likewise."""
    return to_bytes(query_response_element(response))


def query_request_element(request: QueryRequest) -> etree._Element:
    """Give the element ``query:QueryRequest``; raises ``RegRepMisuse`` for unsendable text."""
    root = etree.Element(f"{{{QUERY}}}QueryRequest", nsmap=PREFIXES)
    _set(root, "id", request.id)
    _set(root, f"{{{XML}}}lang", request.language)
    _further(root, request.attributes)
    _slots(root, request.slots)
    option = etree.SubElement(root, f"{{{QUERY}}}ResponseOption")
    _set(option, "returnType", request.return_type)
    _further(option, request.option_attributes)
    query = etree.SubElement(root, f"{{{QUERY}}}Query")
    _set(query, "queryDefinition", request.query_definition)
    _slots(query, request.query_slots)
    return root


def query_response_element(response: QueryResponse) -> etree._Element:
    """Give the element ``query:QueryResponse``; raises ``RegRepMisuse`` likewise."""
    return _response(response, f"{{{QUERY}}}QueryResponse")


def write_registry_response(response: QueryResponse) -> bytes:
    """Give the bytes of an ``rs:RegistryResponse``, which answers a submission."""
    return to_bytes(_response(response, f"{{{RS}}}RegistryResponse"))


def write_submit_objects_request(request: SubmitObjectsRequest) -> bytes:
    """Give the bytes of an ``lcm:SubmitObjectsRequest``; raises ``RegRepMisuse`` likewise."""
    root = etree.Element(f"{{{LCM}}}SubmitObjectsRequest", nsmap={"lcm": LCM, **PREFIXES})
    _set(root, "id", request.id)
    _further(root, request.attributes)
    _slots(root, request.slots)
    _objects(root, request.objects)
    return to_bytes(root)


def _response(response: QueryResponse, name: str) -> etree._Element:
    root = etree.Element(name, nsmap=PREFIXES)
    _set(root, "status", response.status)
    _set(root, "requestId", response.request_id)
    _further(root, response.attributes)
    _slots(root, response.slots)
    for exception in response.exceptions:
        _exception(root, exception)
    if response.objects is not None:
        _objects(root, response.objects)
    return root


def to_bytes(root: etree._Element) -> bytes:
    """Serialise as UTF-8 with an XML declaration."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _slots(parent: etree._Element, slots: Iterable[Slot]) -> None:
    for slot in slots:
        _slot(etree.SubElement(parent, _SLOT), slot)


def _slot(element: etree._Element, slot: Slot) -> None:
    _set(element, "name", slot.name)
    _set(element, "type", slot.type)
    if slot.value is not None:
        _value(etree.SubElement(element, _SLOT_VALUE), slot.value)


def _value(element: etree._Element, value: SlotValue) -> None:
    _type(element, RIM, _TYPE_NAMES[type(value)])
    match value:
        case InternationalStringValue(texts):
            holder = etree.SubElement(element, _VALUE)
            for one in texts:
                localized = etree.SubElement(holder, f"{{{RIM}}}LocalizedString")
                _set(localized, f"{{{XML}}}lang", one.language)
                _set(localized, "value", one.value)
        case VocabularyTermValue(term, vocabulary):
            holder = etree.SubElement(element, _VALUE)
            _set(holder, "vocabulary", vocabulary)
            _set(holder, "term", term)
        case AnyValue():
            _foreign(element, value)
        case CollectionValue(elements, collection_type):
            _set(element, "collectionType", collection_type)
            for member in elements:
                _value(etree.SubElement(element, f"{{{RIM}}}Element"), member)
        case MapValue(entries):
            _entries(etree.SubElement(element, f"{{{RIM}}}Map"), entries)
        case NestedSlot(slot):
            _slot(etree.SubElement(element, _SLOT), slot)
        case _:
            etree.SubElement(element, _VALUE).text = _sendable(value.value)


def _entries(parent: etree._Element, entries: Iterable[tuple[SlotValue, SlotValue | None]]) -> None:
    for key, value in entries:
        entry = etree.SubElement(parent, f"{{{RIM}}}Entry")
        _value(etree.SubElement(entry, f"{{{RIM}}}EntryKey"), key)
        if value is not None:
            _value(etree.SubElement(entry, f"{{{RIM}}}EntryValue"), value)


def _foreign(parent: etree._Element, value: AnyValue) -> None:
    element = value.element
    if element.getparent() is not None:
        # It stays where it stands; one that stands alone was made to be written, and a copy of it
        # would cost more than all the rest.
        element = deepcopy(element)
    element.tail = None
    parent.append(element)


def _objects(parent: etree._Element, objects: Iterable[RegistryObject]) -> None:
    holder = etree.SubElement(parent, f"{{{RIM}}}RegistryObjectList")
    for one in objects:
        _object(etree.SubElement(holder, f"{{{RIM}}}RegistryObject"), one)


def _object(element: etree._Element, value: RegistryObject) -> None:
    if value.kind is not ObjectKind.PLAIN:
        _type(element, RIM, value.kind)
    _set(element, "id", value.id)
    _set(element, "type", value.association_type)
    _set(element, "sourceObject", value.source)
    _set(element, "targetObject", value.target)
    _further(element, value.attributes)
    _slots(element, value.slots)
    last = [one for one in value.others if etree.QName(one.element).localname in _LAST]
    for other in value.others:
        if other not in last:
            _foreign(element, other)
    for one in value.classifications:
        classification = etree.SubElement(element, f"{{{RIM}}}Classification")
        _set(classification, "id", one.id)
        _set(classification, "classificationScheme", one.scheme)
        _set(classification, "classificationNode", one.node)
        _further(classification, one.attributes)
    for other in last:
        _foreign(element, other)
    if value.kind is ObjectKind.PACKAGE:
        _objects(element, value.objects)
    if value.repository_item is not None:
        item = etree.SubElement(element, f"{{{RIM}}}RepositoryItemRef")
        _set(item, f"{{{XLINK}}}href", value.repository_item.href)
        _set(item, f"{{{XLINK}}}title", value.repository_item.title)


def _exception(parent: etree._Element, value: ResponseException) -> None:
    element = etree.SubElement(parent, f"{{{RS}}}Exception")
    namespace, _, local = value.type.removeprefix("{").partition("}")
    _type(element, namespace, local)
    for name in ("severity", "message", "detail", "code"):
        _set(element, name, getattr(value, name))
    _slots(element, value.slots)


def _type(element: etree._Element, namespace: str, local: str) -> None:
    prefix = _PREFIX_OF.get(namespace)
    if prefix is None:
        raise RegRepMisuse(f"{local} is of a namespace that RegRep messages do not use")
    element.set(_TYPE, f"{prefix}:{local}")


def _further(element: etree._Element, attributes: Attributes) -> None:
    for name, value in attributes:
        _set(element, name, value)


def _set(element: etree._Element, name: str, value: str | None) -> None:
    if value is not None:
        element.set(name, _sendable(value))


def _sendable(text: str) -> str:
    if not (text.isascii() and text.isprintable()) and _NOT_XML.search(text):
        raise RegRepMisuse("a value holds a character that XML cannot carry")
    return str(text)
