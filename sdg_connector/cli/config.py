"""``sdg-connector config``: an example, what is wrong with one's own, and what it comes to."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sdg_connector.adapters.configuration import Configuration

app = typer.Typer(
    no_args_is_help=True,
    help="Write, check and show the configuration file of an installation.",
)
_WRONG = 1
File = Annotated[Path, typer.Argument(metavar="FILE", help="The configuration, a TOML file.")]


@app.command("example")
def example() -> None:
    """Print a configuration with every setting explained, to begin from."""
    place = files("sdg_connector.adapters.configuration") / "example.toml"
    typer.echo(place.read_text(encoding="utf-8"), nl=False)


@app.command("check")
def check(file: File) -> None:
    """Say everything that is wrong, at once: settings, files, keys, certificates, databases.

    Exit 0 when the service can start (there may be warnings), 1 when it cannot.
    """
    from sdg_connector.adapters.configuration import look_over  # noqa: PLC0415  --help stays fast

    configuration = _read(file)
    found = look_over(configuration, now=datetime.now(UTC))
    for mistake in found.mistakes:
        typer.echo(f"error    {mistake}", err=True)
    for warning in found.warnings:
        typer.echo(f"warning  {warning}", err=True)
    if found.mistakes:
        raise typer.Exit(_WRONG)
    nearest = min((one.not_after for one in found.certificates), default=None)
    until = f"; the first certificate ends on {nearest:%Y-%m-%d}" if nearest else ""
    typer.echo(f"{file} can be used{until}")


@app.command("show")
def show(file: File) -> None:
    """Print every setting as it will be used, the environment's overrides included; no secrets."""
    for line in _lines(_read(file), ""):
        typer.echo(line)


def _read(file: Path) -> "Configuration":
    from sdg_connector.adapters.configuration import (  # noqa: PLC0415  --help stays fast
        ConfigurationRefused,
        read_configuration,
    )

    try:
        return read_configuration(file)
    except ConfigurationRefused as refused:
        for mistake in refused.mistakes:
            typer.echo(f"error    {mistake}", err=True)
        raise typer.Exit(_WRONG) from refused


def _lines(value: Any, path: str) -> list[str]:
    """One line for each setting: its path and its value."""
    from sdg_connector.adapters.configuration import Secret  # noqa: PLC0415  --help stays fast

    if isinstance(value, Secret):
        return [f"{path} = ({value.shown})"]
    if is_dataclass(value):
        inner = [(one.name, getattr(value, one.name)) for one in fields(value)]
        return [line for name, one in inner for line in _lines(one, f"{path}.{name}".lstrip("."))]
    if isinstance(value, dict):
        return [line for name, one in value.items() for line in _lines(one, f"{path}.{name}")]
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return [line for at, one in enumerate(value) for line in _lines(one, f"{path}[{at}]")]
    if isinstance(value, timedelta):
        return [f"{path} = {value.total_seconds():.0f} s"]
    if isinstance(value, tuple):
        return [f"{path} = {', '.join(str(one) for one in value)}"]
    return [f"{path} = {'' if value is None else value}"]
