"""Requests to assistance services, counted for a half-year with their average response time.

Implementing Regulation (EU) 2020/1121, article 4: requests by kind of user, situation and subject
matter, and the average number of calendar days from receipt to the final response.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from procedures.collect import Call, Period, Transmission
from procedures.errors import ProceduresMisuse
from procedures.statistics.hits import StatisticsRefused


class UserCategory(StrEnum):
    """Who asked."""

    CITIZEN = "citizen"
    BUSINESS = "business"


class Situation(StrEnum):
    """Whether the question crosses a border."""

    CROSS_BORDER = "cross-border"
    NATIONAL = "national"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceRequest:
    """One request, without the person."""

    page: str
    """Address of the service's page."""
    received: date
    answered: date | None
    """Day of the final response, or of the closure; none while it is open."""
    user: UserCategory
    situation: Situation
    subject: str
    """A category that was filed with the Commission in advance."""
    subsubject: str = ""

    def __post_init__(self) -> None:
        """Refuse an answer before its question."""
        if self.answered is not None and self.answered < self.received:
            raise ProceduresMisuse("a request is answered on the day it comes, or later")
        if not self.subject.strip():
            raise ProceduresMisuse("a request has a subject matter")


_COLUMNS: Final = ("page", "received", "answered", "user", "situation", "subject")
Key = tuple[str, str, str, str, str]


def assistance_statistics(requests: Iterable[AssistanceRequest], *, period: Period) -> Transmission:
    """What is handed over about the requests that came within a half-year.

    The time of a request that is open still counts to the last day of the period: it is at least
    that long. Half days are rounded up. Raises `ProceduresMisuse` for another period.
    """
    if not period.is_half_year:
        raise ProceduresMisuse("expected a half-year, such as 2026-H1")
    days: dict[Key, list[int]] = {}
    for one in requests:
        if period.first <= one.received <= period.last:
            key = (one.page, one.user.value, one.situation.value, one.subject, one.subsubject)
            until = one.answered or period.last
            days.setdefault(key, []).append((until - one.received).days)
    pages: dict[str, list[dict[str, object]]] = {}
    for key in sorted(days):
        pages.setdefault(key[0], []).append(_cell(key, days[key]))
    return Transmission(
        call=Call.ASSISTANCE_STATISTICS,
        period=period,
        entries=tuple({"sourceUrl": page, "statistics": cells} for page, cells in pages.items()),
    )


def _cell(key: Key, days: list[int]) -> dict[str, object]:
    _, user, situation, subject, subsubject = key
    cell: dict[str, object] = {
        "nbRequests": len(days),
        "categoryOfUser": user,
        "subjectMatter": subject,
        "situationOfUser": situation,
        "avgResponseTime": (2 * sum(days) + len(days)) // (2 * len(days)),
    }
    return cell | ({"sub-subjectMatter": subsubject} if subsubject else {})


def read_requests(data: bytes) -> Iterator[AssistanceRequest]:
    """The requests in a CSV file with the columns page, received, answered, user, situation,
    subject and, where wanted, subsubject; raises `StatisticsRefused` with the row.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StatisticsRefused("expected a table in UTF-8") from None
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = [one for one in _COLUMNS if one not in (rows.fieldnames or ())]
    if missing:
        raise StatisticsRefused(f"expected the columns {', '.join(missing)}")
    for number, row in enumerate(rows, start=2):
        try:
            yield _request({name: (value or "").strip() for name, value in row.items() if name})
        except (ValueError, AttributeError) as problem:
            what = (
                str(problem) if isinstance(problem, ProceduresMisuse) else "expected other values"
            )
            raise StatisticsRefused(f"row {number}: {what}") from None


def _request(row: Mapping[str, str]) -> AssistanceRequest:
    return AssistanceRequest(
        page=row["page"],
        received=_day(row["received"]),
        answered=_day(row["answered"]) if row["answered"] else None,
        user=_one_of(UserCategory, row["user"]),
        situation=_one_of(Situation, row["situation"]),
        subject=row["subject"],
        subsubject=row.get("subsubject", ""),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProceduresMisuse("expected a day such as 2026-01-31") from None


Choice = TypeVar("Choice", UserCategory, Situation)


def _one_of(choices: type[Choice], text: str) -> Choice:
    try:
        return choices(text)
    except ValueError:
        raise ProceduresMisuse(f"expected {' or '.join(one.value for one in choices)}") from None
