"""How the columns of a table become fields of descriptions.

A mapping is a YAML or JSON file::

    fields: {kind: procedure, language: lv, country: LV}
    columns:
      Kods: {to: identifier, prefix: lv/}
      Nosaukums: title
      Nosaukums angliski: title.en
      Maksa: {to: "fees[0].amount", form: decimal-comma}
      Kanāli: {to: "channels[]", split: ";", values: {internetā: online, klātienē: in-person}}
      Soļi: {to: "steps[].text", split: "|"}
    ignore: [Piezīmes]
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from procedures.document import Document, Path, Tree, read_document, show_path
from procedures.errors import DescriptionRefused, Mistake, Refused

_STEP: Final = re.compile(r"\.?(?P<name>[A-Za-z_][A-Za-z_-]*)|\[(?P<at>\d{0,3})\]")
EACH: Final = -1
"""The place of each part of a cell that is split: ``steps[].text``."""
_KEYS: Final = frozenset({"fields", "columns", "ignore"})
_OF_COLUMN: Final = frozenset({"to", "split", "values", "form", "prefix"})


class CellForm(StrEnum):
    """How a cell is written, where it is not as a description writes it."""

    AS_IT_IS = "as-it-is"
    DECIMAL_COMMA = "decimal-comma"
    """``1 234,50``."""
    DAY_FIRST = "day-first"
    """``31.01.2026`` or ``31/1/2026``."""


class MappingRefused(Refused):
    """A mapping cannot be read; every mistake in it is listed."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        """Keep all mistakes, in the order of the file."""
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        """List the mistakes."""
        return "; ".join(map(str, self.mistakes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Where the cells of one column go."""

    heading: str
    to: Path
    """Steps into the description; `EACH` stands for a place in a list."""
    split: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """Words of the table and what a description calls them; empty: as they are."""
    form: CellForm = CellForm.AS_IT_IS
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """What a table's columns mean."""

    columns: tuple[Column, ...]
    ignored: frozenset[str] = frozenset()
    fields: Mapping[str, Tree] = field(default_factory=dict)
    """Fields that are the same for every row."""

    def column(self, heading: str) -> Column | None:
        """The column with that heading."""
        return next((one for one in self.columns if one.heading == heading), None)


def read_mapping(data: bytes) -> TableMapping:
    """Read a mapping; raises `MappingRefused` with every mistake and its line."""
    try:
        document = read_document(data)
    except DescriptionRefused as error:
        raise MappingRefused(error.mistakes) from None
    tree = document.tree
    held = tree if isinstance(tree, dict) else {}
    columns = held.get("columns")
    mistakes: list[tuple[Path, str]] = [
        ((name,), f"there is no such key; known: {', '.join(sorted(_KEYS))}")
        for name in sorted(set(held) - _KEYS)
    ]
    if not isinstance(columns, dict) or not columns:
        mistakes.append((("columns",), "expected headings, each with the field it goes to"))
        columns = {}
    found = [_column(heading, value, mistakes) for heading, value in columns.items()]
    ignored, fields = held.get("ignore", []), held.get("fields", {})
    if not isinstance(ignored, list):
        mistakes.append((("ignore",), "expected a list of headings"))
    if not isinstance(fields, dict):
        mistakes.append((("fields",), "expected fields of a description"))
    if mistakes:
        raise MappingRefused(tuple(_located(document, mistakes)))
    return TableMapping(
        columns=tuple(one for one in found if one is not None),
        ignored=frozenset(map(str, ignored)) if isinstance(ignored, list) else frozenset(),
        fields=fields if isinstance(fields, dict) else {},
    )


def read_target(text: str) -> Path | None:
    """``fees[0].amount`` as steps; nothing when it is no way into a description."""
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None or (not steps and step["name"] is None):
            return None
        if step["name"] is not None:
            steps.append(step["name"])
        else:
            steps.append(int(step["at"]) if step["at"] else EACH)
        at = step.end()
    return tuple(steps) or None


def _column(heading: str, value: Tree, mistakes: list[tuple[Path, str]]) -> Column | None:
    place: Path = ("columns", heading)
    given: dict[str, Tree] = value if isinstance(value, dict) else {"to": value}
    before = len(mistakes)
    for name in sorted(set(given) - _OF_COLUMN):
        known = ", ".join(sorted(_OF_COLUMN))
        mistakes.append(((*place, name), f"there is no such key; known: {known}"))
    to = given.get("to")
    target = read_target(str(to)) if isinstance(to, str) else None
    if target is None:
        mistakes.append((place, "expected a field such as title.en or fees[0].amount"))
    form = str(given.get("form", CellForm.AS_IT_IS))
    if form not in set(CellForm):
        mistakes.append(((*place, "form"), f"expected one of {', '.join(CellForm)}"))
    split, values = str(given.get("split", "")), given.get("values", {})
    if target is not None and (EACH in target) is not bool(split):
        mistakes.append((place, "expected split together with [] in the field, or neither"))
    if not isinstance(values, dict):
        mistakes.append(((*place, "values"), "expected words and what they become"))
    if len(mistakes) > before or target is None:
        return None
    return Column(
        heading=heading,
        to=target,
        split=split,
        values={key: str(one) for key, one in values.items()} if isinstance(values, dict) else {},
        form=CellForm(form),
        prefix=str(given.get("prefix", "")),
    )


def _located(document: Document, mistakes: list[tuple[Path, str]]) -> Iterator[Mistake]:
    found = [
        Mistake(path=show_path(path), line=document.line(path), message=message)
        for path, message in mistakes
    ]
    yield from sorted(found, key=lambda one: one.line or 0)
