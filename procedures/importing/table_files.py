"""Descriptions in csv and xlsx: one a row, with a mapping or under our own names of fields."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from procedures.document import Path, Plain, Tree, show_path
from procedures.errors import Mistake
from procedures.importing.imported import Common, Imported, made, opened_json, refused
from procedures.importing.mapping import EACH, CellForm, Column, TableMapping, read_target
from procedures.model import Description
from procedures.sheet_rows import SheetRefused, guarded, sheet_rows, unguarded, xlsx_of
from procedures.writing import to_tree

_TYPED: Final = frozenset({"true", "false"})
_NOTHING: Final = "[]"
"""The cell of a list that is meant to be empty."""
_COMMA: Final = re.compile(r"-?\d{1,3}(?:[ .\u00a0\u202f]?\d{3})*(?:,\d+)?")
_DAY: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})\.?")


def read_table(
    data: bytes, *, mapping: TableMapping | None = None, common: Common | None = None
) -> tuple[Imported, ...]:
    """A description of each row of a csv or xlsx file.

    Without a mapping the headings are fields of a description: ``title.en``, ``fees[0].amount``.
    A mistake in a cell names its row and column; a column that goes nowhere is reported with each
    row that has something in it. Raises `SheetRefused` when the table as a whole is wrong.
    """
    rows = enumerate(sheet_rows(data), start=1)
    _, headings = next(rows, (0, []))
    headings = [heading.strip() for heading in headings]
    meant = _by_names(headings) if mapping is None else mapping
    _check(headings, meant)
    whole = _with_fields(common, meant)
    return tuple(
        _row(number, dict(zip(headings, cells, strict=False)), meant, whole)
        for number, cells in rows
        if any(cell.strip() for cell in cells)
    )


def read_json_records(
    data: bytes, *, mapping: TableMapping, common: Common | None = None
) -> tuple[Imported, ...]:
    """A description of each record of a JSON list, by a mapping as for a table.

    What stands inside a record is a column by its way: ``name.lv``, ``steps[0].text``; a list of
    words is one cell, its words joined by ``;``. Raises `RegisterRefused` for anything else.
    """
    held = opened_json(data)
    if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
        raise refused("expected a list of records")
    whole = _with_fields(common, mapping)
    return tuple(
        _row(number, dict(_cells(record, "")), mapping, whole)
        for number, record in enumerate(held, start=1)
    )


def _with_fields(common: Common | None, meant: TableMapping) -> Common:
    held = common or Common()
    return Common(fields={**held.fields, **meant.fields}, codes=held.codes)


def _cells(tree: Any, way: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _cells(value, f"{way}.{key}" if way else str(key))
    elif isinstance(tree, list) and any(isinstance(one, dict | list) for one in tree):
        for at, value in enumerate(tree):
            yield from _cells(value, f"{way}[{at}]")
    elif isinstance(tree, list):
        yield way, ";".join(_word(one) for one in tree)
    else:
        yield way, _word(tree)


def _word(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def table_csv(descriptions: Iterable[Description]) -> bytes:
    """Descriptions as csv in UTF-8; `read_table` gives them back unchanged."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows(_table(descriptions))
    return written.getvalue().encode("utf-8-sig")


def table_xlsx(descriptions: Iterable[Description]) -> bytes:
    """Descriptions as xlsx; `read_table` gives them back unchanged.

    Raises `ProceduresMisuse` without the extra ``xlsx``, and for a text that no cell can hold.
    """
    return xlsx_of("descriptions", _table(descriptions))


def _table(descriptions: Iterable[Description]) -> Iterator[list[str]]:
    rows = [dict(_leaves(to_tree(one), ())) for one in descriptions]
    paths = list(dict.fromkeys(path for row in rows for path in row))
    first: dict[Path, int] = {}
    for path in paths:
        for end in range(1, len(path) + 1):
            first.setdefault(path[:end], len(first))
    # Fields as they come first, and the items of a list after each other.
    paths.sort(
        key=lambda path: [
            step if isinstance(step, int) else first[path[: at + 1]] for at, step in enumerate(path)
        ]
    )
    yield [show_path(path) for path in paths]
    for row in rows:
        yield [guarded(row.get(path, "")) for path in paths]


def _leaves(tree: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(tree, list):
        for at, value in enumerate(tree):
            yield from _leaves(value, (*path, at))
        if not tree:
            yield path, _NOTHING
    elif tree is not None:
        yield path, str(tree).lower() if isinstance(tree, bool) else str(tree)


def _by_names(headings: Sequence[str]) -> TableMapping:
    """The mapping of a table whose headings are our own names."""
    columns, wrong = [], []
    for at, heading in enumerate(headings):
        target = read_target(heading)
        if target is None or EACH in target:
            place = f"column {at + 1} ({heading})"
            message = "expected a field of a description, or a mapping that says what it means"
            wrong.append(Mistake(path=place, line=1, message=message))
        else:
            columns.append(Column(heading=heading, to=target))
    if wrong:
        raise SheetRefused(wrong)
    return TableMapping(columns=tuple(columns))


def _check(headings: Sequence[str], meant: TableMapping) -> None:
    wrong = [
        Mistake(path=f"column {one.heading}", line=1, message="the table has no such column")
        for one in meant.columns
        if one.heading not in headings
    ]
    wrong += [
        Mistake(path=f"column {one}", line=1, message="the heading is there twice")
        for one in sorted({one for one in headings if one and headings.count(one) > 1})
    ]
    if not headings:
        wrong.append(Mistake(path="", line=1, message="expected a row of headings"))
    if wrong:
        raise SheetRefused(wrong)


def _row(number: int, cells: Mapping[str, str], meant: TableMapping, common: Common) -> Imported:
    tree: dict[str, Any] = {}
    own_language = str(common.fields.get("language", ""))
    mistakes: list[Mistake] = []
    for column in meant.columns:
        cell = unguarded(cells.get(column.heading, "")).strip()
        if not cell:
            continue
        try:
            _put_cell(tree, column, cell, own_language)
        except ValueError as problem:
            place = f"column {column.heading}"
            mistakes.append(Mistake(path=place, line=number, message=str(problem)))
    mapped = {one.heading for one in meant.columns} | meant.ignored
    left = [
        f"column {heading}: {cell.strip()}"
        for heading, cell in cells.items()
        if heading not in mapped and cell.strip()
    ]
    tree = _dense(tree)
    if not isinstance(tree, dict):
        raise TypeError("a row is a record")
    found = made(f"row {number}", tree, left=left, common=common, keys=_keys(tree))
    own = tuple(_in_table(one, number, meant) for one in found.mistakes)
    if mistakes or own:
        known = {one.path for one in mistakes}
        every = (*mistakes, *(one for one in own if one.path not in known))
        return Imported(subject=found.subject, description=None, mistakes=every, left=found.left)
    return found


def _keys(tree: Mapping[str, Any]) -> list[str]:
    return [str(tree["identifier"])] if isinstance(tree.get("identifier"), str) else []


def _in_table(mistake: Mistake, row: int, meant: TableMapping) -> Mistake:
    """The mistake under the column that its field came from."""
    for column in meant.columns:
        shown = show_path(column.to).replace("[-1]", "[")
        if mistake.path.startswith(shown) or (
            mistake.path and show_path(column.to).startswith(f"{mistake.path}.")
        ):
            place = f"column {column.heading}"
            return Mistake(path=place, line=row, message=f"{mistake.path}: {mistake.message}")
    return Mistake(path=mistake.path, line=row, message=mistake.message)


def _put_cell(tree: dict[str, Any], column: Column, cell: str, own: str) -> None:
    """Put a cell where its column goes; raises ``ValueError`` with a sentence."""
    if EACH not in column.to:
        _put(tree, column.to, _value(column, cell), own)
        return
    at = column.to.index(EACH)
    for number, part in enumerate(one for one in cell.split(column.split) if one.strip()):
        path = (*column.to[:at], number, *column.to[at + 1 :])
        _put(tree, path, _value(column, part.strip()), own)


def _value(column: Column, cell: str) -> Tree:
    if column.values:
        if cell not in column.values:
            known = ", ".join(column.values)
            raise ValueError(f"expected one of {known}")
        cell = column.values[cell]
    if column.form is CellForm.DECIMAL_COMMA:
        if _COMMA.fullmatch(cell) is None:
            raise ValueError("expected an amount such as 1 234,50")
        cell = re.sub(r"[ .\u00a0\u202f]", "", cell).replace(",", ".")
    if column.form is CellForm.DAY_FIRST:
        day = _DAY.fullmatch(cell)
        if day is None:
            raise ValueError("expected a day such as 31.01.2026")
        cell = f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
    if cell == _NOTHING:
        return []
    # What is true or false in a field of that kind stays a word in any other.
    return Plain(cell) if cell in _TYPED else f"{column.prefix}{cell}"


def _put(tree: dict[str, Any], path: Path, value: Tree, own: str) -> None:
    """Lists are made as records by place first, because columns come in any order.

    A text in one column and its translation in another are one text: ``title`` and ``title.en``.
    """
    place: dict[Any, Any] = tree
    for step in path[:-1]:
        inner = place.setdefault(step, {})
        if isinstance(inner, str) and own and path[-1] != own:
            inner = place[step] = {own: inner}
        if not isinstance(inner, dict):
            raise ValueError(f"{show_path(path)} and a part of it are both given")
        place = inner
    held = place.get(path[-1])
    if isinstance(held, dict) and own and own not in held and isinstance(value, str):
        held[own] = value
    elif held is None:
        place[path[-1]] = value
    else:
        raise ValueError(f"{show_path(path)} is given twice")


def _dense(tree: Any) -> Any:
    """Records whose keys are places become lists; an item that no row gives is left out."""
    if not isinstance(tree, dict):
        return tree
    inner = {key: _dense(value) for key, value in tree.items()}
    if inner and all(isinstance(key, int) for key in inner):
        return [inner[at] for at in sorted(inner)]
    return inner
