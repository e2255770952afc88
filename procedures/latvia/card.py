"""A description as a card of the service catalogue, point by point of the Cabinet's regulations.

Cabinet Regulation No 399 of 4 July 2017, points 8 to 10 (https://likumi.lv/ta/id/292258), says what
a service card holds; No 400 what the portal adds; what only the Union's law asks for has a point of
its own. Each field of a description stands under exactly one point, so a card loses nothing.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from procedures.document import Tree, read_document
from procedures.errors import DescriptionRefused, Mistake, Refused
from procedures.model import Description, Text
from procedures.reading import from_tree
from procedures.writing import to_tree

_REGULATION: Final = "MK 2017-07-04 Nr. 399"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of the regulations, and the fields of a description that it asks for."""

    number: str
    """``399/9.1``: the regulation and its point."""
    latvian: str
    """What it asks for, in Latvian: the heading on the card."""
    english: str
    fields: tuple[str, ...]


POINTS: Final = (
    Point(
        number="399/8",
        latvian="Identifikators",
        english="Identifier",
        fields=("identifier", "kind"),
    ),
    Point(
        number="399/9.1",
        latvian="Nosaukums, apraksts un maksa",
        english="Name, description and fee",
        fields=("title", "summary", "sections", "results", "keywords", "fees"),
    ),
    Point(
        number="399/9.2",
        latvian="Pakalpojuma turētājs, sniedzējs un kontaktinformācija",
        english="Holder, provider and contacts",
        fields=("authority", "contacts", "service"),
    ),
    Point(
        number="399/9.3",
        latvian="Nepieciešamie dokumenti",
        english="Documents needed",
        fields=("evidence", "no_evidence"),
    ),
    Point(
        number="399/9.4",
        latvian="Pakalpojuma process, termiņi, kanāli un identifikācija",
        english="Process, time limits, channels and identification",
        fields=(
            "steps",
            "deadlines",
            "extension_notice",
            "channels",
            "means",
            "services",
            "outputs",
            "silence",
        ),
    ),
    Point(
        number="399/9.5",
        latvian="Tiesiskais pamats un pārsūdzēšana",
        english="Legal basis and appeal",
        fields=("acts", "redress"),
    ),
    Point(
        number="399/9.6",
        latvian="Valdības funkcija (COFOG), veidne un dzīves situācijas",
        english="Function of government (COFOG), template and life situations",
        fields=("latvia", "life_events"),
    ),
    Point(
        number="399/9.7",
        latvian="Klientu loks",
        english="Circle of clients",
        fields=("audience",),
    ),
    Point(
        number="399/9.8",
        latvian="Teritorija",
        english="Territory",
        fields=("country", "territory"),
    ),
    Point(
        number="399/10",
        latvian="Publicēšana un pārbaude reizi ceturksnī",
        english="Publication and quarterly check",
        fields=("published", "updated", "reviewed"),
    ),
    Point(
        number="400/9",
        latvian="Valodas un lapas portālā",
        english="Languages and pages of the portal",
        fields=("language", "languages", "pages"),
    ),
    Point(
        number="ES/2018/1724",
        latvian="Vienotā digitālā vārteja",
        english="Single Digital Gateway",
        fields=("codes", "online", "cross_border", "oots_code"),
    ),
)
"""All points, in their order."""
_POINT_OF: Final = {field: point for point in POINTS for field in point.fields}


class CardRefused(Refused):
    """A card cannot be read; every mistake in it is listed."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        """Keep all mistakes."""
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        """List the mistakes."""
        return "; ".join(map(str, self.mistakes))


def to_card(description: Description) -> dict[str, Any]:
    """The card: each point with its heading in Latvian and its fields; see `from_card`."""
    tree = to_tree(description)
    points = (
        {
            "point": point.number,
            "name": point.latvian,
            "fields": {name: tree[name] for name in point.fields if name in tree},
        }
        for point in POINTS
    )
    return {"regulation": _REGULATION, "points": [one for one in points if one["fields"]]}


def from_card(data: bytes) -> Description:
    """Read a card (JSON or YAML).

    Raises `CardRefused` with every mistake: unknown points, fields under a wrong point, a field
    twice, and whatever makes it no description.
    """
    tree = _opened(data)
    mistakes: list[Mistake] = []
    fields: dict[str, Tree] = {}
    numbers = {point.number for point in POINTS}
    for at, one in enumerate(_points(tree)):
        place = f"points[{at}]"
        number, held = one.get("point"), one.get("fields")
        if number not in numbers or not isinstance(held, dict):
            mistakes.append(_mistake(place, f"expected one of {', '.join(sorted(numbers))}"))
            continue
        for name, value in held.items():
            where = f"{place}.fields.{name}"
            if name not in _POINT_OF:
                mistakes.append(_mistake(where, "there is no such field"))
            elif _POINT_OF[name].number != number:
                expected = f"expected under {_POINT_OF[name].number}, found under {number}"
                mistakes.append(_mistake(where, expected))
            elif name in fields:
                mistakes.append(_mistake(where, "the field is given twice"))
            fields[name] = value
    if mistakes:
        raise CardRefused(tuple(mistakes))
    try:
        return from_tree(fields)
    except DescriptionRefused as error:
        raise CardRefused(error.mistakes) from None


def cards_csv(descriptions: Iterable[Description]) -> str:
    """A line for each description, a column for each point, for a register or a spreadsheet.

    Texts are in the description's own language; this form is for reading and not read back.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([f"{point.number} {point.latvian}" for point in POINTS])
    for description in descriptions:
        writer.writerow([_cell(description, point) for point in POINTS])
    return out.getvalue()


def _cell(description: Description, point: Point) -> str:
    tree = to_tree(description)
    said = {name: tree[name] for name in point.fields if name in tree}
    for name in list(said):
        value = getattr(description, name, None)
        if isinstance(value, Text):
            said[name] = value.best(description.language).text
    if all(isinstance(one, str) for one in said.values()):
        text = "\n".join(said.values())
    else:
        text = json.dumps(said, ensure_ascii=False) if said else ""
    # A spreadsheet takes a cell that begins like this for a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def _opened(data: bytes) -> Mapping[str, Tree]:
    try:
        tree = read_document(data).tree
    except DescriptionRefused as error:
        raise CardRefused(error.mistakes) from None
    if not isinstance(tree, dict) or not isinstance(tree.get("points"), list):
        raise CardRefused((_mistake("", "expected a card with points"),))
    return tree


def _points(tree: Mapping[str, Tree]) -> list[dict[str, Tree]]:
    points = tree["points"]
    held = points if isinstance(points, list) else []
    return [one if isinstance(one, dict) else {} for one in held]


def _mistake(path: str, message: str) -> Mistake:
    return Mistake(path=path, line=None, message=message)
