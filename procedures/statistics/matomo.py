"""Matomo's log of visits: ``Live.getLastVisitsDetails`` as JSON.

https://developer.matomo.org/api-reference/reporting-api (module Live)
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from procedures.statistics.devices import device_named
from procedures.statistics.hits import Hit, StatisticsRefused


def read_matomo(data: bytes) -> Iterator[Hit]:
    """The views of pages in an export; raises `StatisticsRefused` for any other bytes.

    Downloads, outlinks, searches and events are no views.
    """
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        raise StatisticsRefused("expected the JSON of Live.getLastVisitsDetails") from None
    if isinstance(said, dict) and said.get("result") == "error":
        raise StatisticsRefused("Matomo answered with an error instead of visits")
    if not isinstance(said, list):
        raise StatisticsRefused("expected a list of visits, found another JSON value")
    for number, visit in enumerate(said):
        if not isinstance(visit, Mapping) or not isinstance(visit.get("actionDetails"), list):
            raise StatisticsRefused(f"visit {number + 1} has no actionDetails")
        yield from _views(visit, number)


def _views(visit: Mapping[str, Any], number: int) -> Iterator[Hit]:
    device = device_named(str(visit.get("deviceType") or ""))
    country = str(visit.get("countryCode") or "") or None
    for action in visit["actionDetails"]:
        if not isinstance(action, Mapping) or action.get("type") != "action":
            continue
        address = action.get("url")
        at = _moment(action.get("timestamp", visit.get("serverTimestamp")))
        if isinstance(address, str) and address and at is not None:
            yield Hit(
                address=address,
                country=country,
                device=device,
                at=at,
                visit=str(visit.get("idVisit", number)),
            )


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(str(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
