"""All commands in one place: what ``sdg-connector --help`` shows."""

from typing import Annotated

import typer

from sdg_connector.cli import (
    applications,
    check,
    config,
    exchanges,
    keys,
    procedures,
    records,
    serving,
    submissions,
    translations,
)
from sdg_connector.cli.demo import command

app = typer.Typer(
    name="sdg-connector",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Plug a public e-service into the EU Single Digital Gateway.",
    epilog="A newcomer starts with: sdg-connector demo",
)
app.command("demo")(command.demo)
app.command("serve")(serving.serve)
app.command("sandbox")(serving.sandbox)
app.command("check")(check.check)
app.add_typer(applications.app, name="applications")
app.add_typer(config.app, name="config")
app.add_typer(exchanges.app, name="exchanges")
app.add_typer(records.app, name="records")
app.add_typer(submissions.app, name="submissions")
app.add_typer(keys.app, name="keys")
app.command("translate")(translations.translate)
app.add_typer(translations.app, name="translations")
app.add_typer(procedures.app, name="procedures")


def _version(*, asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415  --help stays fast

        typer.echo(version("sdg-connector"))
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda value: _version(asked=value),
            is_eager=True,
            help="Print the version and leave.",
        ),
    ] = False,
) -> None:
    """Plug a public e-service into the EU Single Digital Gateway."""
