"""``sdg-connector procedures statistics``: count, look, hand over, correct."""

import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.procedures import sending
from sdg_connector.cli.procedures.given import own_errors

if TYPE_CHECKING:
    from procedures.statistics import Hit

app = typer.Typer(no_args_is_help=True, help="Statistics for the Commission's collect API.")


class Origin(StrEnum):
    """Where the figures come from."""

    ACCESS_LOG = "access-log"
    MATOMO = "matomo"
    PLAUSIBLE = "plausible"
    TABLE = "table"


class Counted(StrEnum):
    """What is counted."""

    PAGE_VIEWS = "page-views"
    VISITS = "visits"


Out = Annotated[Path, typer.Option(help="The file to write; it can be looked at and sent.")]
PeriodText = Annotated[
    str, typer.Option("--period", help="2026-01 for a month, 2026-H1 for a half.")
]
Holidays = Annotated[
    Path | None, typer.Option("--holidays", help="File with one public holiday (ISO date) a line.")
]


@app.command("calendar")
def calendar(
    on: Annotated[
        str | None, typer.Option(metavar="DAY", help="As if today were this day.")
    ] = None,
    holidays: Holidays = None,
    country: Annotated[
        str | None, typer.Option(help="Count without this country's public holidays: LV.")
    ] = None,
) -> None:
    """Show what must be handed over by when."""
    from procedures.collect import upcoming  # noqa: PLC0415  --help stays fast

    with own_errors():
        today = _day(on) if on else datetime.now(UTC).date()
        free = frozenset(map(_day, holidays.read_text().split())) if holidays else frozenset()
        if country is not None:
            from procedures.public_holidays import free_days  # noqa: PLC0415  an optional extra

            free |= free_days(country.upper(), years=(today.year, today.year + 1)).holidays
        for due in upcoming(today, holidays=free):
            typer.echo(f"{due.day}  {due.period!s:<8} {due.call.value:<34} {due.clause}")


@app.command("count")
def count(  # noqa: PLR0917  typer reads the options from the arguments
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Logs (.gz too) or exports.")
    ],
    site: Annotated[str, typer.Option(help="Origin of the site: https://dienests.lv")],
    period: PeriodText,
    out: Out,
    origin: Annotated[Origin, typer.Option("--as", help="What the files are.")] = Origin.ACCESS_LOG,
    pages: Annotated[
        Path | None, typer.Option(help="File with the addresses of the Gateway's pages; else all.")
    ] = None,
    metric: Annotated[Counted, typer.Option(help="What is counted.")] = Counted.PAGE_VIEWS,
    unknown_country: Annotated[
        str | None, typer.Option(help="Count visitors of unknown country for this one; else none.")
    ] = None,
    smallest: Annotated[
        int, typer.Option(min=1, help="Join, or leave out, figures below this.")
    ] = 1,
    geoip: Annotated[
        Path | None, typer.Option(help="A MaxMind DB file that knows the country of an address.")
    ] = None,
) -> None:
    """Add the views of a period up by page, country and kind of device."""
    from procedures.collect import Period, write_transmission  # noqa: PLC0415  --help stays fast
    from procedures.statistics import Metric, Site, aggregate  # noqa: PLC0415

    left_out = Counter[str]()
    with own_errors():
        found = aggregate(
            _hits(files, origin, Metric(metric.value) is Metric.VISITS, geoip, left_out),
            period=Period.read(period),
            site=Site.of(site, pages=pages.read_text("utf-8").split() if pages else ()),
            metric=Metric(metric.value),
            unknown_country=unknown_country,
            smallest=smallest,
        )
        out.write_text(write_transmission(found.transmission()), encoding="utf-8")
    for reason, number in (left_out + Counter(found.left_out)).most_common():
        typer.echo(f"left out {number:>9}  {reason}", err=True)
    pages_counted = len({page for page, _, _ in found.cells})
    typer.echo(f"{out}: {sum(found.cells.values())} {metric.value} of {pages_counted} pages")


@app.command("assistance")
def assistance(
    file: Annotated[Path, typer.Argument(help="CSV: page, received, answered, user, situation, …")],
    period: PeriodText,
    out: Out,
) -> None:
    """Add the requests of a half-year up, with their average response time."""
    from procedures.collect import Period, write_transmission  # noqa: PLC0415  --help stays fast
    from procedures.statistics import assistance_statistics, read_requests  # noqa: PLC0415

    with own_errors():
        requests = read_requests(file.read_bytes())
        found = assistance_statistics(requests, period=Period.read(period))
        out.write_text(write_transmission(found), encoding="utf-8")
    typer.echo(f"{out}: {len(found.entries)} pages")


@app.command("send")
def send(
    file: Annotated[Path, typer.Argument(help="What count or assistance wrote.")],
    address: sending.Address = None,
    ledger: sending.LedgerFile = sending.LEDGER,
    key_file: sending.KeyFile = None,
    dry_run: sending.DryRun = False,
) -> None:
    """Hand a period over, or correct it under the id it has; sending twice sends nothing new."""
    from procedures.collect import read_transmission  # noqa: PLC0415  --help stays fast

    with own_errors():
        sent = read_transmission(file.read_text(encoding="utf-8"))
        sending.hand_over(sent, address=address, ledger=ledger, key_file=key_file, dry_run=dry_run)


@app.command("ledger")
def show_ledger(
    address: sending.Address = None, ledger: sending.LedgerFile = sending.LEDGER
) -> None:
    """List what was handed over, latest first."""
    from procedures.collect import PRODUCTION, Ledger  # noqa: PLC0415  --help stays fast

    with own_errors():
        opened = Ledger(ledger, service=address or PRODUCTION)
        for one in opened.entries():
            state = (
                f"taken {one.times} times" if one.times > 1 else "taken" if one.times else "open"
            )
            when = "" if one.sent_at is None else f"{one.sent_at:%Y-%m-%d %H:%M}"
            typer.echo(
                f"{one.period!s:<8} {one.call.value:<34} {state:<15} {when}  {one.unique_id}"
            )
        opened.close()


def _hits(
    files: list[Path], origin: Origin, visits: bool, geoip: Path | None, left_out: Counter[str]
) -> "Iterator[Hit]":
    from rich.progress import track  # noqa: PLC0415  --help stays fast

    from procedures.statistics import (  # noqa: PLC0415
        read_access_log,
        read_matomo,
        read_plausible,
        read_table,
    )

    country_of = _country_of(geoip)
    for file in track(files, "Counting", disable=len(files) < 2, transient=True):
        if origin is Origin.ACCESS_LOG:
            with _opened(file) as lines:
                yield from read_access_log(lines, country_of=country_of, left_out=left_out)
        elif origin is Origin.MATOMO:
            yield from read_matomo(file.read_bytes())
        elif origin is Origin.PLAUSIBLE:
            yield from read_plausible(file.read_bytes(), metric="visits" if visits else "pageviews")
        else:
            yield from read_table(file.read_bytes(), visits=visits)


def _opened(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8", errors="replace", newline="\n")
    return file.open(encoding="utf-8", errors="replace", newline="\n")


def _country_of(geoip: Path | None) -> Callable[[str], str | None]:
    if geoip is None:
        return lambda ip: None
    try:
        import maxminddb  # noqa: PLC0415  an extra
    except ImportError as missing:
        raise typer.BadParameter("install sdg-connector[geoip]", param_hint="--geoip") from missing
    try:
        reader = maxminddb.open_database(geoip)
    except maxminddb.InvalidDatabaseError as wrong:
        raise typer.BadParameter(f"{geoip} is no MaxMind DB", param_hint="--geoip") from wrong

    def country_of(ip: str) -> str | None:
        try:
            found = reader.get(ip)
        except ValueError:
            return None
        country = found.get("country") if isinstance(found, dict) else None
        code = country.get("iso_code") if isinstance(country, dict) else None
        return code if isinstance(code, str) else None

    return country_of


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter(f"{text} is no day such as 2026-01-31") from wrong
