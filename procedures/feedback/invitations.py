"""When users are invited to give feedback: after they finish, after they give up, after an answer.

Implementing Regulation (EU) 2020/1121, article 8: after the submission of a procedure, or when the
user decides not to submit; article 9: with the final response of an assistance service, or within
ten working days.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from procedures.collect.deadlines import invitation_due
from procedures.errors import ProceduresMisuse
from procedures.feedback.forms import Category

SILENCE: Final = timedelta(hours=1)
"""After so long without a step a procedure counts as given up, unless the caller says otherwise."""


class Occasion(StrEnum):
    """Why a user is invited now."""

    SUBMITTED = "submitted"
    ABANDONED = "abandoned"
    ANSWERED = "answered"
    """An assistance service gave its final response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One run through a procedure, or one question to an assistance service; nobody's name."""

    reference: str
    """Unguessable, and nobody's: what the caller finds the session or the ticket by."""
    source: str
    """Address of the page."""
    began: datetime
    last_step: datetime
    ended: Occasion | None = None
    """None while it goes on, or when the user simply went away."""
    invited: bool = False

    def __post_init__(self) -> None:
        """Refuse a last step before the first."""
        if self.last_step < self.began:
            raise ProceduresMisuse("an attempt does not end before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation to give now, and the last day for it where the law sets one."""

    reference: str
    source: str
    category: Category
    occasion: Occasion
    until: date | None


def invitations(
    attempts: Iterable[Attempt],
    *,
    now: datetime,
    silence: timedelta = SILENCE,
    holidays: Collection[date] = (),
) -> Iterator[tuple[Invitation, Attempt]]:
    """Whom to invite now, each with the attempt as it is to be kept: nobody is invited twice."""
    for attempt in attempts:
        occasion = attempt.ended
        if occasion is None and now - attempt.last_step >= silence:
            occasion = Occasion.ABANDONED
        if occasion is None or attempt.invited:
            continue
        answered = occasion is Occasion.ANSWERED
        until = invitation_due(attempt.last_step.date(), holidays=holidays) if answered else None
        yield (
            Invitation(
                reference=attempt.reference,
                source=attempt.source,
                category=Category.ASSISTANCE if answered else Category.PROCEDURE,
                occasion=occasion,
                until=until,
            ),
            replace(attempt, ended=occasion, invited=True),
        )
