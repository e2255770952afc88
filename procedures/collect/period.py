"""The months and half-years that figures are about, in UTC as the collect API wants them."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from procedures.collect.moments import moment_text
from procedures.errors import ProceduresMisuse

_WRITTEN: Final = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|H([12]))")
_MONTHS_OF_HALF: Final = {1: (1, 6), 2: (7, 12)}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole days, from the first instant of ``first`` to the last of ``last``."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.last < self.first:
            raise ProceduresMisuse("a period ends on the day it begins, or later")

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """One calendar month."""
        return cls._months(year, month, month)

    @classmethod
    def half_year(cls, year: int, half: int) -> "Period":
        """The first or the second half of a year."""
        if half not in _MONTHS_OF_HALF:
            raise ProceduresMisuse("a year has a half 1 and a half 2")
        return cls._months(year, *_MONTHS_OF_HALF[half])

    @classmethod
    def read(cls, text: str) -> "Period":
        """``2026-01`` or ``2026-H1``; raises `ProceduresMisuse` for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ProceduresMisuse("expected a month or a half-year, such as 2026-01 or 2026-H1")
        year, month, half = found.groups()
        return cls.month(int(year), int(month)) if month else cls.half_year(int(year), int(half))

    @classmethod
    def _months(cls, year: int, start: int, end: int) -> "Period":
        try:
            return cls(date(year, start, 1), date(year, end, calendar.monthrange(year, end)[1]))
        except (ValueError, IndexError) as wrong:
            raise ProceduresMisuse("expected a year and a month from 1 to 12") from wrong

    @property
    def start(self) -> datetime:
        """The first second."""
        return datetime.combine(self.first, time.min, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The last second."""
        return datetime.combine(self.last, time(23, 59, 59), tzinfo=UTC)

    @property
    def beyond(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=UTC)

    @property
    def is_month(self) -> bool:
        """Whether this is one calendar month."""
        return self == Period.month(self.first.year, self.first.month)

    @property
    def is_half_year(self) -> bool:
        """Whether this is a calendar half-year."""
        return self == Period.half_year(self.first.year, 1 if self.first.month < 7 else 2)

    def __contains__(self, moment: object) -> bool:
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise ProceduresMisuse("only an aware moment lies within a period or outside it")
        return self.start <= moment < self.beyond

    def __str__(self) -> str:
        """As it is read, or both days where it is neither month nor half-year."""
        if self.is_month:
            return f"{self.first:%Y-%m}"
        if self.is_half_year:
            return f"{self.first.year}-H{1 if self.first.month < 7 else 2}"
        return f"{self.first}/{self.last}"

    def to_collect(self) -> dict[str, str]:
        """As ``referencePeriod`` of the collect API."""
        return {"startDate": moment_text(self.start), "endDate": moment_text(self.end)}
