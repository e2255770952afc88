"""Judge a parsed document by many rules in one walk.

The contexts of all rules become one tree of places; the walk goes down the document and that tree
together, so that a path which many rules share is followed once. Most elements break no rule:
which one does not hold, and in which order they are told, is looked for only where one does.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from sdg_connector.vocabulary.findings import Finding, FindingSeverity
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules.contexts import read_context
from sdg_connector.vocabulary.rules.part import Part
from sdg_connector.vocabulary.rules.places import Place
from sdg_connector.vocabulary.rules.rule import PartCheck, Rule, RuleFile, TextCheck, Version
from sdg_connector.vocabulary.rules.stands import Stand, Stands

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
        way = self._above.ways.get(str(root.tag), self._above.other)
        places = () if way is None else way.stand_of(root).places
        self._visit(root, self._stands.of((self._root, *places)), found)
        return found

    def _visit(self, element: etree._Element, stand: Stand, found: list[Broken]) -> None:
        part, ways, other = Part(element), stand.ways, stand.other
        if not stand.holds(element, part):
            found += _broken(element, stand)
        for tag, child in zip(part.tags, part.children, strict=True):
            way = ways.get(tag, other)
            if way is None:
                continue
            beneath = way.always or way.stand_of(child)
            if len(child):
                self._visit(child, beneath, found)
            elif not beneath.holds(child):
                found += _broken(child, beneath)


def _broken(element: etree._Element, stand: Stand) -> Iterator[Broken]:
    for asked, attribute in stand.broken(element):
        yield Broken(asked.rule, asked.file, element, attribute)


def _is_error(rule: Rule) -> bool:
    return rule.severity is FindingSeverity.ERROR
