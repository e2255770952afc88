"""What each call of the collect API takes, as JSON Schema in our own words.

Read from the Commission's OpenAPI descriptions (version 1.0.0 of each); the tests hold these
schemas against those files, call by call.
"""

from collections.abc import Mapping
from typing import Any, Final

from procedures.collect.calls import Call
from procedures.feedback.forms import AnswerKind, Category, second_level

Schema = Mapping[str, Any]
_TEXT: Final[Schema] = {"type": "string"}
_MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
_RATING: Final[Schema] = {"type": "integer", "enum": [1, 2, 3, 4, 5]}


def schema_of(call: Call) -> Schema:
    """The schema of the body of a call."""
    return _SCHEMAS[call]


def survey_schema(category: Category) -> Schema:
    """The schema of the answers to the second-level survey about one kind of service."""
    questions = second_level(category).questions
    return _object({one.id: _answer(one.kind) for one in questions})


def _answer(kind: AnswerKind) -> Schema:
    return _RATING if kind is AnswerKind.RATING else _one_of(*kind.choices)


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _object(fields: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "required": list(fields),
        "properties": {**fields, **(optional or {})},
    }


def _dataset(entries: str, entry: Schema, *, count: str = "integer") -> Schema:
    """The envelope around everything that is handed over for a period."""
    return _object(
        {
            "uniqueId": _TEXT,
            "referencePeriod": _object({"startDate": _MOMENT, "endDate": _MOMENT}),
            "transferDate": _MOMENT,
            "transferType": _one_of("API", "Manual"),
            "nbEntries": {"type": count},
            entries: {"type": "array", "items": entry},
        }
    )


def _statistics(cell: Schema) -> Schema:
    page = _object({"sourceUrl": _TEXT, "statistics": {"type": "array", "items": cell}})
    return _dataset("sources", page, count="number")


_CATEGORY: Final = _one_of(*(one.value for one in Category))
_FEEDBACK: Final = _object(
    {"source": _TEXT, "category": _CATEGORY, "rating": _RATING},
    {"foundInformation": _one_of("Yes", "No", "Partly"), "helpUsImprove": _TEXT},
)
_SURVEY: Final = _object({"source": _TEXT, "survey": {"type": "object"}}, {"category": _CATEGORY})
"""The answers themselves are held against `survey_schema` of their category."""
_VISITS: Final = _object(
    {
        "nbVisits": {"type": "integer"},
        "originatingCountry": _TEXT,
        "deviceType": _one_of("PC", "Tablet", "Smartphone", "Others"),
    }
)
_REQUESTS: Final = _object(
    {
        "nbRequests": {"type": "integer"},
        "categoryOfUser": _one_of("citizen", "business"),
        "subjectMatter": _TEXT,
        "situationOfUser": _one_of("cross-border", "national"),
        "avgResponseTime": {"type": "integer"},
    },
    {"sub-subjectMatter": _TEXT},
)
_SCHEMAS: Final[Mapping[Call, Schema]] = {
    Call.INFORMATION_STATISTICS: _statistics(_VISITS),
    Call.ASSISTANCE_STATISTICS: _statistics(_REQUESTS),
    Call.FEEDBACK: _FEEDBACK,
    Call.FEEDBACK_BATCH: _dataset("feedbacks", _FEEDBACK),
    Call.SURVEY: _SURVEY,
    Call.SURVEY_BATCH: _dataset("feedbacks", _SURVEY),
}
