"""A published business rule as a value, and the file that publishes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sdg_connector.vocabulary.findings import FindingSeverity
from sdg_connector.vocabulary.rules.part import Part

Version = tuple[int, int]
_FIRST: Final[Version] = (1, 0)
_NEWEST: Final[Version] = (2, 0)


@dataclass(frozen=True, slots=True)
class Lines:
    """From which line of the data model to which a rule is published in this form."""

    since: Version
    until: Version

    def __contains__(self, version: object) -> bool:
        return isinstance(version, tuple) and self.since <= version <= self.until


SECOND: Final = "published as a second rule of one pattern for the same elements: it never counts"
"""The deviation of a rule that its own file switches off."""
ALL: Final = Lines(_FIRST, _NEWEST)
ONLY_1_0: Final = Lines(_FIRST, _FIRST)
ONLY_1_X: Final = Lines(_FIRST, (1, 2))
FROM_1_1: Final = Lines((1, 1), _NEWEST)
FROM_1_1_TO_1_2: Final = Lines((1, 1), (1, 2))
FROM_1_2: Final = Lines((1, 2), _NEWEST)
FROM_2_0: Final = Lines(_NEWEST, _NEWEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCheck:
    """A question about the string value of an element, or about an attribute."""

    holds: Callable[[str], bool]
    asks: str
    """What must stand there, so that "expected …" is a sentence."""
    fix: str
    """What to change, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCheck:
    """A question about an element: its children and its attributes."""

    holds: Callable[[Part], bool]
    asks: str
    fix: str
    found: Callable[[Part], str] | None = None
    """What stands there instead, in words that show no value."""
    by_outline: bool = False
    """Whether its name, and the names and nesting of what stands inside, slots by theirs, decide
    alone: what holds in one document then holds in all of the same outline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeCheck:
    """A question about one attribute of an element, which may be absent."""

    attribute: str
    """``{namespace}Local``."""
    such: Callable[[str | None], bool]
    asks: str
    fix: str
    wrong: str = "another value"
    """What stands there instead, in words that show no value."""

    def holds(self, part: Part) -> bool:
        """Whether the attribute of this element is as it should be."""
        return self.such(part.element.get(self.attribute))

    def found(self, part: Part) -> str:
        """What stands there instead."""
        return "none" if part.element.get(self.attribute) is None else self.wrong


Check = TextCheck | PartCheck | AttributeCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One published assertion."""

    id: str
    """As its publisher writes it; assertions without an id are numbered in their file."""
    context: str
    """The elements or attributes that it speaks of, as a path with the published prefixes."""
    check: Check
    severity: FindingSeverity = FindingSeverity.ERROR
    lines: Lines = ALL
    deviation: str = ""
    """Why our verdict differs from the published assertion of line 1.0 where it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """The rules of one published file."""

    name: str
    """``EDM-REQ-S``."""
    rules: tuple[Rule, ...]

    @property
    def clause(self) -> str:
        """Where the file is published."""
        return f"{self.name}.sch (https://code.europa.eu/oots/tdd/tdd_chapters, OOTS-EDM/sch)"


def rule(
    id: str,  # noqa: A002  the publisher's word
    context: str,
    check: Check,
    *,
    severity: FindingSeverity = FindingSeverity.ERROR,
    lines: Lines = ALL,
    deviation: str = "",
) -> Rule:
    """A rule, written as one line of a table."""
    return Rule(
        id=id, context=context, check=check, severity=severity, lines=lines, deviation=deviation
    )
