"""``sdg-connector check``: the compliance testers' command."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.conformance import (
    CannotJudge,
    CannotOpen,
    Kind,
    ReportFormat,
    judge,
    open_sources,
    read_context,
    render,
)

if TYPE_CHECKING:
    from sdg_connector.conformance.official import Official

_REFUSED = 1
_USAGE = 2


def check(  # noqa: PLR0917  typer reads the options from the arguments
    kind: Annotated[Kind, typer.Argument(help="What the files are; auto guesses and says so.")],
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Files, folders, addresses, or - .")
    ],
    context: Annotated[
        Path | None,
        typer.Option(help="JSON with what the check needs beside the file (keys, metadata, ids)."),
    ] = None,
    now: Annotated[
        str | None, typer.Option(metavar="ISO-8601", help="The clock of every time check.")
    ] = None,
    form: Annotated[
        ReportFormat, typer.Option("--format", help="How the report is written.")
    ] = ReportFormat.TEXT,
    out: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
    official: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder with the published XSD and Schematron of OOTS: set them beside our rules.",
        ),
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show personal values; hidden otherwise.")
    ] = False,
) -> None:
    """Judge files: exit 0 accepted, 1 refused or an error found, 2 usage or unreadable file."""
    clock = _clock(now)
    try:
        given = read_context(context)
        beside = None if official is None else _official(official)
        reports = []
        for source in open_sources(files):
            one = judge(source, kind=kind, context=given, now=clock, show_values=show_values)
            reports.append(one if beside is None else beside.beside(one, source))
        written = render(reports, form)
        if out is None:
            typer.echo(written, nl=False)
        else:
            out.write_text(written, encoding="utf-8")
    except (CannotJudge, CannotOpen, OSError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(_USAGE) from problem
    if any(report.has_errors for report in reports):
        raise typer.Exit(_REFUSED)


def _official(folder: Path) -> "Official":
    from sdg_connector.conformance.official import Official  # noqa: PLC0415  --help stays fast

    return Official(folder)


def _clock(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        given = datetime.fromisoformat(text)
    except ValueError as problem:
        raise typer.BadParameter(f"{text} is no ISO 8601 moment", param_hint="--now") from problem
    return given if given.tzinfo else given.replace(tzinfo=UTC)
