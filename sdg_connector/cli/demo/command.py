"""What ``sdg-connector demo`` does: start both sides, walk the journey, keep serving."""

import json
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from sdg_connector.cli.demo.journey import COUNTRY, Step, Walk, steps
from sdg_connector.cli.demo.servers import Server, a_free_port
from sdg_connector.errors import ConnectorError

_PORTAL_PORT: Final = 8801
_SANDBOX_PORT: Final = 8802


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One step that was taken."""

    step: str
    label: str
    milliseconds: float


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
    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sdg-demo-")))
        console = Console(stderr=headless)
        try:
            portal, sandbox = stack.enter_context(both_sides(folder, console))
            done = _walk(portal, sandbox, console, headless=headless)
            if not headless:
                _keep_serving(portal, sandbox, console)
        except (ConnectorError, httpx.HTTPError) as problem:
            console.print(f"[red]The journey stopped:[/red] {problem}")
            _show_logs(folder, console)
            raise typer.Exit(1) from problem
    if not done:
        raise typer.Exit(1)


@contextmanager
def both_sides(folder: Path, console: Console) -> Iterator[tuple[Server, Server]]:
    """The portal and the Spanish sandbox, running until the block ends."""
    portal_port, sandbox_port = a_free_port(_PORTAL_PORT), a_free_port(_SANDBOX_PORT)
    portal_url = f"http://localhost:{portal_port}"
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    exchange = str(folder / "exchange")
    sandbox = Server(
        name="the sandbox Member State",
        url=sandbox_url,
        log=folder / "logs" / "sandbox.log",
        arguments=[
            *("sandbox", "--country", COUNTRY, "--port", str(sandbox_port)),
            *("--data", str(folder / COUNTRY.lower()), "--exchange", exchange),
            *("--portal-url", portal_url),
        ],
    )
    portal = Server(
        name="the portal",
        url=portal_url,
        log=folder / "logs" / "portal.log",
        arguments=[
            *("serve", "--demo", "--port", str(portal_port)),
            *("--data", str(folder / "portal"), "--exchange", exchange),
            *("--peer", f"{COUNTRY}={sandbox_url}"),
        ],
    )
    with console.status("Starting a portal in Latvia and a Member State in Spain …"):
        try:
            sandbox.start()
            portal.start()
        except ConnectorError:
            portal.stop()
            sandbox.stop()
            raise
    try:
        yield portal, sandbox
    finally:
        portal.stop()
        sandbox.stop()


def _walk(portal: Server, sandbox: Server, console: Console, *, headless: bool) -> bool:
    walk = Walk(portal.url)
    try:
        taken = _take(list(steps(walk)), console)
    finally:
        walk.browser.close()
    same = _is_what_the_provider_holds(walk, sandbox)
    if headless:
        typer.echo(json.dumps(_summary(walk, taken, same=same), indent=2))
        return same
    for one in walk.delivered:
        console.print(f"  {one.media_type:<18} {one.size:>8} bytes  sha-256 {one.sha256}")
    verdict = "byte for byte what Spain holds" if same else "[red]not what Spain holds[/red]"
    console.print(f"The evidence that arrived is {verdict}. Reference {walk.reference}.")
    return same


def _take(journey: Sequence[Step], console: Console) -> list[Taken]:
    taken: list[Taken] = []
    with Live(_table(journey, taken), console=console, refresh_per_second=8) as live:
        for step in journey:
            began = time.perf_counter()
            step.take()
            taken.append(
                Taken(
                    step=step.key,
                    label=step.label,
                    milliseconds=round((time.perf_counter() - began) * 1000, 1),
                )
            )
            live.update(_table(journey, taken))
    return taken


def _table(journey: Sequence[Step], taken: Sequence[Taken]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    for number, step in enumerate(journey):
        if number < len(taken):
            mark, spent = "[green]✓[/green]", f"{taken[number].milliseconds:8.1f} ms"
        else:
            mark, spent = ("[yellow]…[/yellow]" if number == len(taken) else " "), ""
        table.add_row(mark, f"{number + 1:>2}. {step.label}", spent)
    return table


def _is_what_the_provider_holds(walk: Walk, sandbox: Server) -> bool:
    with httpx.Client(timeout=10, trust_env=False) as client:
        held = client.get(f"{sandbox.url}/control/holdings.json").raise_for_status().json()
    digests = [set(record.values()) for record in held.values()]
    return {one.sha256 for one in walk.delivered} in digests


def _summary(walk: Walk, taken: Sequence[Taken], *, same: bool) -> dict[str, object]:
    return {
        "steps": [asdict(one) for one in taken],
        "milliseconds": round(sum(one.milliseconds for one in taken), 1),
        "reference": walk.reference,
        "evidence": [asdict(one) for one in walk.delivered],
        "identical_to_what_the_provider_holds": same,
    }


def _keep_serving(portal: Server, sandbox: Server, console: Console) -> None:
    console.print(
        f"\nOpen [bold]{portal.url}/[/bold] and walk it yourself; log in as any Spanish citizen.\n"
        f"Make Spain answer wrongly at [bold]{sandbox.url}/control[/bold].\n"
        "Stop with Ctrl+C."
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while all(one.process and one.process.poll() is None for one in (portal, sandbox)):
            time.sleep(0.5)
    except KeyboardInterrupt:
        console.print("Stopping …")


def _show_logs(folder: Path, console: Console) -> None:
    for log in sorted((folder / "logs").glob("*.log")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        console.print(f"--- the end of {log.name}", *lines, sep="\n", markup=False)
