"""``sdg-connector procedures templates``: unified services of many municipalities."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.procedures.given import inside, own_errors

if TYPE_CHECKING:
    from procedures.templates import Template

app = typer.Typer(no_args_is_help=True, help="Unified services: take over, drift, spread.")
_FINDINGS = 1
TemplateFile = Annotated[Path, typer.Argument(help="The template.")]
Adoptions = Annotated[
    list[Path], typer.Argument(metavar="ADOPTION…", help="Services that take it over.")
]


@app.command()
def apply(
    template: TemplateFile,
    adoptions: Adoptions,
    out: Annotated[Path, typer.Option(help="Folder for the descriptions.")],
) -> None:
    """Write the description that comes of each adoption into a folder."""
    from procedures import write_yaml  # noqa: PLC0415  --help stays fast
    from procedures.templates import applied, read_adoption  # noqa: PLC0415

    with own_errors():
        held = _template(template)
        for path in adoptions:
            description = applied(held, read_adoption(path.read_bytes()))
            target = inside(out, description.identifier)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(write_yaml(description))
            typer.echo(str(target))


@app.command()
def drift(template: TemplateFile, adoptions: Adoptions) -> None:
    """Say what changed in the template since each adoption looked: exit 1 when anything did."""
    from procedures.templates import drift as drifting  # noqa: PLC0415  --help stays fast
    from procedures.templates import read_adoption  # noqa: PLC0415

    found = 0
    with own_errors():
        held = _template(template)
        for path in adoptions:
            for one in drifting(held, read_adoption(path.read_bytes())):
                found += 1
                typer.echo(f"{path}: {one.field}: {one.meaning.value}")
    if found:
        raise typer.Exit(_FINDINGS)


@app.command()
def spread(
    template: TemplateFile,
    adoptions: Adoptions,
    municipalities: Annotated[Path, typer.Option(help="CSV: code;name;until;into.")],
) -> None:
    """Say which municipalities use the template, which are behind, and which do not use it."""
    from procedures.templates import (  # noqa: PLC0415  --help stays fast
        read_adoption,
        read_municipalities,
    )
    from procedures.templates import spread as spreading  # noqa: PLC0415

    with own_errors():
        uses = [read_adoption(path.read_bytes()) for path in adoptions]
        places = read_municipalities(municipalities.read_bytes())
        (one,) = spreading([_template(template)], uses, places, today=datetime.now(UTC).date())
    names = {place.code: place.name for place in places}
    typer.echo(f"{one.template}: used by {one.share:.0%}")
    for title, codes in (
        ("up to date", one.up_to_date),
        ("drifting", one.drifting),
        ("missing", one.missing),
        ("no municipality", one.stray),
    ):
        for code in codes:
            typer.echo(f"{title}: {code} {names.get(code, '')}".rstrip())


def _template(path: Path) -> "Template":
    from procedures.templates import read_template  # noqa: PLC0415  --help stays fast

    return read_template(path.read_bytes())
