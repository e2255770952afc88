"""By when a request about an e-service is answered (Cabinet Regulation No 402, point 12).

The regulation gives one of two times, in working days (https://likumi.lv/ta/id/292261).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from procedures.collect.working_days import add_working_days
from procedures.errors import Mistake, ProceduresMisuse, Refused
from procedures.public_holidays import FreeDays

_COLUMNS: Final = ("request", "received", "working_days", "answered")


class AnswerTime(IntEnum):
    """How many working days there are for an answer."""

    ONE_WORKING_DAY = 1
    SEVEN_WORKING_DAYS = 7


class AnswersRefused(Refused):
    """A file of requests cannot be read; every wrong row is listed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep all mistakes, in the order of the rows."""
        super().__init__(tuple(mistakes))
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        """List the mistakes."""
        return "; ".join(map(str, self.mistakes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that came in; nothing of the person who sent it."""

    name: str
    """Its number in the agency's own list."""
    received: date
    time: AnswerTime
    answered: date | None = None

    def __post_init__(self) -> None:
        """Refuse an answer that came before its request."""
        if self.answered is not None and self.answered < self.received:
            raise ProceduresMisuse("expected an answer on the day of the request, or later")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """By when a request is to be answered, and how late that is."""

    request: Request
    due: date
    late_days: int
    """Calendar days after the last day: of the answer, else of today; 0 while in time."""


def answer_due(received: date, time: AnswerTime, *, free: FreeDays) -> date:
    """The last day for the answer; the day of receipt does not count."""
    return add_working_days(received, time, holidays=free.holidays, made_up=free.made_up)


def answers(requests: Iterable[Request], *, today: date, free: FreeDays) -> tuple[Answer, ...]:
    """The answers to all requests: the open ones first, the most urgent of them before others."""
    found = []
    for request in requests:
        due = answer_due(request.received, request.time, free=free)
        late = max(0, ((request.answered or today) - due).days)
        found.append(Answer(request=request, due=due, late_days=late))
    return tuple(
        sorted(found, key=lambda one: (one.request.answered is not None, one.due, one.request.name))
    )


def answers_csv(held: Sequence[Answer]) -> str:
    """A line for each request."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_COLUMNS, "due", "late_days"])
    for one in held:
        request = one.request
        answered = "" if request.answered is None else request.answered.isoformat()
        writer.writerow(
            [
                request.name,
                request.received.isoformat(),
                int(request.time),
                answered,
                one.due.isoformat(),
                one.late_days,
            ]
        )
    return out.getvalue()


def read_requests(data: bytes) -> tuple[Request, ...]:
    """A CSV file with the columns request, received, working_days (7 or 1) and answered.

    Raises `AnswersRefused` with every wrong row.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AnswersRefused((_mistake(None, "expected csv in UTF-8"),)) from None
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = [name for name in _COLUMNS if name not in (table.fieldnames or ())]
    if missing:
        raise AnswersRefused((_mistake(1, f"expected the columns {', '.join(missing)}"),))
    found: list[Request] = []
    mistakes: list[Mistake] = []
    for number, row in enumerate(table, start=2):
        try:
            found.append(_request({name: (row[name] or "").strip() for name in _COLUMNS}))
        except ValueError as problem:
            mistakes.append(_mistake(number, str(problem)))
    if mistakes:
        raise AnswersRefused(mistakes)
    return tuple(found)


def _request(row: dict[str, str]) -> Request:
    if row["working_days"] not in {"1", "7"}:
        raise ProceduresMisuse("expected 7 or 1 as working_days")
    return Request(
        name=row["request"],
        received=_day(row["received"], "received"),
        time=AnswerTime(int(row["working_days"])),
        answered=_day(row["answered"], "answered") if row["answered"] else None,
    )


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProceduresMisuse(f"expected a day such as 2026-01-31 as {name}") from None


def _mistake(line: int | None, message: str) -> Mistake:
    return Mistake(path="", line=line, message=message)
