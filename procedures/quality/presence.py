"""Steps that need the user in person, as they are notified to the Commission and Member States.

Regulation (EU) 2018/1724, article 6(3) and (4); notifications go through IMI (article 35(1)).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from procedures.model import Description, Procedure
from procedures.sheet_rows import guarded


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceException:
    """One step of one procedure that cannot be done at a distance."""

    procedure: str
    """The identifier of the description."""
    codes: tuple[str, ...]
    authority: str
    step: int
    """Its place in the procedure, from 1."""
    text: str
    reason: str
    """The overriding reason of public interest."""
    notified: str
    """The reference of the notification; empty while it is owed."""


def presence_exceptions(descriptions: Iterable[Description]) -> tuple[PresenceException, ...]:
    """The exceptions of all procedures, those still to be notified first."""
    return tuple(sorted(_found(descriptions), key=lambda one: bool(one.notified)))


def presence_csv(held: Iterable[PresenceException]) -> str:
    """A line for each exception, for whoever types them into IMI."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["procedure", "codes", "authority", "step", "text", "reason", "notified"])
    for one in held:
        words = (one.procedure, " ".join(one.codes), one.authority, str(one.step), one.text)
        writer.writerow([guarded(cell) for cell in (*words, one.reason, one.notified)])
    return out.getvalue()


def _found(descriptions: Iterable[Description]) -> Iterator[PresenceException]:
    for one in descriptions:
        if not isinstance(one, Procedure):
            continue
        for number, step in enumerate(one.steps, 1):
            if step.presence is not None:
                yield PresenceException(
                    procedure=one.identifier,
                    codes=tuple(map(str, one.codes)),
                    authority=one.authority.name.best("en", one.language).text,
                    step=number,
                    text=step.text.best("en", one.language).text,
                    reason=step.presence.reason.best("en", one.language).text,
                    notified=step.presence.notified,
                )
