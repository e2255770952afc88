"""Walk the texts and the addresses of a description, each with its place."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

from procedures.document import Path
from procedures.model import Description, Text, WebAddress

Walk: TypeAlias = Callable[[Any, Path, list[tuple[Path, Any]]], None]


def texts(described: object) -> tuple[tuple[Path, Text], ...]:
    """Every text of a description, or of another record of the model, with its place."""
    return cast("tuple[tuple[Path, Text], ...]", _all(described, (Text,)))


def texts_and_addresses(
    description: Description,
) -> tuple[tuple[tuple[Path, Text], ...], tuple[tuple[Path, WebAddress], ...]]:
    """Both in one walk, for a catalogue of thousands."""
    held = _all(description, (Text, WebAddress))
    return (
        tuple((path, value) for path, value in held if isinstance(value, Text)),
        tuple((path, value) for path, value in held if isinstance(value, WebAddress)),
    )


def _all(description: object, wanted: tuple[type, ...]) -> tuple[tuple[Path, Any], ...]:
    found: list[tuple[Path, Any]] = []
    walk = _walk(cast(Any, type(description)), wanted)
    if walk is not None:
        walk(description, (), found)
    return tuple(found)


@cache
def _walk(kind: Any, wanted: tuple[type, ...]) -> Walk | None:
    """How to walk values of a type; None when no value of a wanted type is in them.

    Made once for each type of the model, because a catalogue has thousands of descriptions.
    """
    origin = get_origin(kind)
    if origin is Union or origin is UnionType:
        return _walk(next(one for one in get_args(kind) if one is not type(None)), wanted)
    if origin is tuple:
        inner = _walk(get_args(kind)[0], wanted)
        return None if inner is None else _each(inner)
    if kind in wanted:
        return lambda value, path, found: found.append((path, value))
    if isinstance(kind, type) and is_dataclass(kind) and kind is not Text:
        return _record(kind, wanted)
    return None


def _each(inner: Walk) -> Walk:
    def walk(values: Any, path: Path, found: list[tuple[Path, Any]]) -> None:
        for at, value in enumerate(values):
            inner(value, (*path, at), found)

    return walk


def _record(kind: Any, wanted: tuple[type, ...]) -> Walk | None:
    hints = get_type_hints(kind)
    walks = tuple(
        (one.name, walk)
        for one in fields(kind)
        if (walk := _walk(hints[one.name], wanted)) is not None
    )

    def walk_record(value: Any, path: Path, found: list[tuple[Path, Any]]) -> None:
        for name, inner in walks:
            held = getattr(value, name)
            if held is not None and held != ():
                inner(held, (*path, name), found)

    return walk_record if walks else None
