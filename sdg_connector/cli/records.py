"""``sdg-connector records``: the record of exchanges for an auditor, and whether it is whole."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.plain_errors import told_plainly

if TYPE_CHECKING:
    from sdg_connector.adapters.store import Store, Verified

app = typer.Typer(
    no_args_is_help=True,
    help="Export and verify the record of exchanges (Implementing Regulation (EU) 2022/1463, "
    "article 17): who asked whom for what type of evidence, on an explicit request, when, and how "
    "it ended. It holds no evidence and no person.",
)
_REFUSED = 1
_HERE = Path("connector.toml")
_NOTED = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
ConfigFile = Annotated[
    Path, typer.Option("--config", metavar="FILE", help="The configuration of the installation.")
]


@app.command()
def export(
    config: ConfigFile = _HERE,
    out: Annotated[Path | None, typer.Option(help="File to write; else print.")] = None,
    since: Annotated[
        str, typer.Option(metavar="DAY", help="Begin with this day (UTC), such as 2026-01-31.")
    ] = "",
) -> None:
    """Write the record, one JSON object a line, with the digests that bind the lines."""
    with _store(config) as store:
        lines = store.journal.export(since=_day(since) if since else None)
        if out is None:
            for line in lines:
                typer.echo(line)
            return
        with out.open("w", encoding="utf-8") as file:
            count = sum(1 for line in lines if file.write(line + "\n"))
    typer.echo(f"{out}: {count - 1} entries")


@app.command()
def verify(
    file: Annotated[
        Path | None,
        typer.Argument(help="An exported record; without it, the installation's own."),
    ] = None,
    config: ConfigFile = _HERE,
    noted: Annotated[
        str,
        typer.Option(
            "--noted",
            metavar="NUMBER:DIGEST",
            help="An entry noted down before: the record must still hold it.",
        ),
    ] = "",
) -> None:
    """Follow the chain of digests; say what to note down, so that nothing can be cut off later."""
    expected = _expected(noted)
    if file is not None:
        with told_plainly():
            found = _of_file(file, expected)
    else:
        with _store(config) as store:
            found = store.journal.verify(expected=expected)
    begins = f" (entries up to {found.after} were erased on schedule)" if found.after else ""
    typer.echo(f"the chain holds: {found.entries} entries{begins}")
    if found.last:
        typer.echo(f"note down {found.last}:{found.digest}")


@app.command()
def about(
    identifier: Annotated[
        str,
        typer.Option(
            prompt="eIDAS identifier",
            help="Of the person, such as ES/LV/11223344B; asked for when it is not given.",
        ),
    ],
    config: ConfigFile = _HERE,
) -> None:
    """Write every entry about one person's exchanges: for the person, or for a regulator."""
    with _store(config) as store:
        found = 0
        for entry in store.journal.about(store.pseudonyms.all_of(identifier)):
            found += 1
            detail = ", ".join(
                f"{name}={value}" for name, value in entry.content.items() if name != "event"
            )
            typer.echo(
                f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.exchange}  "
                f"{entry.content.get('event', '')}  {detail}"
            )
    if not found:
        typer.echo("There is no entry about this person.")


def _of_file(file: Path, expected: tuple[int, str] | None) -> "Verified":
    from sdg_connector.adapters.store import (  # noqa: PLC0415  --help stays fast
        read_exported,
        verify_chain,
    )

    with file.open(encoding="utf-8", errors="replace") as lines:
        after, entries = read_exported(lines)
        return verify_chain(entries, after=after, expected=expected)


@contextmanager
def _store(config: Path) -> "Iterator[Store]":
    from sdg_connector.adapters.configuration import (  # noqa: PLC0415  --help stays fast
        database_url,
        read_configuration,
        sealing_keys,
    )
    from sdg_connector.adapters.store import Store  # noqa: PLC0415  likewise
    from sdg_connector.adapters.system import new_uuid  # noqa: PLC0415  likewise

    with told_plainly():
        configuration = read_configuration(config)
        settings = configuration.store
        store = Store.open(
            database_url(settings.url, configuration),
            keys=sealing_keys(settings),
            current_key=settings.current_key,
            new_id=new_uuid,
        )
        try:
            yield store
        finally:
            store.close()


def _day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise typer.BadParameter("a day is written as 2026-01-31", param_hint="--since") from None


def _expected(noted: str) -> tuple[int, str] | None:
    if not noted:
        return None
    found = _NOTED.fullmatch(noted)
    if found is None:
        raise typer.BadParameter("NUMBER:DIGEST as verify wrote it", param_hint="--noted")
    return int(found[1]), found[2]
