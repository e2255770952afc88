"""Plausible's answer to a query of its Stats API v2 (https://plausible.io/docs/stats-api-v2).

The CSV export of its dashboard holds pages, countries and devices in separate tables, which nobody
can join again; the query by three dimensions can.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from procedures.statistics.devices import device_named
from procedures.statistics.hits import Hit, StatisticsRefused

QUERY: Final[Mapping[str, Any]] = {
    "metrics": ["pageviews", "visits"],
    "dimensions": ["event:page", "visit:country", "visit:device"],
}
"""What to ask for, besides ``site_id`` and ``date_range``."""


def read_plausible(data: bytes, *, metric: str = "pageviews") -> Iterator[Hit]:
    """The figures of an answer to `QUERY`; raises `StatisticsRefused` for any other bytes."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        raise StatisticsRefused("expected the JSON of Plausible's Stats API v2") from None
    query = said.get("query") if isinstance(said, Mapping) else None
    results = said.get("results") if isinstance(said, Mapping) else None
    if not isinstance(query, Mapping) or not isinstance(results, list):
        raise StatisticsRefused("expected results and the query that they answer")
    dimensions, metrics = query.get("dimensions"), query.get("metrics")
    if not isinstance(dimensions, list) or not set(QUERY["dimensions"]) <= set(dimensions):
        wanted = ", ".join(QUERY["dimensions"])
        raise StatisticsRefused(f"expected a query by the dimensions {wanted}")
    if not isinstance(metrics, list) or metric not in metrics:
        raise StatisticsRefused(f"expected a query for the metric {metric}")
    for number, row in enumerate(results):
        yield _hit(row, dimensions, metrics.index(metric), number)


def _hit(row: object, dimensions: Sequence[str], place: int, number: int) -> Hit:
    try:
        values = dict(zip(dimensions, row["dimensions"], strict=True))  # type: ignore[index]
        count = int(row["metrics"][place])  # type: ignore[index]
    except (TypeError, KeyError, IndexError, ValueError):
        raise StatisticsRefused(f"result {number + 1} does not fit its query") from None
    return Hit(
        address=str(values["event:page"]),
        country=str(values["visit:country"] or "") or None,
        device=device_named(str(values["visit:device"] or "")),
        count=count,
    )
