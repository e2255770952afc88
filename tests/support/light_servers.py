"""Clusters for the light protocol, each a process of its own on a free port of this machine."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eidas.light_cache import LightCache

_ROOT = Path(__file__).parents[2]


@dataclass
class RunningCluster:
    """A cluster that runs, and what it was asked for."""

    port: int
    folder: Path
    process: "subprocess.Popen[str]"

    def requests(self) -> list[bytes]:
        """The requests that it has read, in their order."""
        return [path.read_bytes() for path in sorted(self.folder.glob("*.request"))]

    def complaints(self) -> str:
        """End it, and give what it found unexpected."""
        self.process.terminate()
        assert self.process.stderr is not None
        return self.process.stderr.read()


@contextmanager
def cluster(kind: str, folder: Path, *options: str, port: int = 0) -> Iterator[RunningCluster]:
    """Run ``ignite`` or ``hazelcast``; what a client sends wrongly fails the test."""
    folder.mkdir(exist_ok=True)
    with subprocess.Popen(
        [
            sys.executable,
            *("-m", f"tests.support.{kind}_server", str(folder), "--port", str(port), *options),
        ],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            running = RunningCluster(int(process.stdout.readline()), folder, process)
            yield running
            assert "unexpected" not in running.complaints()
        finally:
            process.kill()


def taken_at_once(cache: LightCache, key: str, takers: int) -> list[str | None]:
    """What so many threads get that take the same entry at the same instant."""
    got: list[str | None] = []
    gate = threading.Barrier(takers)

    def take() -> None:
        gate.wait()
        got.append(cache.take(key))

    threads = [threading.Thread(target=take) for _ in range(takers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return got
