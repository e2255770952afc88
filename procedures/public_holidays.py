"""The days on which a country's offices are closed, and the Saturdays worked in their place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from procedures.errors import ProceduresMisuse


@dataclass(frozen=True, slots=True)
class FreeDays:
    """The calendar of some years."""

    holidays: frozenset[date]
    """Public holidays, and working days that the government has moved."""
    made_up: frozenset[date]
    """Saturdays and Sundays that are worked instead."""


def free_days(country: str, *, years: Iterable[int]) -> FreeDays:
    """The calendar of a country (ISO 3166-1 alpha-2) as the library ``holidays`` knows it.

    Days that a government moves are known for the years for which it has said so. Raises
    `ProceduresMisuse` for a country that the library lacks, and without the extra ``calendar``.
    """
    try:
        import holidays  # noqa: PLC0415  an extra
    except ImportError as missing:
        message = "to know public holidays, install sdg-connector[calendar]"
        raise ProceduresMisuse(message) from missing
    try:
        known = holidays.country_holidays({"EL": "GR"}.get(country, country), years=list(years))
    except NotImplementedError:
        raise ProceduresMisuse(f"no public holidays are known of {country}") from None
    return FreeDays(frozenset(known), frozenset(getattr(known, "weekend_workdays", ())))
