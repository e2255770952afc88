"""Reading what a service answers: within limits, and its complaints field by field."""

import json
from collections.abc import Mapping
from typing import Final

import httpx
from lxml import etree

from procedures.errors import FieldError, GatewaySilent
from xmltrust.errors import XmlRefused
from xmltrust.parse import parse

_MOST_OCTETS: Final = 1024 * 1024
_LONGEST: Final = 300


def within(answer: httpx.Response) -> bytes:
    """The body of an answer; raises `GatewaySilent` when it does not end."""
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > _MOST_OCTETS:
            raise GatewaySilent("the service did not stop answering")
    return bytes(body)


def refusal(body: bytes, *, listed_only: bool = False) -> tuple[FieldError, ...]:
    """The complaints in a body, whichever of the usual shapes it has; none where it has no shape.

    The links repository names ``errors`` and, in the same order, ``errorFields``. With
    ``listed_only`` a bare message is no complaint: success has messages too.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    return _complaints(said, listed_only=listed_only) if isinstance(said, Mapping) else ()


def refusal_in_soap(body: bytes, *, listed_only: bool = False) -> tuple[FieldError, ...]:
    """The complaints in a SOAP answer: its fault, or ``errors`` beside ``errorFields``."""
    try:
        root = parse(body, comments_allowed=True)
    except XmlRefused:
        return ()
    said = {name: _texts(root, name) for name in ("errors", "errorFields", "faultstring")}
    faults = [] if said["errors"] else said["faultstring"]
    return _complaints({**said, "errors": said["errors"] or faults}, listed_only=listed_only)


def _texts(root: etree._Element, name: str) -> list[object]:
    return [one.text or "" for one in root.iter(f"{{*}}{name}", name)]


def _complaints(said: Mapping[str, object], *, listed_only: bool) -> tuple[FieldError, ...]:
    errors, fields = said.get("errors"), said.get("errorFields")
    listed = errors if isinstance(errors, list) else []
    named = fields if isinstance(fields, list) else []
    message = said.get("message", said.get("error"))
    if not listed and not listed_only and isinstance(message, str):
        return (FieldError(field="", ours="", message=_short(message)),)
    return tuple(
        _complaint(one, named[at] if at < len(named) else "") for at, one in enumerate(listed)
    )


def _complaint(error: object, field: object) -> FieldError:
    if isinstance(error, Mapping):
        field = error.get("field", error.get("path", field))
        error = error.get("message", "")
    return FieldError(field=_short(field), ours="", message=_short(error))


def _short(words: object) -> str:
    text = " ".join(str(words).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
