"""Run one check over one source and keep what an auditor needs of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from sdg_connector.conformance.kinds import (
    FindingLike,
    JudgementLike,
    Kind,
    check_for,
    guess_kind,
)

MAX_BYTES: Final = 64 * 1024 * 1024
"""A file beyond this is refused unread: every format here has smaller messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file to judge."""

    name: str
    """As the tester named it: a path, an address, or ``-``."""
    data: bytes
    facts: Mapping[str, object] = field(default_factory=dict)
    """What came with it from where it was opened: its address and its headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to know about a file."""

    rule: str
    severity: Literal["error", "warning", "info"]
    where: str
    message: str
    clause: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict on one file."""

    file: str
    kind: Kind
    guessed: bool
    """Whether the kind was guessed and not said."""
    verdict: Literal["accepted", "refused"]
    findings: tuple[Finding, ...]
    value: Mapping[str, object] | None
    """What was read; absent when refused."""

    @property
    def has_errors(self) -> bool:
        """Whether anything speaks against the file."""
        return self.verdict == "refused" or any(one.severity == "error" for one in self.findings)


def judge(
    source: Source,
    *,
    kind: Kind,
    context: Mapping[str, object],
    now: datetime,
    show_values: bool,
) -> Report:
    """Judge one source as ``kind`` (or as what it looks like); any bytes give a report."""
    taken_for = guess_kind(source.data) if kind is Kind.AUTO else kind
    if taken_for is None:
        return _refused(source, kind, _unknown())
    if len(source.data) > MAX_BYTES:
        return _refused(source, taken_for, _too_large(len(source.data)))
    judgement = check_for(taken_for)(
        source.data, context={**source.facts, **context}, now=now, show_values=show_values
    )
    return report(source.name, taken_for, judgement, guessed=kind is Kind.AUTO)


def report(name: str, kind: Kind, judgement: JudgementLike, *, guessed: bool = False) -> Report:
    """The report of a judgement that somebody else has made of the named thing."""
    refused = judgement.verdict != "accepted"
    return Report(
        file=name,
        kind=kind,
        guessed=guessed,
        verdict="refused" if refused else "accepted",
        findings=tuple(_finding(one) for one in judgement.findings),
        value=None if refused else judgement.value,
    )


def _finding(found: FindingLike) -> Finding:
    severity = str(found.severity)
    return Finding(
        rule=found.rule,
        severity="warning" if severity == "warning" else "info" if severity == "info" else "error",
        where=found.where,
        message=found.message,
        clause=found.clause,
        fix=found.fix,
    )


def _refused(source: Source, kind: Kind, finding: Finding) -> Report:
    return Report(
        file=source.name,
        kind=kind,
        guessed=False,
        verdict="refused",
        findings=(finding,),
        value=None,
    )


def _unknown() -> Finding:
    kinds = ", ".join(one.value for one in Kind if one is not Kind.AUTO)
    return Finding(
        rule="check.kind",
        severity="error",
        where="/",
        message="the file looks like nothing that can be judged",
        clause="",
        fix=f"Name the kind: {kinds}.",
    )


def _too_large(size: int) -> Finding:
    return Finding(
        rule="check.size",
        severity="error",
        where="/",
        message=f"expected at most {MAX_BYTES} octets, found {size}",
        clause="",
        fix="Judge a smaller message; payloads of this size are streamed by an endpoint.",
    )
