"""Two processes that are killed while people exchange evidence, and what must hold afterwards."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Semaphore
from typing import Any, Protocol

import httpx

from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid
from sdg_connector.sandbox import SandboxOptions
from tests.support import provider_process, requester_process
from tests.support.exchange_side import own_key
from tests.support.killing import Killable
from tests.support.records import check_records
from tests.support.servers import free_port

_PATIENCE = 120.0
_A_MOMENT = 0.5
"""Whoever has taken the last step takes no other: then the walks are looked at again."""
_ENDS = frozenset({"failed", "expired", "refused", "declined"})


def _nothing(step: str) -> None:
    """Nobody is told."""


class Caller(Protocol):
    """What answers a person's requests."""

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request; raises ``httpx.HTTPError`` when it is dead or says no."""
        ...


class Sides(Protocol):
    """What a person walks through."""

    @property
    def requester(self) -> Caller:
        """Where the person asks."""
        ...

    @property
    def provider(self) -> Caller:
        """Where the person decides."""
        ...


@dataclass(slots=True)
class TwoSides:
    """A requester and a provider, each with a database of its own."""

    country: SandboxOptions
    folder: Path
    urls: dict[str, list[str]] = field(default_factory=dict)
    """URLs of store and engine by side; SQLite in the folder without them."""
    provider_port: int = field(default_factory=free_port)
    provider_reached_at: int = 0
    """Port of what stands before the provider, if anything does."""
    requester_reached_at: int = 0
    requester: Killable = field(init=False)
    provider: Killable = field(init=False)

    def __post_init__(self) -> None:
        requester_port = int(self.country.portal_url.rpartition(":")[2])
        provider_url = f"http://127.0.0.1:{self.provider_reached_at or self.provider_port}"
        shared = {
            "country_data": str(self.country.data_dir),
            "exchange_dir": str(self.country.exchange_dir),
            "country_port": self.country.port,
        }
        for side in ("lv", "es"):
            own_key(self.country, side)
        self.requester = Killable(
            main=requester_process.main,
            settings=shared
            | {
                "folder": str(self.folder / "lv"),
                "urls": self.urls.get("lv"),
                "port": requester_port,
                "provider_url": provider_url,
            },
            log=self.folder / "requester.log",
        )
        self.provider = Killable(
            main=provider_process.main,
            settings=shared
            | {
                "folder": str(self.folder / "es"),
                "urls": self.urls.get("es"),
                "port": self.provider_port,
                "requester_port": self.requester_reached_at or requester_port,
            },
            log=self.folder / "provider.log",
        )

    def start(self) -> None:
        """Start both."""
        self.provider.begin()
        self.requester.start()
        self.provider.until_ready()

    def stop(self) -> None:
        """Stop both, gracefully."""
        self.requester.stop()
        self.provider.stop()

    def under_fire(
        self, *, people: int, seed: int, at_once: int = 8, patience: float = _PATIENCE
    ) -> None:
        """Exchanges of many people while either process, or both, are killed at random.

        Between two kills somebody gets one step further, so that a slow machine kills as often in
        the course of an exchange as a fast one, and comes to an end.
        """
        chance = random.Random(seed)  # noqa: S311  when to kill is no secret
        steps = Semaphore(0)
        token = Person(self, "first").patiently(self.requester, "POST", "/find").json()
        persons = [
            Person(self, f"visit {number}", token, patience=patience) for number in range(people)
        ]
        with ThreadPoolExecutor(max_workers=at_once) as pool:
            walks = [pool.submit(person.walk, lambda step: steps.release()) for person in persons]
            while not all(walk.done() for walk in walks):
                if not steps.acquire(timeout=_A_MOMENT):
                    continue
                time.sleep(chance.uniform(0, 1.5))
                while steps.acquire(blocking=False):
                    pass
                self.kill(chance.choice(["requester", "provider", "both"]))
            for walk in walks:
                walk.result()
        assert len({person.exchange for person in persons}) == people
        self.until_quiet()
        self.check([person.exchange for person in persons])

    def at_once(self, people: int, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Exchanges of many people at the same time, which all end well."""
        token = Person(self, "first").patiently(self.requester, "POST", "/find").json()
        persons = [Person(self, f"visit {number}", token) for number in range(people)]
        with ThreadPoolExecutor(max_workers=people) as pool:
            walks = [pool.submit(person.walk) for person in persons]
            meanwhile()
            for walk in walks:
                walk.result()
        self.until_quiet()
        self.check([person.exchange for person in persons])

    def kill(self, which: str) -> None:
        """SIGKILL one side, or both at once, and start again."""
        doomed = {
            "requester": [self.requester],
            "provider": [self.provider],
            "both": [self.requester, self.provider],
        }[which]
        for process in doomed:
            process.kill()
        for process in doomed:
            process.begin()
        for process in doomed:
            process.until_ready()

    def stores(self) -> tuple[Store, Store]:
        """The requester's store and the provider's."""
        stores = []
        for side in ("lv", "es"):
            url = self.urls.get(side, [f"sqlite:///{self.folder}/{side}/store.sqlite"])[0]
            stores.append(
                Store.open(url, keys={"k1": b"k" * 32}, current_key="k1", new_id=new_uuid)
            )
        return stores[0], stores[1]

    def until_quiet(self) -> None:
        """Wait until neither side has anything left to do."""
        ours, theirs = self.stores()
        limit = time.monotonic() + _PATIENCE
        while ours.book.open_exchanges() or theirs.desk.open_requests():
            assert time.monotonic() < limit, "something never ends"
            time.sleep(0.2)
        ours.close()
        theirs.close()

    def check(self, exchanges: Sequence[str]) -> None:
        """Each exchange ended once on each side, and both journals say the same."""
        ours, theirs = self.stores()
        check_records(ours, theirs, exchanges)
        ours.close()
        theirs.close()


@dataclass(slots=True)
class Person:
    """Somebody who asks for a diploma and does not give up when a page does not load."""

    sides: Sides
    visit: str
    token: str = ""
    exchange: str = ""
    location: str = ""
    """Where the preview awaits; empty until the person went there."""
    patience: float = _PATIENCE
    """Seconds for which a page is asked for again, and a state waited for."""

    def patiently(
        self, process: Caller, method: str, path: str, **arguments: object
    ) -> httpx.Response:
        """Try until the process answers."""
        limit = time.monotonic() + self.patience
        while True:
            try:
                return process.call(method, path, **arguments)
            except httpx.HTTPStatusError as status:
                if status.response.status_code == httpx.codes.CONFLICT:
                    return status.response
                if time.monotonic() > limit:
                    raise
            except httpx.HTTPError:
                if time.monotonic() > limit:
                    raise
            time.sleep(0.1)

    def walk(self, after: Callable[[str], object] = _nothing) -> None:
        """The whole way; ``after`` is told each step."""
        self.ask()
        after("asked")
        self.go_on(after)

    def ask(self) -> None:
        """The explicit request."""
        if not self.token:
            self.token = self.patiently(self.sides.requester, "POST", "/find").json()
        asked = {"token": self.token, "visit": self.visit}
        self.exchange = self.patiently(self.sides.requester, "POST", "/ask", json=asked).json()

    def leave(self) -> None:
        """Go to the provider for the preview."""
        left = self.patiently(self.sides.requester, "POST", f"/{self.exchange}/leave")
        self.location = left.json()

    def go_on(self, after: Callable[[str], object] = _nothing) -> None:
        """From the preview to the end, from wherever the person left off."""
        requester = self.sides.requester
        if not self.location:
            self.until("previewing")
            after("previewing")
            self.leave()
        after("left")
        self.until("receiving")
        after("receiving")
        self.patiently(self.sides.provider, "POST", "/decide", json=self.location)
        after("decided")
        self.until("received")
        after("received")
        content = self.patiently(requester, "GET", f"/{self.exchange}/content/0").content
        assert content == provider_process.DOCUMENT
        self.patiently(requester, "POST", f"/{self.exchange}/settle")
        after("settled")
        self.until("handed over")

    def until(self, wanted: str) -> None:
        """Wait for a state; another end is a failure."""
        limit = time.monotonic() + self.patience
        while True:
            found = self.patiently(self.sides.requester, "GET", f"/{self.exchange}/status").json()
            if found["state"] == wanted:
                return
            assert time.monotonic() < limit, f"{found}, not {wanted}"
            assert found["state"] not in _ENDS, f"{found}, not {wanted}"
            time.sleep(0.1)
