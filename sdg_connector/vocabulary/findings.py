"""What a check of a message found, in the shape that the testers' command prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sdg_connector.errors import PeerMistake


class FindingSeverity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule."""

    rule: str
    severity: FindingSeverity
    where: str
    """Path in the document."""
    message: str
    clause: str
    """The published rule file or chapter, and its address."""
    fix: str
    """What to change, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one file."""

    findings: tuple[Finding, ...]
    value: Mapping[str, object] | None
    """What was read, with personal values masked; None when refused."""

    @property
    def verdict(self) -> str:
        """``refused`` when there is an error, else ``accepted``."""
        errors = any(one.severity is FindingSeverity.ERROR for one in self.findings)
        return "refused" if errors else "accepted"


def finding_of(error: PeerMistake) -> Finding:
    """A message that could not be read, as the finding that says why."""
    return Finding(
        rule=error.rule,
        severity=FindingSeverity.ERROR,
        where="/",
        message=f"expected {error.expected}, found {error.found}",
        clause=f"{error.rule} (https://code.europa.eu/oots/tdd/tdd_chapters)",
        fix=f"Make it {error.expected}.",
    )
