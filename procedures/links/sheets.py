"""The xlsx and csv files of the repository: written for the upload, read from its export."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from procedures.errors import Mistake, ProceduresMisuse, Refused
from procedures.links.columns import COLUMNS, read_row, row_of
from procedures.links.link import Link, LinkRefused

MOST_ROWS: Final = 100_000
_MOST_UNPACKED: Final = 200 * 1024 * 1024
_XLSX: Final = b"PK\x03\x04"


class LinksRefused(Refused):
    """A file of links cannot be read, or rows in it are wrong; each is listed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep all mistakes, in the order of the rows."""
        super().__init__(tuple(mistakes))
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        several = "s" if len(self.mistakes) > 1 else ""
        return f"{len(self.mistakes)} mistake{several}: " + "; ".join(map(str, self.mistakes))


def write_csv(rows: Sequence[tuple[Link, bool]]) -> bytes:
    """The csv file: UTF-8 with a mark, so that a spreadsheet reads the letters right."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS.values())
    writer.writerows(row_of(link, delete=delete) for link, delete in rows)
    return written.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Sequence[tuple[Link, bool]]) -> bytes:
    """The xlsx file; raises `ProceduresMisuse` where the extra ``xlsx`` is not installed."""
    try:
        from openpyxl import Workbook  # noqa: PLC0415  an extra
    except ImportError as missing:
        raise ProceduresMisuse("to write xlsx, install sdg-connector[xlsx]") from missing
    book = Workbook(write_only=True)
    sheet = book.create_sheet("links")
    sheet.append(list(COLUMNS.values()))
    for link, delete in rows:
        sheet.append(list(row_of(link, delete=delete)))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


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
    table = _xlsx_rows(data) if data.startswith(_XLSX) else _csv_rows(data)
    headings: list[str] = []
    for number, cells in enumerate(table, start=1):
        if number > MOST_ROWS:
            raise _unreadable(f"expected at most {MOST_ROWS} rows, found more")
        if not headings:
            headings = [cell.strip().casefold() for cell in cells]
            missing = [one for one in ("title", "url", "type", "categories") if one not in headings]
            if missing:
                raise _unreadable(f"expected the columns {', '.join(missing)} in the first row")
        elif any(cell.strip() for cell in cells):
            yield number, dict(zip(headings, cells, strict=False))
    if not headings:
        raise _unreadable("expected rows, found none")


def _csv_rows(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("expected csv in UTF-8 or xlsx, found other bytes") from None
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as problem:
        raise _unreadable(f"expected csv: {problem}") from None


def _xlsx_rows(data: bytes) -> Iterator[list[str]]:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  an extra
    except ImportError as missing:
        raise ProceduresMisuse("to read xlsx, install sdg-connector[xlsx]") from missing
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise _unreadable(f"expected at most {_MOST_UNPACKED} octets unpacked, found more")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        table: Iterable[tuple[object, ...]] = sheet.iter_rows(values_only=True)
        yield from (["" if cell is None else str(cell) for cell in row] for row in table)
    except LinksRefused:
        raise
    except Exception as problem:  # noqa: BLE001  openpyxl raises whatever a broken file leads to
        raise _unreadable(f"expected an xlsx file ({type(problem).__name__})") from None


def _unreadable(message: str) -> LinksRefused:
    return LinksRefused((Mistake(path="", line=None, message=message),))
