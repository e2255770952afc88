"""The coverage of Annex II as JSON, CSV and an HTML page."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any, Final

from babel import Locale
from babel.dates import format_date

from procedures.coverage.table import CoverageRow, Standing
from procedures.document_page import document_page
from procedures.model import Country

_WORDS: Final[dict[str, dict[str, str]]] = {
    "title": {"en": "Coverage of Annex II", "lv": "II pielikuma pārklājums"},
    "intro": {
        "en": "Procedures of Annex II to Regulation (EU) 2018/1724, the services of {country} that "
        "carry them out, and what Member States declared to the Once-Only Technical System. "
        "As of {day}.",
        "lv": "Regulas (ES) 2018/1724 II pielikuma procedūras, pakalpojumi, kas tās īsteno "
        "({country}), un dalībvalstu ziņas vienreizējas iesniegšanas tehniskajā sistēmā. "
        "Datums: {day}.",
    },
    "code": {"en": "Code", "lv": "Kods"},
    "procedure": {"en": "Procedure", "lv": "Procedūra"},
    "services": {"en": "Services", "lv": "Pakalpojumi"},
    "standing": {"en": "Standing", "lv": "Stāvoklis"},
    "online": {"en": "Fully online", "lv": "Pilnībā tiešsaistē"},
    "crossing": {"en": "Cross-border", "lv": "Pārrobežu"},
    "requirements": {"en": "Evidence we ask for through OOTS", "lv": "Pierādījumi, ko prasām OOTS"},
    "countries": {
        "en": "Member States that declared it",
        "lv": "Dalībvalstis, kas to deklarējušas",
    },
    "missing": {"en": "no service", "lv": "nav pakalpojuma"},
    "incomplete": {"en": "incomplete", "lv": "nepilnīgs"},
    "described": {"en": "described", "lv": "aprakstīts"},
    "connected": {"en": "connected", "lv": "pieslēgts"},
    "yes": {"en": "yes", "lv": "jā"},
    "no": {"en": "no", "lv": "nē"},
    "open": {"en": "not assessed", "lv": "nav novērtēts"},
    "none": {"en": "none", "lv": "nav"},
}
_COLUMNS: Final = (
    "code",
    "procedure",
    "services",
    "standing",
    "online",
    "crossing",
    "requirements",
    "countries",
)
_SIGNS: Final = {
    Standing.MISSING: "bad",
    Standing.INCOMPLETE: "bad",
    Standing.DESCRIBED: "fair",
    Standing.CONNECTED: "good",
}


def coverage_json(rows: Sequence[CoverageRow]) -> str:
    """Every row as a JSON list."""
    return json.dumps([_as_json(row) for row in rows], ensure_ascii=False, indent=1) + "\n"


def coverage_csv(rows: Sequence[CoverageRow]) -> str:
    """A line for each procedure."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["code", "procedure", "standing", "services", "requirements", "member_states"])
    for row in rows:
        writer.writerow(
            [
                row.entry.code.code,
                row.entry.name("en"),
                row.standing.value,
                " ".join(service.identifier for service in row.services),
                " ".join(sorted({one.requirement for one in row.requirements})),
                " ".join(one.for_the_union for one in row.countries),
            ]
        )
    return out.getvalue()


def coverage_page(
    rows: Sequence[CoverageRow], *, country: Country, today: date, language: str = "en"
) -> str:
    """The table as an HTML page in English or Latvian, for a screen or a printer."""
    word = {name: texts.get(language, texts["en"]) for name, texts in _WORDS.items()}
    counted = Counter(row.standing for row in rows)
    summary = "".join(
        f'<li class="{_SIGNS[one]}"><strong>{counted[one]}</strong> {escape(word[one.value])}</li>'
        for one in Standing
    )
    head = "".join(f'<th scope="col">{escape(word[name])}</th>' for name in _COLUMNS)
    body = "".join(_html_row(row, word, language) for row in rows)
    locale = Locale("lv") if language == "lv" else Locale("en", "GB")
    intro = word["intro"].format(
        country=locale.territories.get(country, country),
        day=format_date(today, "long", locale=locale),
    )
    return document_page(
        title=word["title"],
        language=language if language in _WORDS["title"] else "en",
        body=f"<p>{escape(intro)}</p><ul class='counts'>{summary}</ul>"
        f"<div class='scroll' tabindex='0' role='region' aria-label='{escape(word['title'])}'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>",
    )


def _html_row(row: CoverageRow, word: dict[str, str], language: str) -> str:
    services = "".join(
        f'<li><span lang="{one.language}">{escape(one.title)}</span> '
        f"<code>{escape(one.identifier)}</code></li>"
        for one in row.services
    )
    names = "".join(
        f"<li>{escape(name)}</li>" for name in sorted({r.name for r in row.requirements})
    )
    cells = (
        f"<ul>{services}</ul>" if services else escape(word["none"]),
        f'<span class="{_SIGNS[row.standing]}">{escape(word[row.standing.value])}</span>',
        escape(_said([one.fully_online for one in row.services], word)),
        escape(_said([one.cross_border for one in row.services], word)),
        f'<ul lang="en">{names}</ul>' if names else escape(word["none"]),
        escape(" ".join(one.for_the_union for one in row.countries) or word["none"]),
    )
    name = escape(row.entry.name(language))
    return (
        f'<tr><th scope="row">{row.entry.code.code}</th><td>{name}</td>'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def _said(answers: list[bool | None], word: dict[str, str]) -> str:
    if not answers:
        return "–"
    if False in answers:
        return word["no"]
    return word["open"] if None in answers else word["yes"]


def _as_json(row: CoverageRow) -> dict[str, Any]:
    return {
        "code": row.entry.code.code,
        "procedure": row.entry.name("en"),
        "output": row.entry.output("en"),
        "standing": row.standing.value,
        "services": [
            {
                "identifier": one.identifier,
                "title": one.title,
                "complete": one.complete,
                "fullyOnline": one.fully_online,
                "crossBorder": one.cross_border,
            }
            for one in row.services
        ],
        "requirements": [
            {"identifier": one.requirement, "name": one.name} for one in row.requirements
        ],
        "memberStates": [one.for_the_union for one in row.countries],
    }
