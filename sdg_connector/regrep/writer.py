"""Write RegRep values as bytes that the official schema accepts."""

import re
from collections.abc import Iterable
from copy import deepcopy

from lxml import etree

from sdg_connector.regrep.errors import RegRepMisuse
from sdg_connector.regrep.model import (
    AnyValue,
    BooleanValue,
    CollectionValue,
    DateTimeValue,
    InternationalStringValue,
    ObjectKind,
    QueryRequest,
    QueryResponse,
    RegistryObject,
    ResponseException,
    Slot,
    SlotValue,
    StringValue,
)
from sdg_connector.regrep.namespaces import PREFIXES, QUERY, RIM, RS, XLINK, XML, XSI

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPE_NAMES = {
    StringValue: "StringValueType",
    DateTimeValue: "DateTimeValueType",
    BooleanValue: "BooleanValueType",
    InternationalStringValue: "InternationalStringValueType",
    AnyValue: "AnyValueType",
    CollectionValue: "CollectionValueType",
}


def write_query_request(request: QueryRequest) -> bytes:
    """Give the bytes of a ``query:QueryRequest``; raises ``RegRepMisuse`` for unsendable text."""
    root = etree.Element(f"{{{QUERY}}}QueryRequest", nsmap=PREFIXES)
    _set(root, "id", request.id)
    _set(root, f"{{{XML}}}lang", request.language)
    _slots(root, request.slots)
    option = etree.SubElement(root, f"{{{QUERY}}}ResponseOption")
    _set(option, "returnType", request.return_type)
    query = etree.SubElement(root, f"{{{QUERY}}}Query")
    _set(query, "queryDefinition", request.query_definition)
    _slots(query, request.query_slots)
    return to_bytes(root)


def write_query_response(response: QueryResponse) -> bytes:
    """Give the bytes of a ``query:QueryResponse``; raises ``RegRepMisuse`` likewise."""
    root = etree.Element(f"{{{QUERY}}}QueryResponse", nsmap=PREFIXES)
    _set(root, "status", response.status)
    _set(root, "requestId", response.request_id)
    _slots(root, response.slots)
    for exception in response.exceptions:
        _exception(root, exception)
    if response.objects is not None:
        _objects(root, response.objects)
    return to_bytes(root)


def to_bytes(root: etree._Element) -> bytes:
    """Serialise as UTF-8 with an XML declaration."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _slots(parent: etree._Element, slots: Iterable[Slot]) -> None:
    for slot in slots:
        element = etree.SubElement(parent, f"{{{RIM}}}Slot")
        _set(element, "name", slot.name)
        if slot.value is not None:
            _value(etree.SubElement(element, f"{{{RIM}}}SlotValue"), slot.value)


def _value(element: etree._Element, value: SlotValue) -> None:
    _type(element, RIM, _TYPE_NAMES[type(value)])
    match value:
        case StringValue(text) | DateTimeValue(text) | BooleanValue(text):
            etree.SubElement(element, f"{{{RIM}}}Value").text = _sendable(text)
        case InternationalStringValue(texts):
            holder = etree.SubElement(element, f"{{{RIM}}}Value")
            for one in texts:
                localized = etree.SubElement(holder, f"{{{RIM}}}LocalizedString")
                _set(localized, f"{{{XML}}}lang", one.language)
                _set(localized, "value", one.value)
        case AnyValue(content):
            copied = deepcopy(content)
            copied.tail = None
            element.append(copied)
        case CollectionValue(elements, collection_type):
            _set(element, "collectionType", collection_type)
            for member in elements:
                _value(etree.SubElement(element, f"{{{RIM}}}Element"), member)


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
    _slots(element, value.slots)
    for one in value.classifications:
        classification = etree.SubElement(element, f"{{{RIM}}}Classification")
        _set(classification, "id", one.id)
        _set(classification, "classificationScheme", one.scheme)
        _set(classification, "classificationNode", one.node)
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
    prefixes = [prefix for prefix, uri in PREFIXES.items() if uri == namespace]
    if not prefixes:
        raise RegRepMisuse(f"{local} is of a namespace that RegRep messages do not use")
    element.set(f"{{{XSI}}}type", f"{prefixes[0]}:{local}")


def _set(element: etree._Element, name: str, value: str | None) -> None:
    if value is not None:
        element.set(name, _sendable(value))


def _sendable(text: str) -> str:
    if _NOT_XML.search(text):
        raise RegRepMisuse("a value holds a character that XML cannot carry")
    return str(text)
