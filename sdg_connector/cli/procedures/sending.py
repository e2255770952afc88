"""Handing a period over to the collect API, with its ledger, and saying what came of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.procedures.given import secret

if TYPE_CHECKING:
    from procedures.collect import HandedOver, Transmission

KEY = "SDG_COLLECT_KEY"
Address = Annotated[
    str | None, typer.Option("--address", help="Base of the collect API; else the Commission's.")
]
LedgerFile = Annotated[
    Path, typer.Option("--ledger", help="File that remembers what was handed over under which id.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Send nothing; show what would be sent.")]
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help=f"File with the provider's key; else {KEY}.")
]
LEDGER = Path("collect-ledger.db")


def hand_over(
    sent: "Transmission", *, address: str | None, ledger: Path, key_file: Path | None, dry_run: bool
) -> None:
    """Hand a period over and say what came of it; leaves with 1 when our own check holds it back.

    Our errors go to the caller, who shows them.
    """
    import httpx  # noqa: PLC0415  --help stays fast

    from procedures.clients import CollectClient  # noqa: PLC0415
    from procedures.collect import PRODUCTION, Ledger, hand_over  # noqa: PLC0415

    base = address or PRODUCTION
    with httpx.Client(timeout=60) as http:
        client = CollectClient(http=http, key=secret(KEY, key_file), base=base)
        opened = Ledger(ledger, service=base)
        try:
            done = hand_over(sent, to=client, ledger=opened, now=datetime.now(UTC), dry_run=dry_run)
        finally:
            opened.close()
    _tell(done, sent)


def _tell(done: "HandedOver", sent: "Transmission") -> None:
    from procedures.collect import Outcome  # noqa: PLC0415  --help stays fast

    for one in done.findings:
        typer.echo(f"{one.severity:<8} {one.rule}  at {one.where}: {one.message}", err=True)
    if done.outcome is Outcome.REHEARSED:
        typer.echo(json.dumps(done.body, ensure_ascii=False, indent=1))
    counted = f"{sent.call.value} {sent.period}, {len(sent.entries)} entries"
    typer.echo(f"{done.outcome.value}: {counted}", err=done.outcome is Outcome.REHEARSED)
    if done.outcome is Outcome.HELD_BACK:
        raise typer.Exit(1)
