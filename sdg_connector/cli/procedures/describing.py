"""``sdg-connector procedures tags|report|coverage|codes|schema``: what descriptions say."""

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sdg_connector.cli.procedures.given import described, descriptions_in, own_errors

_FINDINGS = 1
Places = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="Descriptions, or folders of them.")
]
MaybePlaces = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE…", help="Descriptions or folders; the shipped samples if none."),
]
Out = Annotated[Path | None, typer.Option(help="Write to this file.")]
Day = Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day to judge by.")]
Words = Annotated[str, typer.Option("--language", help="Language of the words: en or lv.")]


class TagForm(StrEnum):
    """How tags are written."""

    HTML = "html"
    JSON = "json"


class TableForm(StrEnum):
    """How a table is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


def tags(
    files: Places,
    language: Annotated[
        str | None, typer.Option(help="Language of the page; else the description's own.")
    ] = None,
    form: Annotated[TagForm, typer.Option("--format", help="How they are written.")] = TagForm.HTML,
) -> None:
    """Print the meta tags by which the Gateway finds the pages of descriptions."""
    from procedures import meta_tags, meta_tags_json  # noqa: PLC0415  --help stays fast

    found = descriptions_in(files)
    with own_errors():
        for description in found:
            if form is TagForm.JSON:
                typer.echo(meta_tags_json(description, language=language))
                continue
            if len(found) > 1:
                typer.echo(f"<!-- {description.identifier} -->")
            typer.echo(meta_tags(description, language=language))


def schema(out: Out = None) -> None:
    """Print the JSON Schema of description files, for editors that check while one writes."""
    from procedures import json_schema  # noqa: PLC0415  --help stays fast

    _write(json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n", out)


def codes(
    words: Annotated[
        str, typer.Argument(help="A code, or words of a name or an output; all if none.")
    ] = "",
    on: Day = None,
    language: Words = "en",
    form: Annotated[
        TableForm, typer.Option("--format", help="How the table is written.")
    ] = TableForm.TEXT,
) -> None:
    """List the codes of Annexes I and II that hold on a day, with their names and outputs."""
    from procedures.codes import Annex, entries  # noqa: PLC0415  --help stays fast

    day = day_of(on)
    wanted = words.casefold()
    rows = [
        {
            "code": str(one.code),
            "name": one.name(language),
            "output": one.output(language) or "",
            "since": one.applies_from.isoformat(),
        }
        for annex in Annex
        for one in entries(annex, on=day)
        if not wanted
        or wanted in {one.code.code.casefold(), str(one.code).casefold()}
        or any(wanted in text.casefold() for text in (*one.names.values(), *one.outputs.values()))
    ]
    if form is TableForm.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif form is TableForm.TEXT:
        _print_table("Codes", rows)
    else:
        raise typer.BadParameter("codes are written as text or json", param_hint="--format")
    if not rows:
        raise typer.Exit(_FINDINGS)


def report(
    files: MaybePlaces = None,
    on: Day = None,
    language: Words = "en",
    form: Annotated[
        TableForm, typer.Option("--format", help="How the report is written.")
    ] = TableForm.TEXT,
    out: Out = None,
) -> None:
    """Judge many descriptions by the law: exit 1 when one lacks what the law demands."""
    from procedures.quality import (  # noqa: PLC0415  --help stays fast
        quality,
        quality_csv,
        quality_json,
        quality_page,
    )

    day = day_of(on)
    reports = [quality(one, today=day) for one in described(files)]
    if form is TableForm.TEXT:
        _print_table(
            "Quality of descriptions",
            [
                {
                    "description": one.identifier,
                    "met": f"{one.met}/{len(one.demands)}",
                    "missing": ", ".join(
                        sorted({s.rule for s in one.shortcomings if s.severity.value == "error"})
                    ),
                }
                for one in reports
            ],
        )
    elif form is TableForm.JSON:
        _write(quality_json(reports, language=language), out)
    elif form is TableForm.CSV:
        _write(quality_csv(reports, language=language), out)
    else:
        _write(quality_page(reports, today=day, language=language), out)
    if not all(one.complete for one in reports):
        raise typer.Exit(_FINDINGS)


def coverage(  # noqa: PLR0917  typer reads the options from the arguments
    files: MaybePlaces = None,
    declarations: Annotated[
        Path | None, typer.Option(help="Requirements of an Evidence Broker (XML).")
    ] = None,
    country: Annotated[str, typer.Option(help="Whose services are meant.")] = "LV",
    on: Day = None,
    language: Words = "en",
    form: Annotated[
        TableForm, typer.Option("--format", help="How the table is written.")
    ] = TableForm.TEXT,
    out: Out = None,
) -> None:
    """Show each procedure of Annex II with its services and what Member States declared to OOTS."""
    from procedures import coverage as covering  # noqa: PLC0415  --help stays fast
    from procedures.model import Country  # noqa: PLC0415

    with own_errors():
        declared = (
            () if declarations is None else covering.read_declarations(declarations.read_bytes())
        )
        whose, day = Country(country.upper()), day_of(on)
        rows = covering.coverage(described(files), declarations=declared, country=whose, today=day)
    if form is TableForm.TEXT:
        _print_table(
            "Coverage of Annex II",
            [
                {
                    "code": row.entry.code.code,
                    "procedure": row.entry.name(language)[:70],
                    "services": str(len(row.services)),
                    "standing": row.standing.value,
                    "evidence": str(len({one.requirement for one in row.requirements})),
                    "states": str(len(row.countries)),
                }
                for row in rows
            ],
        )
    elif form is TableForm.JSON:
        _write(covering.coverage_json(rows), out)
    elif form is TableForm.CSV:
        _write(covering.coverage_csv(rows), out)
    else:
        page = covering.coverage_page(rows, country=whose, today=day, language=language)
        _write(page, out)


def reviews(files: MaybePlaces = None, on: Day = None, out: Out = None) -> None:
    """List when each description is to be checked again, as CSV: exit 1 when one is overdue."""
    from procedures.latvia import reviews as due  # noqa: PLC0415  --help stays fast
    from procedures.latvia import reviews_csv  # noqa: PLC0415

    found = due(described(files), today=day_of(on))
    _write(reviews_csv(found), out)
    if any(one.overdue_days for one in found):
        raise typer.Exit(_FINDINGS)


def presence(files: MaybePlaces = None, out: Out = None) -> None:
    """List the steps that need the user in person, as CSV: exit 1 when one is not notified yet."""
    from procedures.quality.presence import (  # noqa: PLC0415  --help stays fast
        presence_csv,
        presence_exceptions,
    )

    found = presence_exceptions(described(files))
    _write(presence_csv(found), out)
    if not all(one.notified for one in found):
        raise typer.Exit(_FINDINGS)


def answers(
    requests: Annotated[
        Path, typer.Argument(help="CSV: request;received;working_days;answered, days as 7 or 1.")
    ],
    on: Day = None,
    country: Annotated[str, typer.Option(help="Whose public holidays are left out.")] = "LV",
    out: Out = None,
) -> None:
    """List by when requests are to be answered (Cabinet Regulation No 402, point 12), as CSV.

    Exit 1 when an answer is overdue, or came late.
    """
    from procedures.latvia import answers as due  # noqa: PLC0415  --help stays fast
    from procedures.latvia import answers_csv, read_requests  # noqa: PLC0415
    from procedures.public_holidays import free_days  # noqa: PLC0415  an optional extra

    today = day_of(on)
    with own_errors():
        given = read_requests(requests.read_bytes())
        first = min((one.received.year for one in given), default=today.year)
        free = free_days(country.upper(), years=range(first, today.year + 2))
    found = due(given, today=today, free=free)
    _write(answers_csv(found), out)
    if any(one.late_days for one in found):
        raise typer.Exit(_FINDINGS)


def day_of(text: str | None) -> date:
    """The day that was given, else today."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise typer.BadParameter(f"{text} is no day such as 2026-01-31") from problem


def _print_table(title: str, rows: list[dict[str, str]]) -> None:
    from rich.console import Console  # noqa: PLC0415  --help stays fast
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=title, show_lines=False)
    for name in rows[0] if rows else ():
        table.add_column(name, no_wrap=name == "code", overflow="fold")
    for row in rows:
        table.add_row(*row.values())
    Console().print(table if rows else f"{title}: nothing found")


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
        return
    with own_errors():
        out.write_text(text, encoding="utf-8")
