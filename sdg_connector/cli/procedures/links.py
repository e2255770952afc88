"""``sdg-connector procedures links``: tell the Commission's links repository what changed."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.procedures.given import descriptions_in, own_errors, secret

if TYPE_CHECKING:
    from procedures.links import Changes, Snapshot

app = typer.Typer(no_args_is_help=True, help="The links repository: changes, files, pushes.")

TOKEN = "SDG_LINKS_TOKEN"  # noqa: S105  the name of a variable, not a token
Places = Annotated[
    list[Path], typer.Argument(metavar="PLACE…", help="Descriptions: files or folders of them.")
]
Memory = Annotated[
    Path, typer.Option("--memory", help="JSON file that remembers what the repository has taken.")
]


class LinksForm(StrEnum):
    """A file of the repository's upload."""

    XLSX = "xlsx"
    CSV = "csv"
    XML = "xml"


@app.command("changes")
def show_changes(places: Places, memory: Memory = Path("links.json")) -> None:
    """Show what is new, changed or gone since the last push."""
    with own_errors():
        _show(_changes(places, _remembered(memory)))


@app.command("write")
def write(
    places: Places,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    form: Annotated[LinksForm, typer.Option("--form", help="Which file.")] = LinksForm.XLSX,
    memory: Annotated[
        Path | None, typer.Option("--memory", help="Write only what changed since this memory.")
    ] = None,
) -> None:
    """Write the file that is uploaded by hand; the memory is not changed."""
    from procedures.links import write_csv, write_xlsx, write_xml  # noqa: PLC0415

    writers = {LinksForm.XLSX: write_xlsx, LinksForm.CSV: write_csv, LinksForm.XML: write_xml}
    with own_errors():
        rows = _changes(places, _remembered(memory)).rows
        out.write_bytes(writers[form](rows))
    typer.echo(f"{out}: {len(rows)} links")


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="An xlsx or csv file of the repository.")],
) -> None:
    """Judge every row of a file or an export: exit 1 when one is wrong."""
    from procedures.links import LinksRefused, read_links  # noqa: PLC0415  --help stays fast

    with own_errors():
        try:
            rows = read_links(file.read_bytes())
        except LinksRefused as refused:
            for mistake in refused.mistakes:
                where = "the file" if mistake.line is None else f"row {mistake.line}"
                typer.echo(f"{file}: {where}: {mistake.message}")
            typer.echo(f"{len(refused.mistakes)} wrong", err=True)
            raise typer.Exit(1) from refused
    typer.echo(f"{file}: {len(rows)} links, none wrong")


@app.command("push")
def push_changes(  # noqa: PLR0917  typer reads the options from the arguments
    places: Places,
    country: Annotated[str, typer.Option(help="Two letters of the country.")],
    author: Annotated[str, typer.Option(help="The office that answers for the push.")],
    memory: Memory = Path("links.json"),
    address: Annotated[
        str | None, typer.Option(help="The import's address; the Commission's when not given.")
    ] = None,
    soap: Annotated[bool, typer.Option("--soap", help="Speak SOAP, not REST.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing.")] = False,
    token_file: Annotated[
        Path | None, typer.Option(help=f"File with the country's token; else {TOKEN}.")
    ] = None,
) -> None:
    """Push what changed since the last push, and remember what was taken."""
    import httpx  # noqa: PLC0415  --help stays fast

    from procedures.clients import LinksClient  # noqa: PLC0415
    from procedures.clients.links import PRODUCTION  # noqa: PLC0415
    from procedures.links import push, write_snapshot  # noqa: PLC0415
    from procedures.model import Country  # noqa: PLC0415

    def keep(snapshot: "Snapshot") -> None:
        fresh = memory.with_suffix(".new")
        fresh.write_text(write_snapshot(snapshot), encoding="utf-8")
        fresh.replace(memory)

    with own_errors(), httpx.Client(timeout=60) as http:
        since = _remembered(memory)
        found = _changes(places, since)
        _show(found)
        if dry_run or not found:
            typer.echo("nothing was sent")
            return
        client = LinksClient(
            http=http,
            country=Country(country.upper()),
            author=author,
            token=secret(TOKEN, token_file),
            address=address or PRODUCTION,
            soap=soap,
        )
        pushed = push(found, since=since, to=client, keep=keep)
    typer.echo(f"{pushed.sent} sent, {len(pushed.snapshot.links)} links in the repository")


def _changes(places: list[Path], since: "Snapshot") -> "Changes":
    from procedures.links import changes, links_of  # noqa: PLC0415  --help stays fast

    described = descriptions_in(places)
    return changes([link for one in described for link in links_of(one)], since=since)


def _remembered(memory: Path | None) -> "Snapshot":
    from procedures.links import Snapshot, read_snapshot  # noqa: PLC0415  --help stays fast

    if memory is None or not memory.exists():
        return Snapshot()
    return read_snapshot(memory.read_text(encoding="utf-8"))


def _show(found: "Changes") -> None:
    for word, links in (("new", found.added), ("changed", found.changed), ("gone", found.deleted)):
        for link in links:
            typer.echo(f"{word:<8} {link.url}  {link.title}")
    counted = (len(found.added), len(found.changed), len(found.deleted), found.unchanged)
    typer.echo("{} new, {} changed, {} gone, {} unchanged".format(*counted))
