"""The read API described as OpenAPI 3.1, from the same schema that description files obey."""

from typing import Any, Final

from procedures import json_schema
from procedures.codes import Audience
from procedures.model import Kind, Language
from procedures.situations import situation_schema
from sdg_connector.web.descriptions.asking import MAX_PAGE, MAX_QUESTION

FORMATS: Final = (
    "json",
    "yaml",
    "page",
    "snippet",
    "tags",
    "schema-org",
    "turtle",
    "json-ld",
)
SITUATION_FORMATS: Final = ("json", "yaml", "plan", "snippet", "html")
_LANGUAGE: Final = {"type": "string", "pattern": f"^{Language.PATTERN}$"}


def openapi(*, version: str) -> dict[str, Any]:
    """The document served under ``/openapi.json``."""
    schema = json_schema()
    definitions: Any = schema["$defs"]
    situation = situation_schema()
    of_situations: Any = situation.pop("$defs")
    del situation["$schema"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Service descriptions",
            "version": version,
            "description": (
                "Descriptions of public services by Articles 9 to 11 of Regulation (EU) 2018/1724,"
                " open for republishing. No key, no cookie, any origin."
            ),
        },
        "paths": {
            "/descriptions": {"get": _search()},
            "/descriptions/{identifier}": {"get": _one()},
            "/situations": {"get": _situations()},
            "/situations/{identifier}": {"get": _situation()},
            "/codes": {"get": _codes()},
        },
        "components": {
            "schemas": {
                **{name: _moved(one) for name, one in definitions.items()},
                "Description": {"oneOf": _moved(schema["oneOf"])},
                **{name: _moved(one) for name, one in of_situations.items()},
                "LifeSituation": _moved(situation),
                "Found": _found(),
                "Problem": _problem(),
            }
        },
    }


def _moved(tree: Any) -> Any:
    """JSON Schema names its parts under ``$defs``, OpenAPI under ``components``."""
    if isinstance(tree, dict):
        return {
            name: value.replace("#/$defs/", "#/components/schemas/")
            if name == "$ref"
            else _moved(value)
            for name, value in tree.items()
        }
    return [_moved(one) for one in tree] if isinstance(tree, list) else tree


def _parameter(
    name: str, schema: dict[str, Any], words: str, where: str = "query"
) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": words,
        "schema": schema,
    }


def _answer(words: str, media: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {media: {"schema": schema}}}


_WRONG: Final = _answer(
    "The question cannot be answered.",
    "application/problem+json",
    {"$ref": "#/components/schemas/Problem"},
)


def _search() -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    return {
        "operationId": "searchDescriptions",
        "summary": "Find descriptions by words in any of their languages.",
        "parameters": [
            _parameter("q", {**text, "maxLength": MAX_QUESTION}, "Words; all when it is left out."),
            _parameter("language", _LANGUAGE, "Language of titles and summaries."),
            _parameter("kind", {"enum": [one.value for one in Kind]}, "What the page holds."),
            _parameter("code", text, "A policy code: T2, or II/T2."),
            _parameter("audience", {"enum": [one.value for one in Audience]}, "Whom it is for."),
            _parameter("territory", text, "A NUTS or LAU code where it must hold."),
            _parameter("authority", text, "Name or registration number of the authority."),
            _parameter(
                "changed_since",
                {**text, "format": "date"},
                "Only what changed on or after the day.",
            ),
            _parameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE}, "How many."
            ),
            _parameter("offset", {"type": "integer", "minimum": 0}, "How many to leave out."),
        ],
        "responses": {
            "200": _answer(
                "The best first.", "application/json", {"$ref": "#/components/schemas/Found"}
            ),
            "400": _WRONG,
        },
    }


def _one() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Description"}
    return {
        "operationId": "readDescription",
        "summary": "One description, whole, in the form asked for.",
        "parameters": [
            _parameter(
                "identifier", {"type": "string"}, "lv/studiju-kredits; slashes as they are.", "path"
            ),
            _parameter("format", {"enum": list(FORMATS)}, "The form; json when it is left out."),
            _parameter("language", _LANGUAGE, "Language of page, snippet, tags and schema-org."),
        ],
        "responses": {
            "200": {
                "description": "The description.",
                "content": {
                    "application/json": {"schema": schema},
                    "application/ld+json": {"schema": {"type": "object"}},
                    "application/yaml": {"schema": schema},
                    "text/html": {"schema": {"type": "string"}},
                    "text/turtle": {"schema": {"type": "string"}},
                },
            },
            "304": {"description": "Nothing has changed since the ETag that was sent."},
            "400": _WRONG,
            "404": _answer(
                "There is no such description.",
                "application/problem+json",
                {"$ref": "#/components/schemas/Problem"},
            ),
        },
    }


def _situations() -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    several = {"type": "array", "items": text}
    item = {
        "type": "object",
        "properties": {
            **dict.fromkeys(("identifier", "title", "summary", "language", "self"), text),
            **dict.fromkeys(("codes", "events", "services"), several),
        },
        "required": ["identifier", "title", "summary", "language", "services", "self"],
    }
    found = {
        "type": "object",
        "properties": {"total": {"type": "integer"}, "items": {"type": "array", "items": item}},
        "required": ["total", "items"],
    }
    return {
        "operationId": "searchSituations",
        "summary": "Find life situations by words in any of their languages.",
        "parameters": [
            _parameter("q", {**text, "maxLength": MAX_QUESTION}, "Words; all when it is left out."),
            _parameter("language", _LANGUAGE, "Language of titles and summaries."),
        ],
        "responses": {
            "200": _answer("The best first.", "application/json", found),
            "400": _WRONG,
        },
    }


def _situation() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/LifeSituation"}
    answers = {
        "name": "answers",
        "in": "query",
        "required": False,
        "description": "answer.NAME=yes or no, for each condition of the situation that is known.",
        "style": "form",
        "explode": True,
        "schema": {"type": "object", "additionalProperties": {"enum": ["yes", "no", ""]}},
    }
    return {
        "operationId": "readSituation",
        "summary": "One life situation, whole, or its steps for somebody who answered questions.",
        "parameters": [
            _parameter(
                "identifier", {"type": "string"}, "lv/parcelsanas; slashes as they are.", "path"
            ),
            _parameter("format", {"enum": list(SITUATION_FORMATS)}, "json when it is left out."),
            _parameter("language", _LANGUAGE, "Language of plan, snippet and html."),
            answers,
        ],
        "responses": {
            "200": {
                "description": "The situation, or its steps.",
                "content": {
                    "application/json": {"schema": {"anyOf": [schema, {"type": "object"}]}},
                    "application/yaml": {"schema": schema},
                    "text/html": {"schema": {"type": "string"}},
                },
            },
            "400": _WRONG,
            "404": _answer(
                "There is no such life situation.",
                "application/problem+json",
                {"$ref": "#/components/schemas/Problem"},
            ),
        },
    }


def _codes() -> dict[str, Any]:
    item = {
        "type": "object",
        "properties": {
            "code": {"type": "string"},
            "names": {"type": "object", "additionalProperties": {"type": "string"}},
            "services": {"type": "integer"},
        },
        "required": ["code", "names", "services"],
    }
    return {
        "operationId": "listCodes",
        "summary": "The policy codes in use, with their names and the number of descriptions.",
        "responses": {
            "200": _answer("All of them.", "application/json", {"type": "array", "items": item})
        },
    }


def _found() -> dict[str, Any]:
    text = {"type": "string"}
    item = {
        "type": "object",
        "properties": {
            "identifier": text,
            "kind": {"enum": [one.value for one in Kind]},
            "title": text,
            "summary": text,
            "language": text,
            "codes": {"type": "array", "items": text},
            "authority": text,
            "changed": {"type": ["string", "null"], "format": "date"},
            "self": text,
        },
        "required": ["identifier", "kind", "title", "summary", "language", "codes", "self"],
    }
    return {
        "type": "object",
        "properties": {
            "total": {"type": "integer"},
            "offset": {"type": "integer"},
            "items": {"type": "array", "items": item},
            "next": {"type": ["string", "null"]},
        },
        "required": ["total", "offset", "items", "next"],
    }


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
        "required": ["title", "status", "detail"],
    }
