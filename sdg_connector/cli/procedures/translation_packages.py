"""``sdg-connector procedures translation-package``: texts for a translator, out and back in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sdg_connector.cli.procedures.given import described, descriptions_in, inside, own_errors

app = typer.Typer(
    no_args_is_help=True, help="Texts for the Commission's translators (article 12), out and in."
)
Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE…", help="Descriptions or folders; the shipped samples if none."),
]


@app.command("write")
def write(
    files: Files = None,
    into: Annotated[str, typer.Option(help="The language that is wanted.")] = "en",
    out: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
) -> None:
    """Write every text that lacks a language, with its place, and say how much that is."""
    from procedures.article_12 import (  # noqa: PLC0415  --help stays fast
        translation_package,
        write_package,
    )

    found = described(files)
    with own_errors():
        package = translation_package(found, into=into)
        text = write_package(package)
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")
    typer.echo(
        f"{package['texts']} texts of {package['descriptions']} descriptions,"
        f" {package['words_once']} words once each",
        err=True,
    )


@app.command("take")
def take(
    package: Annotated[Path, typer.Argument(help="The package, with its translations filled in.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="The descriptions.")],
    out: Annotated[Path, typer.Option(help="Folder for the translated descriptions.")],
    engine: Annotated[
        str, typer.Option(help="The machine that made them: etranslation, hugo; people if none.")
    ] = "",
) -> None:
    """Put translations in where the source still is what was sent: exit 1 when some is not."""
    from procedures import write_yaml  # noqa: PLC0415  --help stays fast
    from procedures.article_12 import take_package  # noqa: PLC0415

    held = descriptions_in(files)
    stale = 0
    with own_errors():
        found = take_package(package.read_bytes(), held, engine=engine, at=datetime.now(UTC))
        for one in found:
            path = inside(out, one.description.identifier)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(write_yaml(one.description))
            typer.echo(f"{path}: {one.taken} texts")
            for where in one.stale:
                stale += 1
                typer.echo(f"{one.description.identifier}: {where} has changed since", err=True)
    if stale:
        raise typer.Exit(1)
