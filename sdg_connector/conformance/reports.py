"""Write reports for a person, a program, a CI server, a code host or an auditor."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from html import escape
from typing import Final

from lxml import etree

from sdg_connector.conformance.runner import Finding, Report


class ReportFormat(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"
    HTML = "html"


def render(reports: Sequence[Report], form: ReportFormat) -> str:
    """The reports as one text of the form asked for."""
    return _WRITERS[form](reports)


def _text(reports: Sequence[Report]) -> str:
    lines = []
    for report in reports:
        taken = f"{report.kind} (guessed)" if report.guessed else f"{report.kind}"
        lines.append(f"{report.verdict.upper():<9} {report.file}  as {taken}")
        for one in report.findings:
            lines += [
                f"  {one.severity:<8} {one.rule}  at {one.where}",
                f"           {one.message}",
            ]
            if one.clause:
                lines.append(f"           clause: {one.clause}")
            if one.fix:
                lines.append(f"           mend:   {one.fix}")
    counted = Counter(report.verdict for report in reports)
    lines.append(f"{counted['accepted']} accepted, {counted['refused']} refused")
    return "\n".join(lines) + "\n"


def _json(reports: Sequence[Report]) -> str:
    return json.dumps([_as_json(one) for one in reports], ensure_ascii=False, indent=2) + "\n"


def _as_json(report: Report) -> dict[str, object]:
    written: dict[str, object] = {
        "file": report.file,
        "kind": report.kind.value,
        "verdict": report.verdict,
        "findings": [asdict(one) for one in report.findings],
    }
    if report.value is not None:
        written["value"] = report.value
    return written


def _junit(reports: Sequence[Report]) -> str:
    suite = etree.Element("testsuite")
    suite.set("name", "sdg-connector check")
    suite.set("tests", str(len(reports)))
    suite.set("failures", str(sum(report.has_errors for report in reports)))
    for report in reports:
        case = etree.SubElement(suite, "testcase")
        case.set("classname", report.kind.value)
        case.set("name", _xml_text(report.file))
        if report.has_errors:
            first = next((one for one in report.findings if one.severity == "error"), None)
            failure = etree.SubElement(case, "failure")
            failure.set("message", _xml_text(first.message if first else "refused"))
            failure.text = _xml_text(_lines(report.findings))
        elif report.findings:
            etree.SubElement(case, "system-out").text = _xml_text(_lines(report.findings))
    return etree.tostring(suite, encoding="unicode", pretty_print=True)


def _lines(findings: Sequence[Finding]) -> str:
    return "\n".join(f"{one.severity} {one.rule} {one.where}: {one.message}" for one in findings)


def _xml_text(text: str) -> str:
    """XML 1.0 has no way to write most control characters: a file name or message may hold one."""
    return "".join(one if one in "\t\n\r" or one >= " " else "\ufffd" for one in text)


def _physical(file: str, where: str) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": file}}
    line = re.match(r"line ([1-9]\d*)", where)
    if line is not None:
        place["region"] = {"startLine": int(line[1])}
    return place


_SARIF_LEVEL: Final = {"error": "error", "warning": "warning", "info": "note"}


def _sarif(reports: Sequence[Report]) -> str:
    rules = {one.rule: one for report in reports for one in report.findings}
    results = [
        {
            "ruleId": one.rule,
            "level": _SARIF_LEVEL[one.severity],
            "message": {"text": f"{one.message}. {one.fix}" if one.fix else one.message},
            "locations": [
                {
                    "physicalLocation": _physical(report.file, one.where),
                    "logicalLocations": [{"fullyQualifiedName": one.where}],
                }
            ],
        }
        for report in reports
        for one in report.findings
    ]
    driver = {
        "name": "sdg-connector",
        "rules": [
            {"id": name, "help": {"text": one.fix or one.message}}
            for name, one in sorted(rules.items())
        ],
    }
    return (
        json.dumps(
            {
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [{"tool": {"driver": driver}, "results": results}],
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )


_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1b1b1b}
h2{font-size:1.1rem;margin:2rem 0 .5rem;overflow-wrap:anywhere}
.accepted{color:#0b5d2a}.refused{color:#a3160b}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #c8c8c8;
overflow-wrap:anywhere}
"""


def _html(reports: Sequence[Report]) -> str:
    counted = Counter(report.verdict for report in reports)
    body = "".join(_html_part(report) for report in reports)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Conformance report</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>Conformance report</h1><p>{counted['accepted']} accepted, "
        f"{counted['refused']} refused.</p>{body}</main></body></html>\n"
    )


def _html_part(report: Report) -> str:
    rows = "".join(
        f"<tr><td>{escape(one.severity)}</td><td><code>{escape(one.rule)}</code></td>"
        f"<td>{escape(one.where)}</td><td>{escape(one.message)}</td>"
        f"<td>{escape(one.fix)}</td><td>{escape(one.clause)}</td></tr>"
        for one in report.findings
    )
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Severity", "Rule", "Where", "What was found", "How to mend it", "Clause")
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        f'<section><h2>{escape(report.file)}: <span class="{report.verdict}">{report.verdict}'
        f"</span> as {report.kind}</h2>{table if rows else '<p>No findings.</p>'}</section>"
    )


_WRITERS: Final = {
    ReportFormat.TEXT: _text,
    ReportFormat.JSON: _json,
    ReportFormat.JUNIT: _junit,
    ReportFormat.SARIF: _sarif,
    ReportFormat.HTML: _html,
}
