"""The quality report of one description: what the law asks, what is met, and what to mend."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from procedures.document import Path
from procedures.findings import Severity
from procedures.model import Description, Kind, Procedure
from procedures.places import texts_and_addresses
from procedures.quality.every_page import every_page_shortcomings
from procedures.quality.kinds import distance_shortcomings, kind_shortcomings
from procedures.quality.lints import address_shortcomings, text_shortcomings
from procedures.quality.rules import Rule, Shortcoming, rules
from procedures.quality.self_assessment import (
    Point,
    cross_border_points,
    fully_online_points,
)

_PREFIXES = {Kind.INFORMATION: "information.", Kind.PROCEDURE: "procedure."}


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityReport:
    """What one description says and lacks on a day."""

    identifier: str
    kind: Kind
    shortcomings: tuple[Shortcoming, ...]
    """Errors first, then in the order of the law."""
    demands: tuple[Rule, ...]
    """What the law demands of this kind of description."""
    fully_online: tuple[Point, ...] = ()
    """Self-assessment by article 6(2); empty for what is no procedure."""
    cross_border: tuple[Point, ...] = ()
    """Self-assessment by article 13(2)."""

    @property
    def complete(self) -> bool:
        """Whether every demand of the law is met."""
        return not any(one.severity is Severity.ERROR for one in self.shortcomings)

    @property
    def met(self) -> int:
        """How many of the demands are met."""
        return len(self.demands) - len({one.rule for one in self.shortcomings} & self._names())

    @property
    def score(self) -> float:
        """The share of demands that are met, from 0 to 1."""
        return self.met / len(self.demands)

    def _names(self) -> set[str]:
        return {rule.id for rule in self.demands}


def quality(
    description: Description, *, today: date, line: Callable[[Path], int | None] | None = None
) -> QualityReport:
    """Judge a description on a day by articles 6, 9 to 13 and 16, and by the rules of good writing.

    ``line`` finds the line of a field, for a description that came from a file.
    """
    held, addresses = texts_and_addresses(description)
    online: tuple[Point, ...] = ()
    crossing: tuple[Point, ...] = ()
    distance: Iterable[Shortcoming] = ()
    if isinstance(description, Procedure):
        online, crossing = fully_online_points(description), cross_border_points(description)
        distance = distance_shortcomings(description, fully_online=online, cross_border=crossing)
    found = (
        *kind_shortcomings(description),
        *distance,
        *every_page_shortcomings(description, held, today=today),
        *text_shortcomings(held, description.language),
        *address_shortcomings(addresses),
    )
    if line is not None:
        found = tuple(replace(one, line=line(one.path)) for one in found)
    return QualityReport(
        identifier=description.identifier,
        kind=description.kind,
        shortcomings=tuple(sorted(found, key=_order)),
        demands=demands(description.kind),
        fully_online=online,
        cross_border=crossing,
    )


@cache
def demands(kind: Kind) -> tuple[Rule, ...]:
    """The rules that the law makes for a kind of description."""
    own = _PREFIXES.get(kind, "assistance.")
    return tuple(
        rule
        for rule in rules().values()
        if rule.legal and rule.id.startswith((own, "description.", "text.", "address."))
    )


def _order(shortcoming: Shortcoming) -> tuple[int, int]:
    return list(Severity).index(shortcoming.severity), shortcoming.line or 0
