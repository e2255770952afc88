"""Periods, working days and deadlines of the collect API."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from procedures import ProceduresMisuse
from procedures.collect import (
    Call,
    Period,
    add_working_days,
    due,
    for_collect,
    invitation_due,
    upcoming,
)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-H3", "2026-1", "0000-01", "2026-01 "]
)
def test_what_is_neither_month_nor_half_year_is_refused(text: str) -> None:
    with pytest.raises(ProceduresMisuse):
        Period.read(text)


def test_a_period_is_written_in_utc_as_the_api_wants_it() -> None:
    assert Period.read("2024-02").to_collect() == {
        "startDate": "2024-02-01T00:00:00.00Z",
        "endDate": "2024-02-29T23:59:59.00Z",
    }
    assert [str(Period.read(text)) for text in ("2026-01", "2026-H1", "2026-H2")] == [
        "2026-01",
        "2026-H1",
        "2026-H2",
    ]


def test_a_moment_belongs_to_the_month_that_utc_gives_it() -> None:
    riga = timezone(timedelta(hours=2))
    january = Period.month(2026, 1)
    assert datetime(2026, 2, 1, 1, 59, tzinfo=riga) in january
    assert datetime(2026, 1, 1, 1, 59, tzinfo=riga) not in january
    assert datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC) in january
    with pytest.raises(ProceduresMisuse):
        datetime(2026, 1, 5) in january  # noqa: B015, DTZ001  the naive moment is the point


def test_feedback_is_due_on_the_fifth_working_day_after_the_month() -> None:
    january = Period.month(2026, 1)
    assert due(Call.FEEDBACK_BATCH, january).day == date(2026, 2, 6)
    holiday = frozenset({date(2026, 2, 3)})
    assert due(Call.FEEDBACK_BATCH, january, holidays=holiday).day == date(2026, 2, 9)


@pytest.mark.parametrize(
    ("period", "day"), [("2026-H1", date(2026, 8, 31)), ("2027-H2", date(2028, 2, 28))]
)
def test_assistance_figures_are_due_twice_a_year(period: str, day: date) -> None:
    assert due(Call.ASSISTANCE_STATISTICS, Period.read(period)).day == day


def test_a_call_takes_its_own_kind_of_period() -> None:
    with pytest.raises(ProceduresMisuse, match="month"):
        due(Call.INFORMATION_STATISTICS, Period.read("2026-H1"))
    with pytest.raises(ProceduresMisuse, match="half-year"):
        due(Call.ASSISTANCE_STATISTICS, Period.read("2026-01"))


def test_feedback_on_assistance_is_invited_within_ten_working_days() -> None:
    assert invitation_due(date(2026, 4, 1)) == date(2026, 4, 15)
    easter = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
    assert invitation_due(date(2026, 4, 1), holidays=easter) == date(2026, 4, 17)


def test_the_calendar_names_what_is_still_due_soonest_first() -> None:
    named = [(one.day.isoformat(), one.call.value) for one in upcoming(date(2026, 2, 6))]
    assert named == [
        ("2026-02-06", "/feedback/quality/batch"),
        ("2026-02-06", "/feedback/quality/survey/batch"),
        ("2026-02-28", "/statistics/assistance-services"),
        ("2026-02-28", "/statistics/information-services"),
    ]
    assert all(one.day >= date(2026, 2, 7) for one in upcoming(date(2026, 2, 7)))


def test_no_working_day_is_a_saturday_or_sunday() -> None:
    assert add_working_days(date(2026, 1, 30), 1) == date(2026, 2, 2)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("gr", "EL"),
        ("EL", "EL"),
        ("uk", "GB"),
        ("lv", "LV"),
        ("xx", None),
        ("A1", None),
        ("EU", None),
    ],
)
def test_a_country_is_spelled_as_the_api_wants_it_or_not_at_all(
    given: str, sent: str | None
) -> None:
    assert for_collect(given) == sent
