"""A process that a test kills at any instant and starts again.

Its modules are imported once, in a process that forks the others: a start takes a fraction of a
second, so that many deaths fit into a short test.
"""

import io
import multiprocessing
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import httpx

_FORKS: ForkServerContext = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [f"tests.support.{name}_process" for name in ("requester", "provider", "portal")]
)
Main = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class Killable:
    """One process with its settings; ``base`` is where it listens."""

    main: Main
    settings: dict[str, Any]
    log: Path
    ready: str = "/ready"
    process: ForkServerProcess | None = None
    kills: int = 0
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.settings['port']}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.begin()
        self.until_ready()

    def begin(self) -> None:
        """Start, and wait for nothing."""
        self.process = _FORKS.Process(
            target=_logged, args=(self.main, self.settings, self.log), daemon=True
        )
        self.process.start()

    def until_ready(self) -> None:
        """Wait until it answers."""
        assert self.process is not None
        limit = time.monotonic() + 60
        while True:
            if not self.process.is_alive() or time.monotonic() > limit:
                raise AssertionError(f"it did not start:\n{self.log.read_text()[-3000:]}")
            try:
                if self.client.get(self.base + self.ready).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL: nothing is said good-bye to."""
        assert self.process is not None
        self.process.kill()
        self.process.join()
        self.kills += 1

    def stop(self) -> int:
        """SIGTERM, and the exit status of a graceful stop."""
        assert self.process is not None
        self.process.terminate()
        self.process.join(timeout=30)
        self.client.close()
        assert self.process.exitcode is not None, "it did not stop"
        return self.process.exitcode

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request to it; raises ``httpx.HTTPError`` when it is dead or says no."""
        answer = self.client.request(method, self.base + path, **arguments)
        answer.raise_for_status()
        return answer


def _logged(main: Main, settings: dict[str, Any], log: Path) -> None:
    """Run in the new process, its words in a file."""
    sys.stdout = sys.stderr = io.TextIOWrapper(log.open("ab", buffering=0), write_through=True)
    main(settings)
