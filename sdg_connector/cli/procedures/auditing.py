"""``sdg-connector procedures audit``: walk one's own site and audit each page."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.conformance import Kind, Report, ReportFormat, render, report

if TYPE_CHECKING:
    from procedures.audit import Crawl

_REFUSED = 1
_USAGE = 2


def audit(  # noqa: PLR0917  typer reads the options from the arguments
    site: Annotated[str, typer.Argument(help="A site map, or the start of a site that has one.")],
    form: Annotated[
        ReportFormat, typer.Option("--format", help="How the report is written.")
    ] = ReportFormat.TEXT,
    out: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Visit at most so many pages.")] = 5000,
    delay: Annotated[
        float,
        typer.Option(min=0, help="Seconds between two requests; robots.txt may ask for more."),
    ] = 1.0,
    internal: Annotated[
        bool, typer.Option("--internal", help="Allow addresses inside a network.")
    ] = False,
) -> None:
    """Audit every page of your own site map, politely: exit 1 when a page has an error.

    What robots.txt forbids is left alone, other hosts are never visited.
    """
    import httpx  # noqa: PLC0415  --help stays fast

    from procedures.audit import Crawl  # noqa: PLC0415
    from procedures.clients import PageFetcher  # noqa: PLC0415
    from procedures.errors import ProceduresError  # noqa: PLC0415

    with httpx.Client(timeout=20) as client:
        crawl = Crawl(
            start=site,
            fetcher=PageFetcher(http=client, internal_allowed=internal),
            now=datetime.now(UTC),
            pause=time.sleep,
            delay=delay,
            most=most,
        )
        try:
            reports = _walked(crawl)
        except ProceduresError as problem:
            typer.echo(f"sdg-connector: {problem}", err=True)
            raise typer.Exit(_USAGE) from problem
    written = render(reports, form)
    if out is None:
        typer.echo(written, nl=False)
    else:
        out.write_text(written, encoding="utf-8")
    if any(one.has_errors for one in reports):
        raise typer.Exit(_REFUSED)


def _walked(crawl: "Crawl") -> list[Report]:
    """The reports of all pages, with a bar on the terminal while it lasts."""
    from rich.console import Console  # noqa: PLC0415  --help stays fast
    from rich.progress import Progress  # noqa: PLC0415

    reports = []
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Auditing", total=None)
        for visit in crawl:
            bar.update(task, total=len(crawl.addresses), advance=1)
            if visit.judgement is None:
                console.print(f"left out: {visit.address}: {visit.left_out}", highlight=False)
            else:
                reports.append(report(visit.address, Kind.WEB_PAGE, visit.judgement))
    return reports
