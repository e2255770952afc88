"""When each description is to be checked again (Cabinet Regulation No 399, point 10)."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from procedures.model import Description
from procedures.quality.every_page import QUARTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One check that is to be done."""

    identifier: str
    authority: str
    """Who answers for the content and so does the check."""
    checked: date | None
    """The last check, update or publication."""
    due: date
    overdue_days: int
    """0 while there is time."""


def review_due(description: Description, *, today: date) -> date:
    """The day until which the next check is to be done; today when there never was one."""
    checked = _checked(description)
    return today if checked is None else checked + QUARTER


def reviews(descriptions: Iterable[Description], *, today: date) -> tuple[Review, ...]:
    """The checks of all descriptions, the most urgent first."""
    found = (
        Review(
            identifier=one.identifier,
            authority=one.authority.name.best(one.language).text,
            checked=_checked(one),
            due=(due := review_due(one, today=today)),
            overdue_days=max(0, (today - due).days),
        )
        for one in descriptions
    )
    return tuple(sorted(found, key=lambda one: (one.due, one.identifier)))


def reviews_csv(held: Sequence[Review]) -> str:
    """A line for each check, to be sent to the authorities."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["description", "authority", "checked", "due", "overdue_days"])
    for one in held:
        checked = "" if one.checked is None else one.checked.isoformat()
        writer.writerow(
            [one.identifier, one.authority, checked, one.due.isoformat(), one.overdue_days]
        )
    return out.getvalue()


def _checked(description: Description) -> date | None:
    days = (description.reviewed, description.last_change)
    return max((one for one in days if one is not None), default=None)
