"""Numbers in CSV files that people keep, read with the row of each mistake."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from procedures.errors import Refused


class FiguresRefused(Refused):
    """A file of numbers cannot be read; the sentence says which row and what was expected."""


def rows(data: bytes, *, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row with its number in the file; raises `FiguresRefused` where a column is missing."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FiguresRefused("expected a table in UTF-8, found other bytes") from None
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        table = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as problem:
        raise FiguresRefused(f"expected a table: {problem}") from None
    for number, row in enumerate(table, start=2):
        missing = [name for name in columns if row.get(name) is None]
        if missing:
            raise FiguresRefused(f"row {number}: expected the columns {', '.join(missing)}")
        yield number, {str(name): str(value).strip() for name, value in row.items()}


def whole(row: Mapping[str, str], name: str, number: int) -> int:
    """A whole number of a row, not negative; raises `FiguresRefused`."""
    text = row[name]
    if not (text.isascii() and text.isdecimal()) or len(text) > 15:
        raise FiguresRefused(f"row {number}: expected a whole number as {name}")
    return int(text)
