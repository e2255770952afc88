"""What ``sdg-connector demo`` does: start both sides, walk the journey, keep serving."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Walk by itself, print JSON, and leave.")
    ] = False,
    data: Annotated[
        Path | None, typer.Option(help="Folder for keys, databases and logs; else a new one.")
    ] = None,
) -> None:
    """Walk one cross-border journey between real processes, then keep serving.

    A student with a Spanish eID uses a Latvian service: login, explicit request, preview in Spain,
    delivery over AS4. With --headless it exits 0 only if the evidence that arrived is byte for byte
    what the provider holds.
    """
    from sdg_connector.cli.demo.running import run  # noqa: PLC0415  --help stays fast

    run(headless=headless, data=data)
