"""By when figures and feedback must have been handed over."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from procedures.collect.calls import Call
from procedures.collect.period import Period
from procedures.collect.working_days import add_working_days
from procedures.errors import ProceduresMisuse

_FEEDBACK_DAYS: Final = 5
_INVITATION_DAYS: Final = 10
_FEEDBACK_CLAUSE: Final = "Implementing Regulation (EU) 2020/1121, article 10(1)"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Due:
    """One thing to hand over, and the last day for it."""

    day: date
    call: Call
    period: Period
    clause: str


def due(call: Call, period: Period, *, holidays: Collection[date] = ()) -> Due:
    """The last day to hand a period over.

    Information statistics are monthly without a day in the law; the month after is what the law's
    rhythm leaves. Raises `ProceduresMisuse` for a period that is not the call's own.
    """
    if not call.traits.for_a_period:
        raise ProceduresMisuse("a single answer is sent when it is given, not by a deadline")
    if call is Call.ASSISTANCE_STATISTICS:
        return _half_yearly(call, period)
    if not period.is_month:
        raise ProceduresMisuse("expected a calendar month, such as 2026-01")
    if call is Call.INFORMATION_STATISTICS:
        return Due(
            day=_month_after(period).last, call=call, period=period, clause=call.traits.clause
        )
    day = add_working_days(period.last, _FEEDBACK_DAYS, holidays=holidays)
    return Due(day=day, call=call, period=period, clause=_FEEDBACK_CLAUSE)


def invitation_due(answered: date, *, holidays: Collection[date] = ()) -> date:
    """The last day to invite feedback on an assistance service after its final response.

    Implementing Regulation (EU) 2020/1121, article 9: with the response or within ten working days.
    """
    return add_working_days(answered, _INVITATION_DAYS, holidays=holidays)


def upcoming(on: date, *, holidays: Collection[date] = ()) -> tuple[Due, ...]:
    """What is still to be handed over on a day for the periods that have ended, soonest first."""
    return tuple(sorted(one for one in _ended(on, holidays) if one.day >= on))


def _ended(on: date, holidays: Collection[date]) -> Iterator[Due]:
    for back in (1, 2):
        month = _months_before(on, back)
        for call in (Call.INFORMATION_STATISTICS, Call.FEEDBACK_BATCH, Call.SURVEY_BATCH):
            yield due(call, month, holidays=holidays)
    half = Period.half_year(on.year, 1) if on.month > 6 else Period.half_year(on.year - 1, 2)
    yield due(Call.ASSISTANCE_STATISTICS, half)


def _half_yearly(call: Call, period: Period) -> Due:
    if not period.is_half_year:
        raise ProceduresMisuse("expected a half-year, such as 2026-H1")
    year = period.last.year
    # Article 4: the first half by 31 August, the second by 28 February, leap year or not.
    day = date(year, 8, 31) if period.last.month == 6 else date(year + 1, 2, 28)
    return Due(day=day, call=call, period=period, clause=call.traits.clause)


def _month_after(period: Period) -> Period:
    year, month = period.last.year, period.last.month
    return Period.month(year + month // 12, month % 12 + 1)


def _months_before(day: date, count: int) -> Period:
    months = day.year * 12 + day.month - 1 - count
    return Period.month(months // 12, months % 12 + 1)
