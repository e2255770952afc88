"""Judge a parsed document by many rules in one walk.

The contexts of all rules become one tree of places; the walk goes down the document and that tree
together, so that a path which many rules share is followed once. Most elements break no rule:
which one does not hold, and in which order they are told, is looked for only where one does. Most
documents have the outline of an earlier one, and are asked without a walk.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from sdg_connector.vocabulary.findings import Finding, FindingSeverity
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules.contexts import read_context
from sdg_connector.vocabulary.rules.part import Part
from sdg_connector.vocabulary.rules.places import Place
from sdg_connector.vocabulary.rules.questionnaires import (
    Outline,
    Questionnaire,
    Standing,
    outline_of,
)
from sdg_connector.vocabulary.rules.rule import Rule, RuleFile, TextCheck, Version
from sdg_connector.vocabulary.rules.stands import Stand, Stands, Way

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
_MOST_NODES: Final = 1_000
_MOST_OUTLINES: Final = 64
"""What a judge remembers at most; a peer that writes ever new outlines is judged by the walk."""


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
        if isinstance(check, TextCheck) or check.found is None:
            return "something else"
        return check.found(Part(self.element))

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


class Judge:
    """The rules of some files in one line of the data model, ready to judge documents."""

    def __init__(
        self, files: Iterable[RuleFile], version: Version, *, errors_only: bool = False
    ) -> None:
        """``errors_only`` leaves out what warns or informs, and refuses no message."""
        self._root, self._document, self._anywhere = Place(), Place(), Place()
        for file in files:
            for rule in file.rules:
                if version in rule.lines and (not errors_only or _is_error(rule)):
                    self._learn(rule, file)
        self._stands = Stands(self._anywhere)
        self._above = self._stands.of([self._document])
        self._known: dict[Outline, Questionnaire] = {}

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
        nodes = list(root.iter())
        outline = outline_of(nodes)
        known = self._known.get(outline)
        if known is not None and known.holds(nodes):
            return []
        standings = self._walked(nodes)
        found = [
            Broken(asked.rule, asked.file, nodes[at], attribute)
            for at, stand, _ in standings
            if not stand.holds(nodes[at])
            for asked, attribute in stand.broken(nodes[at])
        ]
        if not found and len(nodes) <= _MOST_NODES:
            if len(self._known) >= _MOST_OUTLINES:
                self._known.clear()
            self._known[outline] = Questionnaire.of(standings, nodes)
        return found

    def _walked(self, nodes: Sequence[etree._Element]) -> list[Standing]:
        """Where the elements stand that some rule may speak of, in document order."""
        way = self._above.ways.get(str(nodes[0].tag), self._above.other)
        places = () if way is None else way.stand_of(nodes[0]).places
        standings: list[Standing] = []
        _walk(nodes, 0, way, self._stands.of((self._root, *places)), standings)
        return standings


def _walk(
    nodes: Sequence[etree._Element],
    at: int,
    way: Way | None,
    stand: Stand,
    standings: list[Standing],
) -> int:
    """Note where an element stands and all inside it; gives the number of the node behind it."""
    standings.append((at, stand, way))
    element, behind = nodes[at], at + 1
    for _ in range(len(element)):
        child = nodes[behind]
        tag = child.tag
        way = stand.ways.get(tag, stand.other) if type(tag) is str else None  # or a comment
        if way is None:
            behind = _passed(nodes, behind)
        else:
            behind = _walk(nodes, behind, way, way.always or way.stand_of(child), standings)
    return behind


def _passed(nodes: Sequence[etree._Element], at: int) -> int:
    """The number of the node behind this one and all inside it."""
    left = 1
    while left:
        left += len(nodes[at]) - 1
        at += 1
    return at


def _is_error(rule: Rule) -> bool:
    return rule.severity is FindingSeverity.ERROR
