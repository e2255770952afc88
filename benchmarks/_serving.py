"""The bare server of the floors in a process of its own: it answers with so many octets."""

import subprocess
import sys
import time
from contextlib import ExitStack

import httpx

from sdg_connector.cli.demo.servers import Reservation


def bare_server(stack: ExitStack) -> str:
    """Start it; gives its URL, and it ends with the stack."""
    port = Reservation.of(0).port
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare_server:app"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "error", "--lifespan", "off"]
    )
    stack.callback(process.terminate)
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            httpx.get(f"{url}/0")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            break
    return url
