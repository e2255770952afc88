"""Judge a file that is about to be handed to the collect API."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from procedures.collect.calls import Call
from procedures.collect.rules import findings
from procedures.collect.structure import CLAUSE
from procedures.findings import Finding, Judgement, Severity


def check(
    data: bytes,
    *,
    context: Mapping[str, object],
    now: datetime,
    show_values: bool,
) -> Judgement:
    """Judge a file with the body of one call; ``context["call"]`` names it, else its shape does."""
    try:
        body = _read_json(data)
    except ValueError as problem:
        return Judgement((_error("collect.json", str(problem), "Write JSON."),))
    call = _call(context.get("call")) or call_of(body)
    if call is None:
        known = ", ".join(call.value for call in Call)
        fix = f'Name the call in the context, as {{"call": "…"}}: {known}.'
        return Judgement((_error("collect.call", "the body has the shape of no call", fix),))
    found = tuple(findings(body, call, now=now))
    value = {"call": call.value, **_summary(body)}
    return Judgement(found, value)


def call_of(body: object) -> Call | None:
    """The call that takes a body of this shape."""
    if not isinstance(body, Mapping):
        return None
    if "survey" in body:
        return Call.SURVEY
    if "rating" in body:
        return Call.FEEDBACK
    if isinstance(body.get("feedbacks"), list):
        first = next(iter(body["feedbacks"]), None)
        is_survey = isinstance(first, Mapping) and "survey" in first
        return Call.SURVEY_BATCH if is_survey else Call.FEEDBACK_BATCH
    if isinstance(body.get("sources"), list):
        return (
            Call.ASSISTANCE_STATISTICS if _speaks_of_requests(body) else Call.INFORMATION_STATISTICS
        )
    return None


def _speaks_of_requests(body: Mapping[str, Any]) -> bool:
    cells = (
        cell
        for source in body["sources"]
        if isinstance(source, Mapping) and isinstance(source.get("statistics"), list)
        for cell in source["statistics"]
    )
    return any(isinstance(cell, Mapping) and "nbRequests" in cell for cell in cells)


def _call(name: object) -> Call | None:
    return next((call for call in Call if isinstance(name, str) and call.value == name), None)


def _read_json(data: bytes) -> object:
    def once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("expected each key once in its object, found one twice")
        return dict(pairs)

    def no_constant(name: str) -> object:
        raise ValueError(f"expected a number, found {name}")

    try:
        return json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=once, parse_constant=no_constant
        )
    except UnicodeDecodeError:
        raise ValueError("expected UTF-8, found other bytes") from None
    except json.JSONDecodeError as problem:
        raise ValueError(f"expected JSON, found an error in line {problem.lineno}") from None
    except RecursionError:
        raise ValueError("expected JSON, found too many levels") from None


def _summary(body: object) -> dict[str, object]:
    if not isinstance(body, Mapping):
        return {}
    return {
        name: body[name] for name in ("uniqueId", "referencePeriod", "nbEntries") if name in body
    }


def _error(rule: str, message: str, fix: str) -> Finding:
    return Finding(
        rule=rule, severity=Severity.ERROR, where="/", message=message, clause=CLAUSE, fix=fix
    )
