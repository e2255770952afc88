"""The rows of a csv or xlsx file as text, whoever made it."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Final

from procedures.errors import Mistake, ProceduresMisuse, Refused

MOST_ROWS: Final = 100_000
_MOST_UNPACKED: Final = 200 * 1024 * 1024
_XLSX: Final = b"PK\x03\x04"
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


class SheetRefused(Refused):
    """A file cannot be read as a table, or rows of it are wrong; each is listed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep all mistakes, in the order of the rows."""
        super().__init__(tuple(mistakes))
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        """Count the mistakes and list them."""
        several = "s" if len(self.mistakes) > 1 else ""
        return f"{len(self.mistakes)} mistake{several}: " + "; ".join(map(str, self.mistakes))


def sheet_rows(data: bytes) -> Iterator[list[str]]:
    """The cells of each row; raises `SheetRefused` for what is no csv in UTF-8 and no xlsx.

    Raises `ProceduresMisuse` for xlsx where the extra ``xlsx`` is not installed.
    """
    table = _xlsx_rows(data) if data.startswith(_XLSX) else _csv_rows(data)
    for number, cells in enumerate(table, start=1):
        if number > MOST_ROWS:
            raise unreadable(f"expected at most {MOST_ROWS} rows, found more")
        yield cells


def unreadable(message: str) -> SheetRefused:
    """The error for a whole file."""
    return SheetRefused((Mistake(path="", line=None, message=message),))


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text of a cell that `guarded` wrote."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def xlsx_of(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """An xlsx file with one sheet; raises `ProceduresMisuse` without the extra ``xlsx``."""
    try:
        from openpyxl import Workbook  # noqa: PLC0415  an extra
        from openpyxl.utils.exceptions import IllegalCharacterError  # noqa: PLC0415
    except ImportError as missing:
        raise ProceduresMisuse("to write xlsx, install sdg-connector[xlsx]") from missing
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    try:
        for row in rows:
            sheet.append(list(row))
    except IllegalCharacterError as error:
        raise ProceduresMisuse("expected no control characters in a cell of xlsx") from error
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _csv_rows(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable("expected csv in UTF-8 or xlsx, found other bytes") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as problem:
        raise unreadable(f"expected csv: {problem}") from None


def _xlsx_rows(data: bytes) -> Iterator[list[str]]:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  an extra
    except ImportError as missing:
        raise ProceduresMisuse("to read xlsx, install sdg-connector[xlsx]") from missing
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise unreadable(f"expected at most {_MOST_UNPACKED} octets unpacked, found more")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        table: Iterable[tuple[object, ...]] = sheet.iter_rows(values_only=True)
        yield from ([_cell(one) for one in row] for row in table)
    except SheetRefused:
        raise
    except Exception as problem:  # noqa: BLE001  openpyxl raises whatever a broken file leads to
        raise unreadable(f"expected an xlsx file ({type(problem).__name__})") from None


def _cell(value: object) -> str:
    """A cell as a person sees it: days without an hour, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
