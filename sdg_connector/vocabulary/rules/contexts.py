"""Read the paths that say what a rule speaks of.

The published contexts are XSLT patterns; the part of that language which they use is: steps with
prefixed names or ``*``, conditions on attributes or on one child, an attribute as the last step,
and several paths with ``|`` between them. ``/node()`` is the root element.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules.part import SLOT, TYPE, names_type

ROOT: Final = "/node()"
_STEP = re.compile(r"(?P<name>@?[\w:*]+)(?P<conditions>(?:\[[^\[\]]*(?:\[[^\]]*\])?[^\[\]]*\])*)")
_CONDITION = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]")
_EQUAL = re.compile(r"@([\w:]+)\s*(!?=)\s*'([^']*)'\Z")
_GIVEN = re.compile(r"@([\w:]+)\Z")
_SLOT = re.compile(r"rim:Slot\[@name='(\w+)'\]\Z")
_CHILD = re.compile(r"(\w+:\w+)\Z")
_CHILD_EQUAL = re.compile(r"(\w+:\w+)\s*=\s*'([^']*)'\Z")
_CHILD_TYPE = re.compile(r"(\w+:\w+)/@([\w:]+)\s*=\s*'([^']*)'\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path."""

    name: str
    """``{namespace}Local``, or ``*``."""
    slot: str | None = None
    """The name that a slot must have, when that is the only condition."""
    condition: Callable[[etree._Element], bool] | None = None
    source: str = ""
    """How the step was written: equal steps of two paths are one."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path from the root, or from anywhere, to what a rule speaks of."""

    steps: tuple[Step, ...]
    attribute: str | None = None


def read_context(context: str) -> tuple[Path, ...]:
    """The paths of a context; raises ``ValueError`` for a pattern that is not understood."""
    if context == ROOT:
        return (Path(()),)
    return tuple(_path(one.strip()) for one in context.split("|"))


def _path(text: str) -> Path:
    steps = list(_STEP.finditer(text))
    if "/".join(match[0] for match in steps) != text:
        raise ValueError(f"this path is not understood: {text}")
    attribute = None
    if steps[-1]["name"].startswith("@"):
        attribute = qualified(steps.pop()["name"].removeprefix("@"))
    return Path(tuple(_step(match) for match in steps), attribute)


def _step(match: re.Match[str]) -> Step:
    conditions = _CONDITION.findall(match["conditions"])
    name = qualified(match["name"])
    if name == SLOT and len(conditions) == 1:
        equal = _EQUAL.match(conditions[0])
        if equal and equal[1] == "name" and equal[2] == "=":
            return Step(name, slot=equal[3], source=match[0])
    if not conditions:
        return Step(name, source=match[0])
    read = [_condition(one.strip()) for text in conditions for one in text.split(" and ")]
    return Step(name, condition=_together(read), source=match[0])


def _together(
    conditions: list[Callable[[etree._Element], bool]],
) -> Callable[[etree._Element], bool]:
    if len(conditions) == 1:
        return conditions[0]
    return lambda element: all(one(element) for one in conditions)


def _condition(text: str) -> Callable[[etree._Element], bool]:
    if found := _GIVEN.match(text):
        given = qualified(found[1])
        return lambda element: element.get(given) is not None
    if found := _EQUAL.match(text):
        return _equality(found[1], found[3], equal=found[2] == "=")
    if found := _SLOT.match(text):
        slot = found[1]
        return lambda element: any(one.get("name") == slot for one in element.iterchildren(SLOT))
    if found := _CHILD.match(text):
        present = qualified(found[1])
        return lambda element: next(element.iterchildren(present), None) is not None
    if found := _CHILD_EQUAL.match(text):
        child, value = qualified(found[1]), found[2]
        return lambda element: any(one.text == value for one in element.iterchildren(child))
    if found := _CHILD_TYPE.match(text):
        child, attribute, value = qualified(found[1]), qualified(found[2]), found[3]
        return lambda element: any(
            one.get(attribute) == value for one in element.iterchildren(child)
        )
    raise ValueError(f"this condition is not understood: {text}")


def _equality(name: str, value: str, *, equal: bool) -> Callable[[etree._Element], bool]:
    if name == "xsi:type":
        # The published patterns compare the prefix too; a peer may write another one.
        same = names_type(value.rpartition(":")[2])
        return lambda element: same(element.get(TYPE)) is equal
    attribute = qualified(name)
    if equal:
        return lambda element: element.get(attribute) == value
    return lambda element: element.get(attribute) not in {None, value}
