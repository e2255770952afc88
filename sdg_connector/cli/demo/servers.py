"""The processes of the demo: the portal and the sandbox Member State, each on its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from sdg_connector.errors import NobodyAnswered

_START_LIMIT: Final = 60.0
"""Seconds for a process to answer for the first time; keys are made then."""
_STOP_LIMIT: Final = 15.0
"""Seconds for a graceful stop before the process is killed."""


@dataclass(slots=True)
class Server:
    """One process that serves HTTP on loopback."""

    name: str
    url: str
    arguments: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and return when it answers; raises `NobodyAnswered`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own interpreter and command
                [sys.executable, "-m", "sdg_connector.cli", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )
        self._wait_until_it_answers()

    @property
    def serves(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask the process to finish what it does and to leave."""
        if self.process is None or not self.serves:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process at this instant, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _wait_until_it_answers(self) -> None:
        limit = time.monotonic() + _START_LIMIT
        with httpx.Client(timeout=2, trust_env=False) as client:
            while time.monotonic() < limit:
                if not self.serves:
                    raise NobodyAnswered(f"{self.name} left while starting; see {self.log}")
                try:
                    if client.get(f"{self.url}/healthz").is_success:
                        return
                except httpx.TransportError:
                    time.sleep(0.1)
        raise NobodyAnswered(f"{self.name} did not answer in {_START_LIMIT:.0f} s; see {self.log}")


@dataclass(slots=True)
class Reservation:
    """A loopback port on which nobody listens, held until a server of ours does.

    A server takes seconds to start, and two demos on one machine must not choose the same port
    meanwhile. TCP gives no way to hold a port for a child, so its number is held in UDP.
    """

    port: int
    _held: socket.socket

    @classmethod
    def of(cls, wanted: int) -> "Reservation":
        """The wanted port, or another one when it is taken; raises `NobodyAnswered` for none."""
        for port in (wanted, *(0 for _ in range(20))):
            held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                held.bind(("127.0.0.1", port))
                found = int(held.getsockname()[1])
                _listen_briefly(found)
            except OSError:
                held.close()
                continue
            return cls(found, held)
        raise NobodyAnswered("no loopback port is free")

    def release(self) -> None:
        """Let others have the port."""
        self._held.close()


def _listen_briefly(port: int) -> None:
    """Raises `OSError` when somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
