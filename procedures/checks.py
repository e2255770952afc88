"""Judge a description file for testers: its shape, what the law asks of it, and its tags."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from procedures.errors import DescriptionRefused, Mistake, ProceduresMisuse
from procedures.findings import Finding, Judgement, Severity
from procedures.model import Description
from procedures.quality import QualityReport, quality
from procedures.quality.self_assessment import Point
from procedures.reading import read_located
from procedures.tags import page_tags

_SHAPE: Final = "JSON Schema of descriptions (sdg-connector procedures schema)"


def check_description(
    data: bytes, *, context: Mapping[str, object], now: datetime, show_values: bool
) -> Judgement:
    """Judge these bytes as a description; every mistake and shortcoming at once, with its line.

    ``context`` may hold ``language`` (``"lv"``) for the sentences. Never raises for any bytes.
    """
    language = "lv" if context.get("language") == "lv" else "en"
    try:
        description, document = read_located(data)
    except DescriptionRefused as error:
        return Judgement(tuple(map(_of_shape, error.mistakes)))
    report = quality(description, today=now.date(), line=document.line)
    found = [one.as_finding(language) for one in report.shortcomings]
    try:
        tags = page_tags(description).as_mapping()
    except ProceduresMisuse as error:
        return Judgement((_of_tags(error), *found))
    return Judgement(tuple(found), _value(description, report, tags, language))


def _of_shape(mistake: Mistake) -> Finding:
    place = mistake.path or "/"
    return Finding(
        rule="description.shape",
        severity=Severity.ERROR,
        where=place if mistake.line is None else f"line {mistake.line}: {place}",
        message=mistake.message,
        clause=_SHAPE,
        fix="Give the field what the sentence expects.",
    )


def _of_tags(error: ProceduresMisuse) -> Finding:
    return Finding(
        rule="description.tags",
        severity=Severity.ERROR,
        where="/",
        message=str(error),
        clause="CIR (EU) 2020/1121, Annex I",
        fix="Change the value, so that the tag can carry it.",
    )


def _value(
    description: Description, report: QualityReport, tags: Mapping[str, str], language: str
) -> dict[str, object]:
    return {
        "identifier": description.identifier,
        "kind": description.kind.value,
        "title": description.title.best(language).text,
        "demands": len(report.demands),
        "met": report.met,
        "tags": dict(tags),
        "fully_online": [_point(one, language) for one in report.fully_online],
        "cross_border": [_point(one, language) for one in report.cross_border],
    }


def _point(point: Point, language: str) -> dict[str, object]:
    return {
        "article": point.article,
        "question": point.question[language],
        "holds": point.holds,
        "rests_on": list(point.rests_on),
    }
