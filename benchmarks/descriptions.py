"""A catalogue as large as Latvia's: judged and tagged, read, exported and searched.

Floors: pydantic validates the same fields of the same descriptions and judges nothing; rdflib
writes the same statements and works none of them out; a scan looks for a word in every text.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from functools import cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, create_model
from rdflib import Graph

from procedures import (
    Description,
    Text,
    catalogue,
    page_tags,
    read_description,
    to_tree,
    write_json,
)
from procedures.codes import PolicyCode
from procedures.cpsv import to_graph, turtle
from procedures.model import Procedure, Value
from procedures.places import texts
from procedures.quality import quality
from procedures.search import SearchIndex

SIZE: Final = 4037
"""Service descriptions on Latvija.lv (plan for the environment of services 2020 to 2023)."""
TODAY: Final = date(2026, 10, 20)
_QUESTION: Final = "diploma atzīšana ārvalstīs"


@cache
def generated() -> tuple[Description, ...]:
    """So many descriptions that differ in identifier, title and summary."""
    shipped = [one for one in catalogue.load_all() if isinstance(one, Procedure)]
    return tuple(_varied(shipped[n % len(shipped)], n) for n in range(SIZE))


def _varied(description: Procedure, number: int) -> Procedure:
    title = f"{description.title.best('lv').text}, {number}. iecirknis"
    return replace(
        description,
        identifier=f"{description.identifier}-{number}",
        title=Text.of_languages(lv=title),
    )


def _judge_and_tag() -> int:
    return sum(
        quality(one, today=TODAY).complete + len(page_tags(one).__html__()) for one in generated()
    )


@cache
def _model(kind: Any) -> type[BaseModel]:
    """A pydantic model with the fields of a dataclass."""
    hints = get_type_hints(kind)
    made: dict[str, Any] = {
        one.name: (_type(hints[one.name]), ... if one.default is MISSING else one.default)
        for one in fields(kind)
    }
    return create_model(kind.__name__, **made)


def _type(hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Union or origin is UnionType:
        inner = _type(next(one for one in arguments if one is not type(None)))
        return inner | None
    if origin is tuple:
        return tuple[_type(arguments[0]), ...]  # type: ignore[misc]
    if hint is Text:
        return str | dict[str, Any]
    if hint is PolicyCode or (isinstance(hint, type) and issubclass(hint, Value)):
        return str
    if isinstance(hint, type) and is_dataclass(hint):
        return _model(hint)
    return hint


def _validate(trees: list[dict[str, Any]]) -> int:
    model = _model(Procedure)
    return sum(model.model_validate(tree) is not None for tree in trees)


def _judging() -> tuple[str, Callable[[], object], Callable[[], object], float]:
    trees = [to_tree(one) for one in generated()]
    return (f"judge and tag {SIZE}", _judge_and_tag, lambda: _validate(trees), 10.0)


def _whole() -> tuple[str, Callable[[], object], Callable[[], object], float]:
    """From the bytes of a catalogue's files to its judgement and tags."""
    files = [write_json(one) for one in generated()]
    model = _model(Procedure)
    return (
        f"read, judge and tag {SIZE}",
        lambda: sum(
            quality(one, today=TODAY).complete + len(page_tags(one).__html__())
            for one in map(read_description, files)
        ),
        lambda: sum(model.model_validate_json(one) is not None for one in files),
        25.0,
    )


def _reading() -> tuple[str, Callable[[], object], Callable[[], object], float]:
    data = write_json(catalogue.load("lv/transportlidzekla-registracija"))
    model = _model(Procedure)
    return (
        "read one from JSON",
        lambda: read_description(data),
        lambda: model.model_validate_json(data),
        25.0,
    )


def _exporting() -> tuple[str, Callable[[], object], Callable[[], object], float]:
    description = catalogue.load("lv/transportlidzekla-registracija")
    statements = list(to_graph(description))

    def floor() -> object:
        graph = Graph()
        for statement in statements:
            graph.add(statement)
        return graph.serialize(format="turtle")

    return ("CPSV-AP of one, Turtle", lambda: list(turtle([description])), floor, 3.0)


def _steady() -> tuple[str, Callable[[], object], Callable[[], object], float]:
    """The last ones of the catalogue cost what the first ones do."""
    first, last = generated()[:20], generated()[-20:]
    return (
        "CPSV-AP, last 20 against first 20",
        lambda: list(turtle(last)),
        lambda: list(turtle(first)),
        1.5,
    )


def _searching() -> tuple[str, Callable[[], object], Callable[[], object], float]:
    index = SearchIndex.of(generated())
    scanned = [
        " ".join(phrase.text for _, text in texts(one) for phrase in text.phrases).casefold()
        for one in generated()
    ]
    words = _QUESTION.split()
    return (
        f"search {SIZE}",
        lambda: index.search(_QUESTION),
        lambda: [text for text in scanned if all(word in text for word in words)],
        2.0,
    )


ROWS: Final = [_judging(), _whole(), _reading(), _exporting(), _steady(), _searching()]
