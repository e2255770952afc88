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
from sdg_connector.vocabulary.rules.part import SLOT, Part
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


Texts = list[tuple[Rule, RuleFile, Callable[[str], bool]]]


@dataclass(slots=True)
class _Place:
    """What the rules ask at one place of a document, and the places beneath it."""

    parts: list[tuple[Rule, RuleFile, Callable[[Part], bool]]] = field(default_factory=list)
    texts: Texts = field(default_factory=list)
    attributes: dict[str, Texts] = field(default_factory=dict)
    slots: dict[str, "_Place"] = field(default_factory=dict)
    named: dict[str, dict[str, tuple[Callable[[etree._Element], bool] | None, "_Place"]]] = field(
        default_factory=dict
    )

    def beneath(self, step: Step) -> "_Place":
        if step.slot is not None:
            return self.slots.setdefault(step.slot, _Place())
        steps = self.named.setdefault(step.name, {})
        return steps.setdefault(step.source, (step.condition, _Place()))[1]

    def add(self, rule: Rule, file: RuleFile, path: Path) -> None:
        place = self
        for step in path.steps:
            place = place.beneath(step)
        check = rule.check
        if isinstance(check, PartCheck):
            place.parts.append((rule, file, check.holds))
        elif path.attribute is not None:
            texts = place.attributes.setdefault(path.attribute, [])
            texts.append((rule, file, check.holds))
        else:
            place.texts.append((rule, file, check.holds))

    def ask(self, part: Part, found: list[Broken]) -> None:
        """Add what does not hold at this place."""
        element = part.element
        for rule, file, holds in self.parts:
            if not holds(part):
                found.append(Broken(rule, file, element))
        if self.texts:
            text = part.text
            for rule, file, matches in self.texts:
                if not matches(text):
                    found.append(Broken(rule, file, element))
        for name, texts in self.attributes.items():
            value = element.get(name)
            if value is not None:
                found.extend(
                    Broken(rule, file, element, name)
                    for rule, file, matches in texts
                    if not matches(value)
                )

    def entered(self, tag: str, element: etree._Element, into: list["_Place"]) -> None:
        """Add the places beneath this one that the child element stands at."""
        if tag == SLOT and self.slots:
            slot = self.slots.get(element.get("name", ""))
            if slot is not None:
                into.append(slot)
        for name in (tag, "*"):
            steps = self.named.get(name)
            if steps is not None:
                for condition, place in steps.values():
                    if condition is None or condition(element):
                        into.append(place)


class Judge:
    """The rules of some files in one line of the data model, ready to judge documents."""

    def __init__(self, files: Iterable[RuleFile], version: Version) -> None:
        self._root, self._document, self._anywhere = _Place(), _Place(), _Place()
        for file in files:
            for rule in file.rules:
                if version in rule.lines:
                    self._learn(rule, file)
        self._floating = [self._anywhere] if self._anywhere.named or self._anywhere.slots else []

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
        tag = str(root.tag)
        self._document.entered(tag, root, places)
        for one in self._floating:
            one.entered(tag, root, places)
        self._visit(root, places, found)
        return found

    def _visit(
        self, element: etree._Element, places: Sequence[_Place], found: list[Broken]
    ) -> None:
        part = Part(element)
        for place in places:
            place.ask(part, found)
        floating = self._floating
        for tag, child in part.children:
            beneath: list[_Place] = []
            for place in places:
                place.entered(tag, child, beneath)
            for place in floating:
                place.entered(tag, child, beneath)
            if beneath or floating:
                self._visit(child, beneath, found)


def errors_of(broken: Iterable[Broken]) -> list[Broken]:
    """Those that refuse a message; warnings and information do not."""
    return [one for one in broken if one.rule.severity is FindingSeverity.ERROR]
