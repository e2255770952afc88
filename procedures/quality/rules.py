"""One demand that a description does not meet, in English and Latvian."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from procedures.document import Path, show_path
from procedures.findings import Finding, Severity

LANGUAGES: Final = ("en", "lv")
"""The languages in which every rule is worded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One demand of the law, or of good writing."""

    id: str
    clause: str
    """Article or point that asks for it."""
    severity: Severity
    sentences: Mapping[str, str]
    """What is wrong when it is not met, by language."""
    mending: Mapping[str, str]
    """How to mend it, by language."""

    @property
    def legal(self) -> bool:
        """Whether the law demands it, so that it counts for the score."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """A rule that is not met, and where."""

    rule: str
    """The rule's name."""
    path: Path = ()
    """The field; empty for the whole description."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What the sentence of the rule speaks of."""
    line: int | None = None
    """The line of the file, when the description came from one."""

    @property
    def definition(self) -> Rule:
        """The rule itself."""
        return rules()[self.rule]

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.definition.severity

    @property
    def where(self) -> str:
        """The field, with its line when there is a file."""
        place = show_path(self.path) or "/"
        return place if self.line is None else f"line {self.line}: {place}"

    def sentence(self, language: str) -> str:
        """What is wrong; in English where the language is not one of `LANGUAGES`."""
        sentences = self.definition.sentences
        return sentences.get(language, sentences["en"]).format_map(self.details)

    def mending(self, language: str) -> str:
        """How to mend it; in English where the language is not one of `LANGUAGES`."""
        mending = self.definition.mending
        return mending.get(language, mending["en"])

    def as_finding(self, language: str = "en") -> Finding:
        """The same as every check says it."""
        return Finding(
            rule=self.rule,
            severity=self.severity,
            where=self.where,
            message=self.sentence(language),
            clause=self.definition.clause,
            fix=self.mending(language),
        )


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its name, in the order of the law."""
    text = files("procedures.quality.data").joinpath("rules.csv").read_text(encoding="utf-8")
    return {
        row["rule"]: Rule(
            id=row["rule"],
            clause=row["clause"],
            severity=Severity(row["severity"]),
            sentences={one: row[one] for one in LANGUAGES},
            mending={one: row[f"mend_{one}"] for one in LANGUAGES},
        )
        for row in csv.DictReader(text.splitlines(), delimiter=";")
    }
