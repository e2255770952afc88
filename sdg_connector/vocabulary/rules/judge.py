"""Judge a parsed document by many rules in one walk.

The contexts of all rules become one tree of places; the walk goes down the document and that tree
together, so that a path which many rules share is followed once.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from sdg_connector.vocabulary.findings import Finding, FindingSeverity
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules.contexts import Path, Step, read_context
from sdg_connector.vocabulary.rules.part import SLOT, Part, text_of
from sdg_connector.vocabulary.rules.rule import PartCheck, Rule, RuleFile, TextCheck, Version

_DOCUMENTS: Final = frozenset(
    map(
        qualified,
        (
            "query:QueryRequest",
            "query:QueryResponse",
            "lcm:SubmitObjectsRequest",
            "rs:RegistryResponse",
        ),
    )
)
"""A path that begins with one of these begins at the root; any other may begin anywhere."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold, and where."""

    rule: Rule
    file: RuleFile
    element: etree._Element
    attribute: str | None = None

    @property
    def where(self) -> str:
        """Path of the element or attribute, without prefixes."""
        path = self.element.getroottree().getelementpath(self.element)
        path = "/" + re.sub(r"\{[^}]*\}", "", path).removeprefix(".")
        local = (self.attribute or "").rpartition("}")[2]
        return f"{path}/@{local}" if local else path

    @property
    def found(self) -> str:
        """What stands there instead, in words that show no value."""
        check = self.rule.check
        if isinstance(check, PartCheck) and check.found is not None:
            return check.found(Part(self.element))
        return "something else"

    @property
    def finding(self) -> Finding:
        """As the testers' command prints it."""
        informs = self.rule.severity is FindingSeverity.INFO
        return Finding(
            rule=self.rule.id,
            severity=self.rule.severity,
            where=self.where,
            message=f"expected {self.rule.check.asks}, found {self.found}",
            clause=self.file.clause,
            fix="Nothing: the rule only informs." if informs else self.rule.check.fix,
        )


Asked = list[tuple[Rule, RuleFile, Callable[[str], bool]]]


@dataclass(slots=True)
class _Place:
    """What the rules ask at one place of a document, and the places beneath it."""

    parts: list[tuple[Rule, RuleFile, Callable[[Part], bool]]] = field(default_factory=list)
    texts: Asked = field(default_factory=list)
    attributes: dict[str, Asked] = field(default_factory=dict)
    slots: dict[str, "_Place"] = field(default_factory=dict)
    """The places beneath slots that only their name tells apart."""
    steps: dict[str, list[tuple[str, Callable[[etree._Element], bool] | None, "_Place"]]] = field(
        default_factory=dict
    )
    """The other places beneath, by element name; ``*`` is any element."""
    asks: bool = False
    """Whether any rule speaks of this place itself."""

    def beneath(self, step: Step) -> "_Place":
        if step.slot is not None:
            return self.slots.setdefault(step.slot, _Place())
        steps = self.steps.setdefault(step.name, [])
        for source, _, place in steps:
            if source == step.source:
                return place
        steps.append((step.source, step.condition, _Place()))
        return steps[-1][2]

    def add(self, rule: Rule, file: RuleFile, path: Path) -> None:
        place = self
        for step in path.steps:
            place = place.beneath(step)
        place.asks = True
        check = rule.check
        if isinstance(check, PartCheck):
            place.parts.append((rule, file, check.holds))
        elif path.attribute is not None:
            place.attributes.setdefault(path.attribute, []).append((rule, file, check.holds))
        else:
            place.texts.append((rule, file, check.holds))

    def ask(self, part: Part, found: list[Broken]) -> None:
        """Add what does not hold at this place."""
        for rule, file, holds in self.parts:
            if not holds(part):
                found.append(Broken(rule, file, part.element))
        if self.texts or self.attributes:
            self.ask_values(part.element, found)

    def ask_values(self, element: etree._Element, found: list[Broken]) -> None:
        """Add what does not hold of the text and the attributes."""
        if self.texts:
            text = text_of(element)
            for rule, file, holds in self.texts:
                if not holds(text):
                    found.append(Broken(rule, file, element))
        for name, asked in self.attributes.items():
            value = element.get(name)
            if value is not None:
                for rule, file, holds in asked:
                    if not holds(value):
                        found.append(Broken(rule, file, element, name))

    def entered(self, tag: str, element: etree._Element, into: list["_Place"]) -> None:
        """Add the places beneath this one that the child element stands at."""
        steps = self.steps.get(tag)
        if steps is not None:
            for _, condition, place in steps:
                if condition is None or condition(element):
                    into.append(place)
        if self.slots and tag == SLOT:
            slot = self.slots.get(element.get("name", ""))
            if slot is not None:
                into.append(slot)


class Judge:
    """The rules of some files in one line of the data model, ready to judge documents."""

    def __init__(self, files: Iterable[RuleFile], version: Version) -> None:
        self._root, self._document, self._anywhere = _Place(), _Place(), _Place()
        for file in files:
            for rule in file.rules:
                if version in rule.lines:
                    self._learn(rule, file)
        self._everywhere = self._anywhere.steps.pop("*", [])
        self._floats = bool(self._anywhere.steps or self._anywhere.slots or self._everywhere)

    def _learn(self, rule: Rule, file: RuleFile) -> None:
        for path in read_context(rule.context):
            if path.attribute is not None and not isinstance(rule.check, TextCheck):
                raise ValueError(f"{rule.id} asks an attribute for its children")
            if not path.steps:
                self._root.add(rule, file, path)
            elif path.steps[0].name in _DOCUMENTS:
                self._document.add(rule, file, path)
            else:
                self._anywhere.add(rule, file, path)

    def broken(self, root: etree._Element) -> list[Broken]:
        """Every rule that does not hold in this document, in document order."""
        found: list[Broken] = []
        places = [self._root]
        self._document.entered(str(root.tag), root, places)
        self._float(str(root.tag), root, places)
        self._visit(root, places, found)
        return found

    def _float(self, tag: str, element: etree._Element, into: list[_Place]) -> None:
        """Add the places that do not depend on where the element stands."""
        self._anywhere.entered(tag, element, into)
        for _, condition, place in self._everywhere:
            if condition is None or condition(element):
                into.append(place)

    def _visit(
        self, element: etree._Element, places: Sequence[_Place], found: list[Broken]
    ) -> None:
        part, floats = Part(element), self._floats
        for place in places:
            if place.asks:
                place.ask(part, found)
        for tag, child in part.children:
            beneath: list[_Place] = []
            for place in places:
                if tag in place.steps or (tag == SLOT and place.slots):
                    place.entered(tag, child, beneath)
            if floats:
                self._float(tag, child, beneath)
            if not len(child):
                for place in beneath:
                    if place.parts:
                        place.ask(Part.leaf(child), found)
                    elif place.asks:
                        place.ask_values(child, found)
            elif beneath or floats:
                self._visit(child, beneath, found)


def errors_of(broken: Iterable[Broken]) -> list[Broken]:
    """Those that refuse a message; warnings and information do not."""
    return [one for one in broken if one.rule.severity is FindingSeverity.ERROR]
