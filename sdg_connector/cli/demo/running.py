"""Start both sides of the demonstration, walk the journey, keep serving."""

import json
import signal
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sdg_connector.cli.demo.journey import Step, Walk, steps
from sdg_connector.cli.demo.sides import Sides
from sdg_connector.errors import ConnectorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One step that was taken."""

    step: str
    label: str
    seen: str
    milliseconds: float


def run(*, headless: bool, data: Path | None) -> None:
    """Start both sides, walk, and serve on unless ``headless``; leaves as the command does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sdg-demo-")))
        console = Console(stderr=headless)
        sides = Sides.at(folder)
        try:
            with console.status("Starting a portal in Latvia and a Member State in Spain …"):
                stack.enter_context(sides.running())
            same = _walk(sides, console, headless=headless)
            if not headless:
                _keep_serving(sides, console)
        except (ConnectorError, httpx.HTTPError) as problem:
            console.print(f"[red]The journey stopped:[/red] {problem}")
            _show_logs(folder, console)
            raise typer.Exit(1) from problem
        except KeyboardInterrupt:
            console.print("Stopping …")
            raise typer.Exit(130) from None
    if not same:
        raise typer.Exit(1)


def _walk(sides: Sides, console: Console, *, headless: bool) -> bool:
    """Whether what arrived is byte for byte what the provider holds."""
    walk = Walk(sides.portal.url)
    try:
        taken = _take(list(steps(walk)), console)
    finally:
        walk.browser.close()
    same = {one.sha256 for one in walk.delivered} in sides.holdings()
    messages = sides.messages(walk.exchange)
    if headless:
        typer.echo(
            json.dumps(_summary(walk, taken, messages, same=same), indent=2, ensure_ascii=False)
        )
        return same
    for message in messages:
        arrow = "→ Spain" if message["direction"] == "out" else "← Spain"
        console.print(f"  AS4 {arrow}  {message['message_id']}", highlight=False)
    for one in walk.delivered:
        console.print(f"  SHA-256 {one.sha256}  {one.media_type}", highlight=False)
    verdict = "byte for byte what Spain holds" if same else "[red]not what Spain holds[/red]"
    console.print(f"The evidence that arrived is {verdict}.")
    return same


def _take(journey: Sequence[Step], console: Console) -> list[Taken]:
    taken: list[Taken] = []
    with Live(_table(journey, taken), console=console, refresh_per_second=8) as live:
        for step in journey:
            began = time.perf_counter()
            seen = step.take()
            spent = round((time.perf_counter() - began) * 1000, 1)
            taken.append(Taken(step=step.key, label=step.label, seen=seen, milliseconds=spent))
            live.update(_table(journey, taken))
    return taken


def _table(journey: Sequence[Step], taken: Sequence[Taken]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column()
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for number, step in enumerate(journey):
        label = Text(f"{number + 1:>2}. {step.label}")
        if number < len(taken):
            done = taken[number]
            label.append(f"\n    {done.seen}", style="dim")
            table.add_row("[green]✓[/green]", label, f"{done.milliseconds:.0f} ms")
        else:
            table.add_row("[yellow]…[/yellow]" if number == len(taken) else " ", label, "")
    return table


def _summary(
    walk: Walk, taken: Sequence[Taken], messages: Sequence[dict[str, str]], *, same: bool
) -> dict[str, Any]:
    return {
        "steps": [asdict(one) for one in taken],
        "milliseconds": round(sum(one.milliseconds for one in taken), 1),
        "exchange": walk.exchange,
        "messages": list(messages),
        "reference": walk.reference,
        "evidence": [asdict(one) for one in walk.delivered],
        "identical_to_what_the_provider_holds": same,
    }


def _keep_serving(sides: Sides, console: Console) -> None:
    console.print(
        f"\nOpen [bold]{sides.portal.url}/[/bold] and walk it yourself; log in as any Spanish "
        f"citizen.\nMake Spain answer wrongly at [bold]{sides.sandbox.url}/[/bold].\n"
        "Stop with Ctrl+C."
    )
    while all(one.serves for one in (sides.portal, sides.sandbox)):
        time.sleep(0.5)


def _show_logs(folder: Path, console: Console) -> None:
    for log in sorted((folder / "logs").glob("*.log")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        console.print(f"--- the end of {log.name}", *lines, sep="\n", markup=False)
