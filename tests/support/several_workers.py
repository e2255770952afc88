"""Several requester processes on one PostgreSQL, before a provider in a process of its own."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

from sdg_connector.adapters.engine import Remote
from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid
from sdg_connector.sandbox import SandboxOptions
from tests.support import provider_process, requester_process
from tests.support.crash import Person
from tests.support.exchange_side import own_key
from tests.support.killing import Killable
from tests.support.servers import free_port
from tests.support.spread import spread_over

_ROUND_SECONDS = 1.0
"""Of housekeeping: a worker that is silent for three is gone."""

_KNOWN_SECONDS = 20.0
"""Within which the workflow engine is told of an exchange that lasts."""


@dataclass
class Workers:
    """The requester, whichever of its processes answers."""

    processes: list[Killable]
    _turns: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self._turns = cycle(range(len(self.processes)))

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request to the next one; raises ``httpx.HTTPError`` as a single one does."""
        return self.processes[next(self._turns)].call(method, path, **arguments)

    def pause(self, number: int) -> None:
        """Stop one in the middle of whatever it does, as a machine that hangs."""
        os.kill(self._pid(number), signal.SIGSTOP)

    def wake(self, number: int) -> None:
        """Let it go on; it knows nothing of the time that has passed."""
        os.kill(self._pid(number), signal.SIGCONT)

    def log(self, number: int) -> str:
        """What one has logged."""
        return self.processes[number].log.read_text()

    def _pid(self, number: int) -> int:
        process = self.processes[number].process
        assert process is not None
        assert process.pid is not None
        return process.pid


@dataclass(frozen=True)
class SeveralWorkers:
    """What a ``Person`` walks through."""

    requester: Workers
    provider: Killable
    urls: Sequence[str]
    """Of the workers' store and engine."""
    folder: Path
    ended: list[str] = field(default_factory=list)
    """The exchanges that were walked to their end."""

    def stores(self) -> tuple[Store, Store]:
        """The requester's store and the provider's."""
        urls = (self.urls[0], f"sqlite:///{self.folder}/es/store.sqlite")
        ours, theirs = (
            Store.open(url, keys={"k1": b"k" * 32}, current_key="k1", new_id=new_uuid)
            for url in urls
        )
        return ours, theirs

    def workers_of(self, persons: Sequence[Person]) -> dict[str, str]:
        """Which worker drives, or drove last, each person's exchange.

        The engine is told of an exchange when it has lasted a moment, so it is asked until it knows
        all of them.
        """
        names = [one.exchange for one in persons]
        limit = time.monotonic() + _KNOWN_SECONDS
        with closing(Remote.open(self.urls[1])) as remote:
            found = remote.client.list_workflows(workflow_ids=names)
            while len(found) < len(names) and time.monotonic() < limit:
                time.sleep(0.1)
                found = remote.client.list_workflows(workflow_ids=names)
        return {one.workflow_id: str(one.executor_id) for one in found}


@contextmanager
def several_workers(
    country: SandboxOptions, folder: Path, urls: Sequence[str], *, count: int
) -> Iterator[SeveralWorkers]:
    """So many workers on the databases behind the URLs of store and engine."""
    for side in ("lv", "es"):
        own_key(country, side)
    ports = [free_port() for _ in range(count)]
    provider_port = free_port()
    shared = {
        "country_data": str(country.data_dir),
        "exchange_dir": str(country.exchange_dir),
        "country_port": country.port,
    }
    with spread_over(ports) as spread:
        provider = Killable(
            main=provider_process.main,
            settings=shared
            | {"folder": str(folder / "es"), "port": provider_port, "requester_port": spread.port},
            log=folder / "provider.log",
        )
        processes = [
            Killable(
                main=requester_process.main,
                settings=shared
                | {
                    "folder": str(folder / "lv"),
                    "urls": list(urls),
                    "port": port,
                    "provider_url": f"http://127.0.0.1:{provider_port}",
                    "worker": f"worker-{number}",
                    "housekeeping": _ROUND_SECONDS,
                },
                log=folder / f"worker-{number}.log",
                client=httpx.Client(timeout=3),
            )
            for number, port in enumerate(ports)
        ]
        provider.begin()
        processes[0].start()
        for process in processes[1:]:
            process.begin()
        for process in (*processes[1:], provider):
            process.until_ready()
        yield SeveralWorkers(Workers(processes), provider, urls, folder)
        for process in (*processes, provider):
            if process.process is not None and process.process.is_alive():
                process.stop()
