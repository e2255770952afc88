"""Set the published XSD and Schematron beside our rules, and report where they disagree."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, cast

from lxml import etree

from sdg_connector.conformance.kinds import Kind
from sdg_connector.conformance.official_schema import official_schema
from sdg_connector.conformance.runner import Finding, Report, Source
from sdg_connector.conformance.schematron import CannotJudge, Fired, Schematron
from sdg_connector.directory import rules as directory_rules
from sdg_connector.evidence import rules as evidence_rules
from sdg_connector.regrep import RegRepRefused
from sdg_connector.regrep.reader import read_root
from sdg_connector.vocabulary.rules import Judge, RuleFile

_PUBLISHED: Final = "https://code.europa.eu/oots/tdd/tdd_chapters, OOTS-EDM"
_FILES: Final = {**evidence_rules.FILES, **directory_rules.FILES}
_SEVERITIES: Final[dict[str, Literal["error", "warning", "info"]]] = {
    "warning": "warning",
    "info": "info",
}


class Official:
    """The official files in a folder, of whatever release they are."""

    def __init__(self, folder: Path) -> None:
        """Find the files; raises ``CannotJudge`` for a folder without any."""
        self._sources = {file.stem: file for file in sorted(folder.rglob("*.sch"))}
        if not self._sources:
            raise CannotJudge(f"{folder} holds no Schematron file; {_PUBLISHED} has them")
        self._folder = folder
        self._compiled: dict[str, Schematron] = {}
        self._judges: dict[str, Judge] = {}

    @cached_property
    def version(self) -> tuple[int, int]:
        """The line of the data model that these files judge, as their own rules say."""
        request = self._sources.get("EDM-REQ-C")
        text = request.read_text("utf-8", "replace") if request else ""
        for major, minor in ((2, 0), (1, 2), (1, 1)):
            if f"'oots-edm:v{major}.{minor}'" in text:
                return major, minor
        return 1, 0

    def beside(self, report: Report, source: Source) -> Report:
        """The report with what the official files say besides; other kinds stay as they are."""
        if report.kind not in {Kind.EDM, Kind.COMMON_SERVICES}:
            return report
        try:
            root = read_root(source.data)
        except RegRepRefused:
            return report
        added = tuple(self._findings(root, report.kind))
        refused = report.verdict == "refused" or any(one.severity == "error" for one in added)
        return replace(
            report,
            findings=report.findings + added,
            verdict="refused" if refused else "accepted",
            value=None if refused else report.value,
        )

    def _findings(self, root: etree._Element, kind: Kind) -> Iterator[Finding]:
        name, version = _kind_and_line(root, kind)
        if version != self.version:
            yield _said(
                "official.line",
                "info",
                f"the official files are of line {_shown(self.version)}, "
                f"the message of {_shown(version)}: they are not compared",
            )
            return
        yield from self._schema_findings(root)
        files = [file for file in _FILES[name] if file.name in self._sources]
        agreed = 0
        for file in files:
            disagreed = list(self._disagreements(root, file))
            agreed += len({one.id for one in file.rules if version in one.lines}) - len(disagreed)
            yield from disagreed
        names = ", ".join(file.name for file in files) or "no rule file"
        yield _said(
            "official.agreement",
            "info",
            f"{names}: our verdict and the official one agree on {agreed} rules",
        )

    def _schema_findings(self, root: etree._Element) -> Iterator[Finding]:
        schema = official_schema(self._folder)
        if schema is None:
            yield _said("official.xsd", "info", "the folder holds no XML schema")
            return
        if not schema.validate(root):
            for error in cast(Any, schema.error_log):
                yield _said(
                    "official.xsd",
                    "error",
                    f"the official schema refuses this: {error.type_name} in line {error.line}",
                    where=error.path or "/",
                )

    def _disagreements(self, root: etree._Element, file: RuleFile) -> Iterator[Finding]:
        ours = {one.rule.id: one for one in self._judge(file).broken(root)}
        theirs = {one.id: one for one in self._schematron(file.name).fired(root)}
        deviations = {one.id: one.deviation for one in file.rules if self.version in one.lines}
        for rule in sorted(ours.keys() ^ theirs.keys()):
            where = ours[rule].where if rule in ours else theirs[rule].where
            yield _disagreement(
                rule, file.name, theirs.get(rule), deviations.get(rule, ""), where=where
            )

    def _judge(self, file: RuleFile) -> Judge:
        if file.name not in self._judges:
            self._judges[file.name] = Judge([file], self.version)
        return self._judges[file.name]

    def _schematron(self, name: str) -> Schematron:
        if name not in self._compiled:
            self._compiled[name] = Schematron(self._sources[name])
        return self._compiled[name]


def _kind_and_line(root: etree._Element, kind: Kind) -> tuple[str, tuple[int, int]]:
    if kind is Kind.EDM:
        line = evidence_rules.line_of_message(root)
        return evidence_rules.kind_of(root), line.version if line else (1, 0)
    return directory_rules.kind_of(root), directory_rules.line_of_document(root).version


def _disagreement(
    rule: str, file: str, official: Fired | None, deviation: str, *, where: str
) -> Finding:
    if official is None:
        what = "our rule does not hold, the official one does"
    elif official.failed:
        what = "the official rule cannot be evaluated here"
    else:
        what = "the official rule does not hold, ours does"
    if deviation or (official is not None and official.failed):
        return _said(
            "official.deviation",
            "info",
            f"{file} {rule}: {what} ({deviation or 'a defect of the official file'})",
            where=where,
        )
    severity = "warning" if official is None else _SEVERITIES.get(official.role, "error")
    return _said("official.disagreement", severity, f"{file} {rule}: {what}", where=where)


def _said(
    rule: str,
    severity: Literal["error", "warning", "info"],
    message: str,
    *,
    where: str = "/",
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        where=where,
        message=message,
        clause=_PUBLISHED,
        fix="Nothing: this is for information."
        if severity == "info"
        else "Mend the message, or tell the authors of the rules that does not hold.",
    )


def _shown(version: Sequence[int]) -> str:
    return ".".join(map(str, version))
