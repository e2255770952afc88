"""ebXML RegRep 4.0: the envelope of every OOTS message."""

from sdg_connector.regrep.errors import RegRepMisuse, RegRepRefused
from sdg_connector.regrep.model import (
    AnyValue,
    BooleanValue,
    CollectionValue,
    DateTimeValue,
    InternationalStringValue,
    LocalizedString,
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
)
from sdg_connector.regrep.reader import read_query_request, read_query_response
from sdg_connector.regrep.writer import write_query_request, write_query_response

__all__ = [
    "AnyValue",
    "BooleanValue",
    "CollectionValue",
    "DateTimeValue",
    "InternationalStringValue",
    "LocalizedString",
    "ObjectClassification",
    "ObjectKind",
    "QueryRequest",
    "QueryResponse",
    "RegRepMisuse",
    "RegRepRefused",
    "RegistryObject",
    "RepositoryItemRef",
    "ResponseException",
    "ResponseStatus",
    "Slot",
    "SlotValue",
    "StringValue",
    "read_query_request",
    "read_query_response",
    "write_query_request",
    "write_query_response",
]
