"""Sentences out to translators and back into the memory."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sdg_connector.cli.translations.options import (
    HOME,
    LedgerPlace,
    MemoryPlace,
    Source,
    Target,
    made_for,
    own_errors,
)


def export(  # noqa: PLR0917  typer reads the options from the arguments
    out: Annotated[Path, typer.Argument(help="File to write: .xlf, .po or .tmx.")],
    doubted: Annotated[
        bool, typer.Option("--doubted", help="Only texts that a person must see.")
    ] = False,
    source: Source = "lv",
    target: Target = "en",
    ledger: LedgerPlace = str(HOME / "ledger.sqlite"),
    memory: MemoryPlace = str(HOME / "memory.sqlite"),
) -> None:
    """Write translations for review (XLIFF 2.1 or PO), or the memory itself (TMX 1.4b)."""
    from translations.exchange import write_po, write_tmx, write_xliff  # noqa: PLC0415  --help stays fast
    from translations.ledger import Ledger  # noqa: PLC0415
    from translations.memory import Memory  # noqa: PLC0415

    kind = out.suffix.lower()
    with own_errors():
        if kind == ".tmx":
            units = list(Memory(made_for(memory)).units(source=source, target=target))
            out.write_bytes(write_tmx(units, source=source))
            typer.echo(f"{len(units)} units")
            return
        entries = Ledger(made_for(ledger)).entries(source=source, target=target, doubted=doubted)
        texts = {entry.key: entry.translated for entry in entries}
        if not texts:
            typer.echo("sdg-connector: the ledger holds no such texts", err=True)
            raise typer.Exit(2)
        if kind == ".po":
            out.write_bytes(write_po(texts, now=datetime.now(UTC)))
        elif kind in {".xlf", ".xliff"}:
            out.write_bytes(write_xliff(texts))
        else:
            raise typer.BadParameter("the file ends in .xlf, .po or .tmx", param_hint="OUT")
        typer.echo(f"{len(texts)} texts")


def import_file(
    file: Annotated[Path, typer.Argument(help="XLIFF, PO or TMX file.")],
    source: Source = "lv",
    target: Target = "en",
    memory: MemoryPlace = str(HOME / "memory.sqlite"),
) -> None:
    """Remember what people reviewed: approved segments of XLIFF and PO, all units of TMX."""
    from translations.exchange import (  # noqa: PLC0415  --help stays fast
        approved_units,
        read_po,
        read_tmx,
        read_xliff,
    )
    from translations.memory import Memory  # noqa: PLC0415

    try:
        data = file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}") from None
    now, kind = datetime.now(UTC), file.suffix.lower()
    with own_errors():
        if kind == ".tmx":
            units = read_tmx(data, source=source, target=target, now=now)
        elif kind == ".po":
            units = approved_units(read_po(data), now=now)
        elif kind in {".xlf", ".xliff"}:
            units = approved_units(read_xliff(data), now=now)
        else:
            raise typer.BadParameter("the file ends in .xlf, .po or .tmx", param_hint="FILE")
        typer.echo(f"{Memory(made_for(memory)).remember(units)} corrections")
