"""What a check has to say about a page, a description or a message to the Commission."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Severity(StrEnum):
    """How bad a finding is; only errors refuse."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check has to say."""

    rule: str
    severity: Severity
    where: str
    """A line and column, a path in a document, or ``/`` for the whole."""
    message: str
    clause: str
    """What the rule rests on."""
    fix: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of a check: what was found, and what was read when nothing speaks against it."""

    findings: tuple[Finding, ...]
    value: Mapping[str, object] | None = None

    @property
    def verdict(self) -> Literal["accepted", "refused"]:
        """Refused as soon as one finding is an error."""
        errors = any(one.severity is Severity.ERROR for one in self.findings)
        return "refused" if errors else "accepted"
