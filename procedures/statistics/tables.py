"""Figures in a table: a custom report of Matomo or of any other tool, as CSV or TSV."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from babel import Locale

from procedures.statistics.devices import device_named
from procedures.statistics.hits import Hit, StatisticsRefused

_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "page": ("page url", "pageurl", "url", "page", "label"),
    "country": ("country code", "countrycode", "country"),
    "device": ("device type", "devicetype", "device"),
    "views": ("pageviews", "page views", "nb_hits", "views"),
    "visits": ("visits", "nb_visits", "unique pageviews", "unique page views", "nb_visits_unique"),
}
_NEEDED: Final = ("page", "country", "device")


def read_table(data: bytes, *, visits: bool = False) -> Iterator[Hit]:
    """One row for each page, country and device; raises `StatisticsRefused` with the row.

    Headings are found by the names that Matomo and others give them; UTF-16, as Matomo writes its
    TSV for spreadsheets, is read too.
    """
    rows = _rows(data)
    places = _places(next(rows, []), "visits" if visits else "views")
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            yield _hit(row, places, number)


def _rows(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        raise StatisticsRefused("expected a table in UTF-8 or UTF-16") from None
    first = text.partition("\n")[0]
    delimiter = max("\t;,", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as problem:
        raise StatisticsRefused(f"expected a table: {problem}") from None


def _places(headings: Sequence[str], count: str) -> dict[str, int]:
    given = {heading.strip().casefold(): place for place, heading in enumerate(headings)}
    found = {}
    for name in (*_NEEDED, count):
        place = next((given[one] for one in _HEADINGS[name] if one in given), None)
        if place is None:
            known = ", ".join(_HEADINGS[name])
            raise StatisticsRefused(f"expected a column for the {name}, named {known}")
        found["count" if name == count else name] = place
    return found


def _hit(row: Sequence[str], places: Mapping[str, int], number: int) -> Hit:
    if len(row) <= max(places.values()):
        raise StatisticsRefused(f"row {number} is shorter than the headings")
    cells = {name: row[place].strip() for name, place in places.items()}
    digits = cells["count"].replace("\u00a0", "").replace(" ", "").replace(",", "")
    if not digits.isdecimal():
        raise StatisticsRefused(f"row {number}: expected a whole number, found another text")
    return Hit(
        address=cells["page"],
        country=_by_name().get(cells["country"].casefold(), cells["country"]) or None,
        device=device_named(cells["device"]),
        count=int(digits),
    )


@cache
def _by_name() -> Mapping[str, str]:
    names = Locale("en").territories
    return {str(name).casefold(): str(code) for code, name in names.items() if len(str(code)) == 2}
