"""Figures of one period, by page, by service and by authority.

Completion and e-share are the indicators of Latvia's Cabinet Regulation No 402, points 7.1 and 7.2:
finished of begun, and electronic of all; the rating from 1 to 5 is that of its point 7.3.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from procedures.collect.period import Period
from procedures.feedback.answers import Feedback
from procedures.figures.measures import Ratings, Share, net_promoter_score, system_usability
from procedures.figures.tables import FiguresRefused, rows, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """How one service was used in a period."""

    service: str
    page: str
    authority: str
    completion: Share
    """Electronic uses that were finished, of those that were begun."""
    electronic: Share
    """Electronic uses, of those through all channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigures:
    """What users say of one page."""

    page: str
    authority: str
    ratings: Ratings
    found: Mapping[str, int]
    """How often the information was found: ``Yes``, ``Partly``, ``No``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityFigures:
    """One authority's pages and services together."""

    authority: str
    ratings: Ratings
    completion: Share
    electronic: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that is known about a period."""

    period: Period
    pages: tuple[PageFigures, ...]
    services: tuple[Uses, ...]
    authorities: tuple[AuthorityFigures, ...]
    net_promoter_score: float | None
    net_promoter_answers: int
    system_usability: float | None
    system_usability_answers: int

    @property
    def ratings(self) -> Ratings:
        """All ratings together."""
        return sum((one.ratings for one in self.pages), Ratings((0, 0, 0, 0, 0)))


def compiled(
    feedback: Iterable[Feedback],
    uses: Sequence[Uses],
    *,
    period: Period,
    net_promoter: Sequence[int] = (),
    usability: Sequence[Sequence[int]] = (),
    authorities: Mapping[str, str] | None = None,
) -> Figures:
    """The figures of a period; ``authorities`` names the authority of a page.

    Pages that only feedback knows belong to the authority of their service, else to nobody.
    """
    whose = {one.page: one.authority for one in uses} | dict(authorities or {})
    ratings: dict[str, list[int]] = defaultdict(list)
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"Yes": 0, "Partly": 0, "No": 0})
    for one in feedback:
        if one.at is not None and one.at in period:
            ratings[one.source].append(one.rating)
            if one.found is not None:
                found[one.source][one.found] += 1
    pages = tuple(
        PageFigures(
            page=page,
            authority=whose.get(page, ""),
            ratings=Ratings.of(given),
            found=dict(found[page]) if page in found else {},
        )
        for page, given in sorted(ratings.items())
    )
    return Figures(
        period=period,
        pages=pages,
        services=tuple(sorted(uses, key=lambda one: (one.authority, one.service))),
        authorities=tuple(_authorities(pages, uses)),
        net_promoter_score=net_promoter_score(net_promoter),
        net_promoter_answers=len(net_promoter),
        system_usability=system_usability(usability),
        system_usability_answers=len(usability),
    )


def _authorities(pages: Sequence[PageFigures], uses: Sequence[Uses]) -> list[AuthorityFigures]:
    names = sorted({one.authority for one in pages} | {one.authority for one in uses})
    none, nothing = Ratings((0, 0, 0, 0, 0)), Share(0, 0)
    return [
        AuthorityFigures(
            authority=name,
            ratings=sum((one.ratings for one in pages if one.authority == name), none),
            completion=sum((one.completion for one in uses if one.authority == name), nothing),
            electronic=sum((one.electronic for one in uses if one.authority == name), nothing),
        )
        for name in names
        if name
    ]


def read_uses(data: bytes) -> tuple[Uses, ...]:
    """A CSV file with the columns service, page, authority, started, completed, electronic, total.

    ``electronic`` and ``total`` count finished uses by channel. Raises `FiguresRefused` with the
    row.
    """
    names = ("service", "page", "authority", "started", "completed", "electronic", "total")
    found = []
    for number, row in rows(data, columns=names):
        counts = {name: whole(row, name, number) for name in names[3:]}
        if counts["completed"] > counts["started"] or counts["electronic"] > counts["total"]:
            raise FiguresRefused(f"row {number}: a part is larger than its whole")
        found.append(
            Uses(
                service=row["service"],
                page=row["page"],
                authority=row["authority"],
                completion=Share(counts["completed"], counts["started"]),
                electronic=Share(counts["electronic"], counts["total"]),
            )
        )
    return tuple(found)
