"""Working days, as the Union counts them: no Saturday, no Sunday, no public holiday."""

from collections.abc import Collection
from datetime import date, timedelta

_SATURDAY = 5


def is_working_day(
    day: date, *, holidays: Collection[date] = (), made_up: Collection[date] = ()
) -> bool:
    """Whether offices work on that day (Regulation (EEC, Euratom) No 1182/71, article 2(2)).

    ``made_up`` are Saturdays that a Member State works for a moved day; the Union knows none.
    """
    return day in made_up or (day.weekday() < _SATURDAY and day not in holidays)


def add_working_days(
    day: date, count: int, *, holidays: Collection[date] = (), made_up: Collection[date] = ()
) -> date:
    """The day on which ``count`` working days after ``day`` end; ``day`` itself does not count.

    Without ``holidays`` the result is early at worst, never late.
    """
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays=holidays, made_up=made_up)
    return day
