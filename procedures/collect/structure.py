"""Hold a body against the published structure; each fault is a finding that names no answer."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from procedures.collect.calls import Call
from procedures.collect.moments import read_moment
from procedures.collect.schemas import schema_of, survey_schema
from procedures.feedback.forms import Category
from procedures.findings import Finding, Severity

CLAUSE: Final = "SDG collect API 1.0.0"
_KINDS: Final = (
    (bool, "a truth value"),
    (int, "a number"),
    (float, "a number"),
    (str, "another text"),
    (list, "a list"),
    (dict, "an object"),
)
_FORMATS: Final = FormatChecker(formats=())


@_FORMATS.checks("date-time")
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or read_moment(value) is not None


def structure_findings(body: object, call: Call) -> list[Finding]:
    """Every place where a body leaves the structure of its call."""
    found = [_finding(one, "") for one in _errors(_validator(call), body)]
    if call in {Call.SURVEY, Call.SURVEY_BATCH} and not found and isinstance(body, Mapping):
        for place, answer in _surveys(body, call):
            found += _survey_findings(answer, place)
    return found


def survey_category(answer: Mapping[str, object]) -> Category | None:
    """What a survey is about: as it says, else as its questions tell."""
    given = answer.get("category")
    if isinstance(given, str):
        return Category(given)
    survey = answer.get("survey")
    asked = set(survey) if isinstance(survey, Mapping) else set()
    fitting = [one for one in Category if asked == set(survey_schema(one)["properties"])]
    return fitting[0] if fitting else None


def _surveys(body: Mapping[str, object], call: Call) -> Iterator[tuple[str, Mapping[str, object]]]:
    if call is Call.SURVEY:
        yield "", body
        return
    feedbacks = body["feedbacks"]
    assert isinstance(feedbacks, list)  # noqa: S101  the schema held
    for number, answer in enumerate(feedbacks):
        yield f"/feedbacks/{number}", answer


def _survey_findings(answer: Mapping[str, object], place: str) -> list[Finding]:
    category = survey_category(answer)
    if category is None:
        return [
            Finding(
                rule="collect.survey",
                severity=Severity.ERROR,
                where=f"{place}/survey",
                message="the answers belong to no survey that is known",
                clause=CLAUSE,
                fix="Name the category, and answer all questions of its survey.",
            )
        ]
    errors = _errors(_validator(category), answer["survey"])
    return [_finding(one, f"{place}/survey") for one in errors]


@cache
def _validator(of: Call | Category) -> Draft202012Validator:
    schema = schema_of(of) if isinstance(of, Call) else survey_schema(of)
    return Draft202012Validator(schema, format_checker=_FORMATS)


def _errors(validator: Draft202012Validator, body: object) -> list[ValidationError]:
    """One error for each place, the coarsest: no text at all is no published text either."""
    order = {"type": 0, "required": 1}
    found = sorted(
        validator.iter_errors(body), key=lambda one: order.get(str(one.validator), 2), reverse=True
    )
    by_place = {one.json_path: one for one in found}
    return [by_place[place] for place in sorted(by_place)]


def _finding(error: ValidationError, place: str) -> Finding:
    where = place + "".join(f"/{part}" for part in error.absolute_path)
    expected, found, fix = _in_words(error)
    return Finding(
        rule=f"collect.{_RULES.get(str(error.validator), 'structure')}",
        severity=Severity.ERROR,
        where=where or "/",
        message=f"expected {expected}, found {found}",
        clause=CLAUSE,
        fix=fix,
    )


_RULES: Final = {
    "required": "field-missing",
    "type": "field-type",
    "enum": "field-value",
    "format": "moment",
}


def _in_words(error: ValidationError) -> tuple[str, str, str]:
    value: Any = error.instance
    wanted: Any = error.validator_value
    if error.validator == "required":
        missing = sorted(set(wanted) - set(value))
        return f"the field {', '.join(missing)}", "none", "Add the field."
    if error.validator == "format":
        moment = "a moment such as 2026-01-31T23:59:59.00Z"
        return moment, "another text", "Write the moment in UTC as RFC 3339 says."
    if error.validator == "enum":
        choices = ", ".join(str(one) for one in wanted)
        return f"one of {choices}", _kind(value), "Use a published value, letter for letter."
    if isinstance(value, bool):
        # A reader of YAML 1.1 makes true and false of Yes and No.
        return _type(error), _kind(value), 'Write "Yes" or "No" as text, in quotes.'
    return _type(error), _kind(value), "Give the field its published type."


def _type(error: ValidationError) -> str:
    names = {"string": "a text", "integer": "a whole number", "array": "a list"}
    return names.get(str(error.validator_value), f"an {error.validator_value}")


def _kind(value: object) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "nothing")
