"""``sdg-connector serve`` and ``sandbox``: a portal, and a Member State to rehearse against."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sdg_connector.as4 import Retry


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
    """Run a foreign Member State: eIDAS node, directories, register, preview, access point.

    Beside them stand the Commission's collect API and links repository, as strict as the real ones:
    /gateway/collect/v1 (key rehearsal-key), /gateway/links/dtx/import and …/soap/import (token
    rehearsal-token); /gateway/received.json shows what they took.
    """
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


def serve(  # noqa: PLR0917  typer reads the options from the arguments
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8801,
    data: Annotated[
        Path, typer.Option(help="Folder for keys, sessions and exchanges; a restart continues it.")
    ] = Path(".demo/portal"),
    exchange: Annotated[
        Path, typer.Option(help="Folder where both sides leave their public certificates.")
    ] = Path(".demo/exchange"),
    peer: Annotated[
        list[str], typer.Option(metavar="COUNTRY=URL", help="A Member State and where it listens.")
    ] = ["ES=http://127.0.0.1:8802"],  # noqa: B006  typer copies it
    description: Annotated[
        str, typer.Option(help="Which service: a name of the catalogue, or a YAML file.")
    ] = "lv/diploma-atzisana",
    packages: Annotated[
        Path | None,
        typer.Option(help="Folder of Argos packages to translate with.", envvar="SDG_PACKAGES"),
    ] = None,
    retry: Annotated[
        str,
        typer.Option(
            metavar="MINUTES;ATTEMPTS",
            help="How long, and how often, to send again what nobody acknowledged.",
        ),
    ] = "12;4",
    demo: Annotated[
        bool, typer.Option("--demo", help="Say on each page that this is a demonstration.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Serve what this file says; no other option then."),
    ] = None,
) -> None:
    """Serve the portal: pages, access point and durable exchanges in one process.

    With --config it is an installation (see: sdg-connector config example); otherwise a rehearsal
    from one folder, which meets sandbox Member States on this machine.
    """
    from sdg_connector.errors import OwnMistake  # noqa: PLC0415  --help stays fast
    from sdg_connector.sandbox import public_url_of  # noqa: PLC0415  --help stays fast
    from sdg_connector.web.options import PeerState, PortalOptions  # noqa: PLC0415  likewise
    from sdg_connector.web.serving import serve_portal  # noqa: PLC0415  --help stays fast

    if config is not None:
        _serve_installation(config)
        return
    peers = []
    for one in peer:
        country, equals, url = one.partition("=")
        if not equals or len(country) != 2:
            raise typer.BadParameter(f"{one} is not COUNTRY=URL", param_hint="--peer")
        peers.append(PeerState(country=country.upper(), public_url=public_url_of(country), url=url))
    try:
        serve_portal(
            PortalOptions(
                data_dir=data,
                exchange_dir=exchange,
                port=port,
                peers=tuple(peers),
                description=description,
                packages=packages,
                retry=_retry(retry),
                demo=demo,
            )
        )
    except OwnMistake as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from problem


def _serve_installation(file: Path) -> None:
    from sdg_connector.adapters.configuration import read_configuration  # noqa: PLC0415  likewise
    from sdg_connector.errors import OwnMistake  # noqa: PLC0415  likewise
    from sdg_connector.web.running import serve_configured  # noqa: PLC0415  likewise

    try:
        serve_configured(read_configuration(file))
    except OwnMistake as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from problem


def _retry(written: str) -> "Retry":
    """``12;4``: within twelve minutes, four more attempts."""
    from sdg_connector.as4 import Retry  # noqa: PLC0415  --help stays fast

    minutes, _, attempts = written.partition(";")
    if not (minutes.isdecimal() and attempts.isdecimal()):
        raise typer.BadParameter(f"{written} is not MINUTES;ATTEMPTS", param_hint="--retry")
    return Retry(minutes=int(minutes), attempts=int(attempts))
