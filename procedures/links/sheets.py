"""The xlsx and csv files of the repository: written for the upload, read from its export."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from procedures.errors import Mistake
from procedures.links.columns import COLUMNS, read_row, row_of
from procedures.links.link import Link, LinkRefused
from procedures.sheet_rows import SheetRefused, sheet_rows, xlsx_of


class LinksRefused(SheetRefused):
    """A file of links cannot be read, or rows in it are wrong; each is listed."""


def write_csv(rows: Sequence[tuple[Link, bool]]) -> bytes:
    """The csv file: UTF-8 with a mark, so that a spreadsheet reads the letters right."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS.values())
    writer.writerows(row_of(link, delete=delete) for link, delete in rows)
    return written.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Sequence[tuple[Link, bool]]) -> bytes:
    """The xlsx file; raises `ProceduresMisuse` where the extra ``xlsx`` is not installed."""
    head = list(COLUMNS.values())
    return xlsx_of("links", [head, *(row_of(link, delete=delete) for link, delete in rows)])


def read_links(data: bytes) -> tuple[tuple[Link, bool], ...]:
    """The links of a csv or xlsx file, each with whether it is to be deleted.

    Raises `LinksRefused` with every wrong row.
    """
    found, mistakes = [], []
    for number, cells in _rows(data):
        try:
            found.append(read_row(cells))
        except LinkRefused as problem:
            mistakes.append(Mistake(path="", line=number, message=str(problem)))
    if mistakes:
        raise LinksRefused(mistakes)
    return tuple(found)


def _rows(data: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    headings: list[str] = []
    try:
        for number, cells in enumerate(sheet_rows(data), start=1):
            if not headings:
                headings = _headings(cells)
            elif any(cell.strip() for cell in cells):
                yield number, dict(zip(headings, cells, strict=False))
    except LinksRefused:
        raise
    except SheetRefused as refused:
        raise LinksRefused(refused.mistakes) from None
    if not headings:
        raise _unreadable("expected rows, found none")


def _headings(cells: Sequence[str]) -> list[str]:
    headings = [cell.strip().casefold() for cell in cells]
    missing = [one for one in ("title", "url", "type", "categories") if one not in headings]
    if missing:
        raise _unreadable(f"expected the columns {', '.join(missing)} in the first row")
    return headings


def _unreadable(message: str) -> LinksRefused:
    return LinksRefused((Mistake(path="", line=None, message=message),))
