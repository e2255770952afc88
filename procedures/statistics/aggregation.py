"""Views added up by page, country and kind of device, ready for the Commission.

The law counts page views (Implementing Regulation (EU) 2020/1121, article 3(1)); the field of the
collect API is called ``nbVisits``. Which of the two was counted stays with the figures.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from procedures.collect import Call, Period, Transmission, for_collect
from procedures.errors import ProceduresMisuse
from procedures.statistics.addresses import Site
from procedures.statistics.devices import Device
from procedures.statistics.hits import Hit

_PAUSE: Final = timedelta(minutes=30)
"""How long a visitor may do nothing within one visit, as web analytics count."""
Cell = tuple[str, str, Device]
"""Page, country, kind of device."""


class Metric(StrEnum):
    """What is counted."""

    PAGE_VIEWS = "page-views"
    VISITS = "visits"
    """However often a page is seen within one visit, it counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationStatistics:
    """Figures of one period."""

    period: Period
    metric: Metric
    cells: Mapping[Cell, int]
    left_out: Mapping[str, int]
    """Views that are in no cell, by reason."""

    def transmission(self) -> Transmission:
        """What is handed over; pages, countries and devices in a fixed order."""
        pages: dict[str, list[dict[str, object]]] = {}
        for page, country, device in sorted(self.cells):
            pages.setdefault(page, []).append(
                {
                    "nbVisits": self.cells[page, country, device],
                    "originatingCountry": country,
                    "deviceType": device.value,
                }
            )
        return Transmission(
            call=Call.INFORMATION_STATISTICS,
            period=self.period,
            entries=tuple(
                {"sourceUrl": page, "statistics": statistics} for page, statistics in pages.items()
            ),
        )


def aggregate(
    hits: Iterable[Hit],
    *,
    period: Period,
    site: Site,
    metric: Metric = Metric.PAGE_VIEWS,
    unknown_country: str | None = None,
    smallest: int = 1,
) -> InformationStatistics:
    """Add views up.

    A view whose country nobody knows is left out, or counted for ``unknown_country``. A cell below
    ``smallest`` is joined with the others of its page and country, and left out when it still is
    below, so that no figure is about one person. Raises `ProceduresMisuse` for a country that is
    none.
    """
    instead = for_collect(unknown_country) if unknown_country else None
    if unknown_country and instead is None:
        raise ProceduresMisuse("expected a country of ISO 3166-1 for visitors of unknown country")
    cells, left_out = Counter[Cell](), Counter[str]()
    visits = _Visits()
    begin, beyond = period.start, period.beyond
    page_of = lru_cache(maxsize=50_000)(site.canonical)
    country_of = lru_cache(maxsize=1000)(for_collect)
    for hit in hits:
        if hit.at is not None and not begin <= hit.at < beyond:
            left_out["outside the period"] += hit.count
            continue
        page = page_of(hit.address)
        if page is None:
            left_out["no page of the Gateway"] += hit.count
            continue
        country = country_of(hit.country or "") or instead
        if country is None:
            left_out["unknown country"] += hit.count
        elif metric is Metric.VISITS and visits.again(hit, page):
            left_out["the same visit"] += hit.count
        else:
            cells[page, country, hit.device] += hit.count
    if smallest > 1:
        cells = _joined(cells, smallest, left_out)
    return InformationStatistics(
        period=period, metric=metric, cells=dict(cells), left_out=dict(left_out)
    )


@dataclass(slots=True)
class _Visits:
    """Which pages each visitor has seen in the visit that is going on."""

    going_on: dict[str, tuple[datetime, set[str]]] = field(default_factory=dict)

    def again(self, hit: Hit, page: str) -> bool:
        """Whether this visit has seen the page before; notes that it has seen it now."""
        if hit.visit is None or hit.at is None:
            return False
        last, pages = self.going_on.get(hit.visit, (hit.at, set()))
        if abs(hit.at - last) >= _PAUSE:
            pages = set()
        seen = page in pages
        pages.add(page)
        self.going_on[hit.visit] = (hit.at, pages)
        return seen


def _joined(cells: Counter[Cell], smallest: int, left_out: Counter[str]) -> Counter[Cell]:
    kept, small = Counter[Cell](), Counter[Cell]()
    for (page, country, device), count in cells.items():
        if count >= smallest and device is not Device.OTHERS:
            kept[page, country, device] = count
        else:
            small[page, country, Device.OTHERS] += count
    for cell, count in small.items():
        if count >= smallest:
            kept[cell] = count
        else:
            left_out["too few to tell"] += count
    return kept
