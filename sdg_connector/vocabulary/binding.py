"""Bind frozen dataclasses to the ``xs:sequence`` types of the SDG generic metadata profile.

A field says which child element it stands for; the order of the fields is the order of the
sequence. https://code.europa.eu/oots/tdd/tdd_chapters, ``xsd/sdg``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, cast

from lxml import etree

from sdg_connector.vocabulary.errors import ElementRefused, ValueMisuse
from sdg_connector.vocabulary.namespaces import SDG

Value = TypeVar("Value")
Version = tuple[int, int]
NEWEST: Version = (2, 0)
_SPACE = " \t\r\n"
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


@dataclass(frozen=True, slots=True)
class Codec:
    """How one kind of element becomes a value, and back."""

    read: Callable[[etree._Element], Any]
    write: Callable[[etree._Element, Any, Version | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One member of a sequence: its name, how often it may stand, and in which lines."""

    name: str
    codec: Codec
    least: int
    many: bool
    since: Version = (1, 0)
    until: Version = NEWEST
    tag: str = field(init=False)
    """``{namespace}Name``, put together once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tag", f"{{{SDG}}}{self.name}")


def one(name: str, codec: Codec) -> Any:
    """Declare a child that stands exactly once."""
    return field(metadata={"child": Child(name=name, codec=codec, least=1, many=False)})


def optional(name: str, codec: Codec, *, since: Version = (1, 0), until: Version = NEWEST) -> Any:
    """Declare a child that may be absent; its value is then None."""
    child = Child(name=name, codec=codec, least=0, many=False, since=since, until=until)
    return field(default=None, metadata={"child": child})


def many(
    name: str,
    codec: Codec,
    *,
    least: int = 0,
    since: Version = (1, 0),
    until: Version = NEWEST,
) -> Any:
    """Declare a child that may stand several times; its value is a tuple."""
    child = Child(name=name, codec=codec, least=least, many=True, since=since, until=until)
    return (
        field(metadata={"child": child}) if least else field(default=(), metadata={"child": child})
    )


_DECLARED: dict[type[Any], tuple[tuple[str, Child], ...]] = {}
Written = tuple[str, str, Callable[..., None], bool, Child]
Known = dict[object, tuple[str, Callable[..., Any], bool]]
_WRITTEN: dict[type[Any], tuple[Written, ...]] = {}
_READ: dict[type[Any], tuple[Known, tuple[str, ...], tuple[tuple[str, str], ...]]] = {}


def children_of(kind: type[Any]) -> tuple[tuple[str, Child], ...]:
    """The declared children of a bound dataclass, in the order of their sequence."""
    if kind not in _DECLARED:
        _DECLARED[kind] = tuple(
            (item.name, item.metadata["child"]) for item in fields(kind) if "child" in item.metadata
        )
    return _DECLARED[kind]


def _written(kind: type[Any]) -> tuple[Written, ...]:
    """The children as writing takes them: each part of a declaration looked up once."""
    if kind not in _WRITTEN:
        _WRITTEN[kind] = tuple(
            (name, child.tag, child.codec.write, child.many, child)
            for name, child in children_of(kind)
        )
    return _WRITTEN[kind]


def _read(kind: type[Any]) -> tuple[Known, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The children as reading takes them: by tag, which are many, and which may not be missing."""
    if kind not in _READ:
        children = children_of(kind)
        _READ[kind] = (
            {child.tag: (name, child.codec.read, child.many) for name, child in children},
            tuple(name for name, child in children if child.many),
            tuple((name, child.name) for name, child in children if child.least),
        )
    return _READ[kind]


def read_element(kind: type[Value], element: etree._Element) -> Value:
    """Give the typed value of an ``sdg:`` element.

    Raises ``ElementRefused`` for a child that the type does not know, that is missing, or that
    stands too often.
    """
    known, several, needed = _read(kind)
    values: dict[str, Any] = {}
    for item in element:
        bound = known.get(item.tag)
        if bound is None:
            if type(item.tag) is not str:  # a comment
                continue
            raise refused(element, "only the elements of its type", "another element inside it")
        name, read, many = bound
        value = read(item)
        if many:
            values.setdefault(name, []).append(value)
        elif name in values:
            local = str(item.tag).rpartition("}")[2]
            raise refused(element, f"at most one {local}", "several")
        else:
            values[name] = value
    for name in several:
        values[name] = tuple(values.get(name, ()))
    for name, local in needed:
        if not values.get(name):
            raise refused(element, f"the element {local}", "none")
    return kind(**values)


def write_children(parent: etree._Element, value: object, version: Version | None) -> None:
    """Append the children of a bound value to ``parent``, in the order of the sequence.

    Raises ``ValueMisuse`` when a field is filled that this line of the model does not have; None
    takes what any line has.
    """
    grown = etree.SubElement
    for name, tag, write, many, child in _written(type(value)):
        content = getattr(value, name)
        if content is None or (many and not content):
            if child.least:
                raise ValueMisuse(f"{type(value).__name__} needs {child.name}")
            continue
        if version is not None and not child.since <= version <= child.until:
            raise ValueMisuse(
                f"{child.name} is not in line {version[0]}.{version[1]} of the data model"
            )
        if not many:
            write(grown(parent, tag), content, version)
            continue
        if len(content) < child.least:
            raise ValueMisuse(f"{type(value).__name__} needs {child.name}")
        for item in content:
            write(grown(parent, tag), item, version)


def write_element(name: str, value: object, *, version: Version | None = NEWEST) -> etree._Element:
    """Give the element ``sdg:name`` of a bound value in the given line of the model.

    None takes what any line has: for what we keep, and never for what we send.
    """
    element = etree.Element(f"{{{SDG}}}{name}", nsmap={"sdg": SDG})
    write_children(element, value, version)
    return element


def refused(element: etree._Element, expected: str, found: str) -> ElementRefused:
    """The refusal of one element, naming it and nothing of what it holds."""
    name = str(element.tag).rpartition("}")[2]
    return ElementRefused(
        rule=f"sdg/{name}",
        expected=f"{expected} in {name}",
        found=found,
        wire_code="EDM:ERR:0003",
    )


def text_of(element: etree._Element) -> str:
    """The text of an element, without the space around it; comments do not cut it in two."""
    if not len(element):
        return (element.text or "").strip(_SPACE)
    if next(element.iterchildren("*"), None) is not None:
        raise refused(element, "only text", "an element inside it")
    return "".join(cast(list[str], element.xpath("text()"))).strip(_SPACE)


def put_text(element: etree._Element, value: str) -> None:
    """Set the text of an element; raises ``ValueMisuse`` for characters XML cannot carry."""
    if not (value.isascii() and value.isprintable()) and _NOT_XML.search(value):
        raise ValueMisuse(f"{element.tag} holds a character that XML cannot carry")
    element.text = value


def read_date(element: etree._Element) -> date:
    """The day in an ``xs:date`` (R-EDM-REQ-C043: year, month and day, and no time zone)."""
    text = text_of(element)
    try:
        if not _DATE.match(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise refused(element, "a day as YYYY-MM-DD", "something else") from None


def _write_text(element: etree._Element, value: Any, _: Version | None) -> None:
    put_text(element, value)


def _write_date(element: etree._Element, value: Any, _: Version | None) -> None:
    element.text = value.isoformat()


STRING = Codec(read=text_of, write=_write_text)
DATE = Codec(read=read_date, write=_write_date)


def coded(kind: type[StrEnum]) -> Codec:
    """A codec for an element whose text is a code of a list."""

    def read(element: etree._Element) -> StrEnum:
        try:
            return kind(text_of(element))
        except ValueError:
            raise refused(element, f"a code of {kind.__name__}", "another value") from None

    return Codec(read=read, write=_write_text)


def nested(kind: type[Any]) -> Codec:
    """A codec for an element that has children of its own."""

    def read(element: etree._Element) -> Any:
        return read_element(kind, element)

    return Codec(read=read, write=write_children)


def attributed(kind: type[Any], attribute: str) -> Codec:
    """A codec for text that carries one attribute: ``kind(value, attribute)``."""

    def read(element: etree._Element) -> Any:
        return kind(text_of(element), element.get(attribute))

    def write(element: etree._Element, value: Any, _: Version | None) -> None:
        text, content = value.value, getattr(value, value.__slots__[1])
        put_text(element, text)
        if content is not None:
            element.set(attribute, content)

    return Codec(read=read, write=write)
