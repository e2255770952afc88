"""The places of a document that rules speak of: the contexts of all of them as one tree."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from sdg_connector.vocabulary.rules.contexts import Path, Step
from sdg_connector.vocabulary.rules.part import SLOT, Part
from sdg_connector.vocabulary.rules.rule import Rule, RuleFile, TextCheck

ANY = "*"
"""The name of a step that any element takes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule of a place, with its file."""

    rule: Rule
    file: RuleFile


@dataclass(slots=True, eq=False)
class Place:
    """What the rules ask at one place of a document, and the places beneath it."""

    parts: list[tuple[Asked, Callable[[Part], bool]]] = field(default_factory=list)
    texts: list[tuple[Asked, Callable[[str], bool]]] = field(default_factory=list)
    attributes: dict[str, list[tuple[Asked, Callable[[str], bool]]]] = field(default_factory=dict)
    slots: dict[str, "Place"] = field(default_factory=dict)
    """The places beneath slots that only their name tells apart."""
    steps: dict[str, list[tuple[Step, "Place"]]] = field(default_factory=dict)
    """The other places beneath, by element name."""

    def add(self, rule: Rule, file: RuleFile, path: Path) -> None:
        """Let a rule speak at the end of a path from here."""
        place = self
        for step in path.steps:
            place = place._beneath(step)
        asked, check = Asked(rule, file), rule.check
        if not isinstance(check, TextCheck):
            place.parts.append((asked, check.holds))
        elif path.attribute is not None:
            place.attributes.setdefault(path.attribute, []).append((asked, check.holds))
        else:
            place.texts.append((asked, check.holds))

    def ask(self, element: etree._Element) -> Iterator[tuple[Asked, str | None]]:
        """What does not hold of an element that stands here, and of which attribute."""
        part = Part(element)
        for asked, part_holds in self.parts:
            if not part_holds(part):
                yield asked, None
        for asked, holds in self.texts:
            if not holds(part.text):
                yield asked, None
        for name, questions in self.attributes.items():
            value = element.get(name)
            if value is not None:
                yield from ((asked, name) for asked, holds in questions if not holds(value))

    def ways(self, tag: str) -> Iterable[tuple[str | None, Step | None, "Place"]]:
        """The places beneath that children of this name may stand at.

        Each with the name that a slot must have, or with the step that is taken.
        """
        yield from ((None, step, place) for step, place in self.steps.get(tag, ()))
        if tag == SLOT:
            yield from ((slot, None, place) for slot, place in self.slots.items())

    def names(self) -> Iterator[str]:
        """The names of the children that some rule beneath speaks of."""
        yield from self.steps
        if self.slots:
            yield SLOT

    def _beneath(self, step: Step) -> "Place":
        if step.slot is not None:
            return self.slots.setdefault(step.slot, Place())
        steps = self.steps.setdefault(step.name, [])
        for taken, place in steps:
            if taken.source == step.source:
                return place
        steps.append((step, Place()))
        return steps[-1][1]
