"""The JSON Schema of description files, made from the model itself."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Final, TypeAlias, Union, get_args, get_origin, get_type_hints

from procedures.codes import PolicyCode
from procedures.errors import ProceduresMisuse
from procedures.model import Language, Origin, Text, Value
from procedures.reading import KINDS

Schema: TypeAlias = dict[str, object]
_SCALARS: Final[dict[object, Schema]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    Decimal: {"type": ["string", "number"], "pattern": r"^[0-9]+(\.[0-9]+)?$"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    PolicyCode: {"type": "string", "pattern": f"^{PolicyCode.PATTERN}$"},
}


def json_schema() -> Schema:
    """The schema (draft 2020-12) that every file this package reads or writes obeys."""
    definitions: dict[str, Schema] = {"Text": _text_schema()}
    for name, kind in KINDS.items():
        definitions[kind.__name__] = _record(kind, definitions, kind=name)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A description for the Single Digital Gateway",
        "oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in KINDS.values()],
        "$defs": definitions,
    }


def headed_schema(wanted: type, *, kind: str, title: str) -> Schema:
    """The schema of another kind of file, headed by ``kind``."""
    definitions: dict[str, Schema] = {"Text": _text_schema()}
    schema = _record(wanted, definitions, kind=kind)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **schema,
        "$defs": definitions,
    }


def _text_schema() -> Schema:
    properties, required = _fields(Origin, {})
    made: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"text": {"type": "string"}, **properties},
        "required": ["text", *required],
    }
    return {
        "description": "A string is in the language of the description.",
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "propertyNames": {"pattern": f"^{Language.PATTERN}$"},
                "minProperties": 1,
                "additionalProperties": {"anyOf": [{"type": "string"}, made]},
            },
        ],
    }


def _schema(wanted: object, definitions: dict[str, Schema]) -> Schema:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Union or origin is UnionType:
        inner = next(one for one in arguments if one is not type(None))
        return {"anyOf": [_schema(inner, definitions), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if wanted is Text:
        return {"$ref": "#/$defs/Text"}
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return {"enum": [member.value for member in wanted]}
    if isinstance(wanted, type) and issubclass(wanted, Value):
        return {"type": "string", "pattern": f"^(?:{wanted.PATTERN})$"}
    if wanted in _SCALARS:
        return dict(_SCALARS[wanted])
    if isinstance(wanted, type):
        if wanted.__name__ not in definitions:
            definitions[wanted.__name__] = {}
            definitions[wanted.__name__] = _record(wanted, definitions)
        return {"$ref": f"#/$defs/{wanted.__name__}"}
    raise ProceduresMisuse(f"expected a type of the model, found {wanted}")


def _record(wanted: type, definitions: dict[str, Schema], *, kind: str = "") -> Schema:
    properties, required = _fields(wanted, definitions)
    if kind:
        properties, required = {"kind": {"const": kind}, **properties}, ["kind", *required]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }


def _fields(wanted: type, definitions: dict[str, Schema]) -> tuple[Schema, list[str]]:
    if not is_dataclass(wanted):
        raise ProceduresMisuse(f"expected a type of the model, found {wanted}")
    hints = get_type_hints(wanted)
    properties: Schema = {one.name: _schema(hints[one.name], definitions) for one in fields(wanted)}
    required = [
        one.name
        for one in fields(wanted)
        if one.default is MISSING and one.default_factory is MISSING
    ]
    return properties, required
