"""``sdg-connector sandbox``: a foreign Member State on this machine, to rehearse against."""

from pathlib import Path
from typing import Annotated

import typer


def sandbox(
    country: Annotated[str, typer.Option(help="ISO code of the country: ES, EE or EL.")] = "ES",
    port: Annotated[int, typer.Option(help="Loopback port.")] = 8802,
    data: Annotated[Path, typer.Option(help="Folder for the country's keys.")] = Path(
        ".demo/sandbox"
    ),
    exchange: Annotated[
        Path, typer.Option(help="Folder where both sides leave their public certificates.")
    ] = Path(".demo/exchange"),
    portal_url: Annotated[
        str, typer.Option(help="Where the portal really listens.")
    ] = "http://localhost:8801",
) -> None:
    """Run a foreign Member State: eIDAS node, directories, register, preview, access point."""
    from sdg_connector.sandbox import (  # noqa: PLC0415  --help stays fast
        SandboxOptions,
        sandbox_countries,
        serve,
    )

    if country.upper() not in sandbox_countries():
        known = ", ".join(sandbox_countries())
        raise typer.BadParameter(f"the sandbox knows {known}", param_hint="--country")
    serve(
        SandboxOptions(
            data_dir=data,
            exchange_dir=exchange,
            country=country.upper(),
            port=port,
            portal_url=portal_url,
        )
    )
