"""Quality reports of many descriptions as JSON, CSV and a page that an auditor can keep."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any, Final

from babel.dates import format_date

from procedures.document_page import document_page
from procedures.findings import Severity
from procedures.quality.report import QualityReport
from procedures.quality.rules import Shortcoming
from procedures.quality.self_assessment import Point

_WORDS: Final[dict[str, dict[str, str]]] = {
    "title": {"en": "Quality of service descriptions", "lv": "Pakalpojumu aprakstu kvalitāte"},
    "intro": {
        "en": "Judged by Articles 6, 9 to 13 and 16 of Regulation (EU) 2018/1724 on {day}. "
        "Of {all} descriptions, {good} meet every demand.",
        "lv": "Vērtēts pēc Regulas (ES) 2018/1724 6., 9.–13. un 16. panta. Datums: {day}. "
        "Aprakstu skaits: {all}. Visas prasības izpilda: {good}.",
    },
    "description": {"en": "Description", "lv": "Apraksts"},
    "met": {"en": "Demands met", "lv": "Izpildītas prasības"},
    "errors": {"en": "Missing by law", "lv": "Trūkst pēc likuma"},
    "hints": {"en": "Warnings", "lv": "Brīdinājumi"},
    "complete": {"en": "complete", "lv": "pilnīgs"},
    "incomplete": {"en": "incomplete", "lv": "nepilnīgs"},
    "what": {"en": "What was found", "lv": "Kas konstatēts"},
    "mend": {"en": "How to mend it", "lv": "Kā novērst"},
    "where": {"en": "Where", "lv": "Kur"},
    "clause": {"en": "Clause", "lv": "Norma"},
    "online": {"en": "Fully online (Article 6)", "lv": "Pilnībā tiešsaistē (6. pants)"},
    "crossing": {"en": "Cross-border (Article 13)", "lv": "Pārrobežu lietotāji (13. pants)"},
    "yes": {"en": "yes", "lv": "jā"},
    "no": {"en": "no", "lv": "nē"},
    "open": {"en": "not answered", "lv": "nav atbildes"},
    "nothing": {"en": "Nothing is missing.", "lv": "Nekā netrūkst."},
}
_SIGN: Final = {Severity.ERROR: "bad", Severity.WARNING: "fair", Severity.INFO: "note"}


def quality_json(reports: Sequence[QualityReport], *, language: str = "en") -> str:
    """Every report with its shortcomings and points."""
    made = [_as_json(one, language) for one in reports]
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def quality_csv(reports: Sequence[QualityReport], *, language: str = "en") -> str:
    """A line for each shortcoming."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["description", "rule", "severity", "where", "message", "clause", "fix"])
    for report in reports:
        for one in report.shortcomings:
            finding = one.as_finding(language)
            writer.writerow(
                [
                    report.identifier,
                    finding.rule,
                    finding.severity.value,
                    finding.where,
                    finding.message,
                    finding.clause,
                    finding.fix,
                ]
            )
    return out.getvalue()


def quality_page(reports: Sequence[QualityReport], *, today: date, language: str = "en") -> str:
    """The reports as one HTML page in English or Latvian."""
    word = {name: texts.get(language, texts["en"]) for name, texts in _WORDS.items()}
    good = sum(one.complete for one in reports)
    day = format_date(today, "long", locale="lv" if language == "lv" else "en_GB")
    intro = word["intro"].format(day=day, all=len(reports), good=good)
    rows = "".join(_overview(at, one, word) for at, one in enumerate(reports))
    head = "".join(
        f'<th scope="col">{escape(word[name])}</th>'
        for name in ("description", "met", "errors", "hints")
    )
    parts = "".join(_part(at, one, word, language) for at, one in enumerate(reports))
    return document_page(
        title=word["title"],
        language=language if language in _WORDS["title"] else "en",
        body=f"<p>{escape(intro)}</p>{_scrolled(word['title'], head, rows)}{parts}",
    )


def _scrolled(label: str, head: str, rows: str) -> str:
    return (
        f"<div class='scroll' tabindex='0' role='region' aria-label='{escape(label)}'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _overview(at: int, report: QualityReport, word: dict[str, str]) -> str:
    errors = _count(report, Severity.ERROR)
    sign, text = ("good", word["complete"]) if report.complete else ("bad", word["incomplete"])
    return (
        f'<tr><th scope="row"><a href="#d{at}">{escape(report.identifier)}</a></th>'
        f'<td>{report.met} / {len(report.demands)} <span class="{sign}">{escape(text)}</span></td>'
        f"<td>{errors}</td><td>{_count(report, Severity.WARNING)}</td></tr>"
    )


def _part(at: int, report: QualityReport, word: dict[str, str], language: str) -> str:
    found = "".join(_html_row(one, language) for one in report.shortcomings)
    head = "".join(
        f'<th scope="col">{escape(word[name])}</th>' for name in ("what", "mend", "where", "clause")
    )
    table = (
        _scrolled(report.identifier, head, found) if found else f"<p>{escape(word['nothing'])}</p>"
    )
    points = "".join(
        f"<h3>{escape(word[name])}</h3>"
        f"<ul>{''.join(_point(one, word, language) for one in held)}</ul>"
        for name, held in (("online", report.fully_online), ("crossing", report.cross_border))
        if held
    )
    return f'<section id="d{at}"><h2>{escape(report.identifier)}</h2>{table}{points}</section>'


def _html_row(one: Shortcoming, language: str) -> str:
    finding = one.as_finding(language)
    return (
        f'<tr><td><span class="{_SIGN[finding.severity]}">{escape(finding.message)}</span></td>'
        f"<td>{escape(finding.fix)}</td><td><code>{escape(finding.where)}</code></td>"
        f"<td>{escape(finding.clause)}</td></tr>"
    )


def _point(point: Point, word: dict[str, str], language: str) -> str:
    sign, said = {True: ("good", "yes"), False: ("bad", "no"), None: ("fair", "open")}[point.holds]
    question = point.question.get(language, point.question["en"])
    rests = ", ".join(point.rests_on)
    return (
        f'<li><span class="{sign}">{escape(question)}: {escape(word[said])}</span> '
        f"<code>{escape(point.article)}; {escape(rests)}</code></li>"
    )


def _count(report: QualityReport, severity: Severity) -> int:
    return sum(one.severity is severity for one in report.shortcomings)


def _as_json(report: QualityReport, language: str) -> dict[str, Any]:
    return {
        "identifier": report.identifier,
        "kind": report.kind.value,
        "complete": report.complete,
        "met": report.met,
        "demands": len(report.demands),
        "shortcomings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "where": finding.where,
                "message": finding.message,
                "clause": finding.clause,
                "fix": finding.fix,
            }
            for finding in (one.as_finding(language) for one in report.shortcomings)
        ],
        "fullyOnline": [_point_json(one, language) for one in report.fully_online],
        "crossBorder": [_point_json(one, language) for one in report.cross_border],
    }


def _point_json(point: Point, language: str) -> dict[str, Any]:
    return {
        "article": point.article,
        "question": point.question.get(language, point.question["en"]),
        "holds": point.holds,
        "restsOn": list(point.rests_on),
    }
