"""Reading what a service answers: within limits, and its complaints field by field."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

import httpx

from procedures.errors import FieldError, GatewaySilent

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


def refusal(body: bytes) -> tuple[FieldError, ...]:
    """The complaints in a body, whichever of the usual shapes it has; none where it has no shape.

    The links repository names ``errors`` and, in the same order, ``errorFields``.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    return tuple(_complaints(said)) if isinstance(said, Mapping) else ()


def _complaints(said: Mapping[str, object]) -> Iterator[FieldError]:
    errors, fields = said.get("errors"), said.get("errorFields")
    listed = errors if isinstance(errors, list) else []
    named = fields if isinstance(fields, list) else []
    for number, error in enumerate(listed):
        field = named[number] if number < len(named) else ""
        if isinstance(error, Mapping):
            field = error.get("field", error.get("path", field))
            error = error.get("message", "")  # noqa: PLW2901  the complaint within its object
        yield FieldError(field=_short(field), ours="", message=_short(error))
    message = said.get("message", said.get("error"))
    if not listed and isinstance(message, str):
        yield FieldError(field="", ours="", message=_short(message))


def _short(words: object) -> str:
    text = " ".join(str(words).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
