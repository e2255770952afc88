"""The requester is killed at each step of an exchange, and at random while many of them run."""

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid
from sdg_connector.as4 import Retry
from sdg_connector.sandbox import SandboxOptions, sandbox
from tests.support import requester_process
from tests.support.killing import Killable
from tests.support.servers import free_port, running
from tests.support.walker import Walker

STEPS = ("asked", "requesting", "previewing", "left", "decided", "received", "settled")


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxOptions]:
    """A sandbox country that nobody kills."""
    folder = tmp_path_factory.mktemp("country")
    options = SandboxOptions(
        data_dir=folder / "es",
        exchange_dir=folder / "exchange",
        port=free_port(),
        portal_url=f"http://127.0.0.1:{free_port()}",
        retry=Retry(minutes=1, attempts=200),
    )
    with running(sandbox(options), host="127.0.0.1", port=options.port):
        yield options


@pytest.fixture
def requester(country: SandboxOptions, tmp_path: Path) -> Iterator[Killable]:
    """A requester process that may be killed."""
    process = Killable(
        main=requester_process.main,
        settings={
            "folder": str(tmp_path),
            "country_data": str(country.data_dir),
            "exchange_dir": str(country.exchange_dir),
            "country_port": country.port,
            "port": int(country.portal_url.rpartition(":")[2]),
        },
        log=tmp_path / "requester.log",
    )
    process.start()
    yield process
    process.stop()


class Person:
    """Somebody who asks for a diploma and does not give up when a page does not load."""

    def __init__(self, requester: Killable, country: SandboxOptions, visit: str) -> None:
        self.requester, self.country, self.visit = requester, country, visit
        self.exchange = ""

    def patiently(self, method: str, path: str, **arguments: object) -> httpx.Response:
        """Try until the requester answers."""
        limit = time.monotonic() + 60
        while True:
            try:
                return self.requester.call(method, path, **arguments)
            except httpx.HTTPError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.05)

    def ask(self) -> None:
        """Find and request; asking again is asking once."""
        token = self.patiently("POST", "/find").json()
        asked = {"token": token, "visit": self.visit}
        self.exchange = self.patiently("POST", "/ask", json=asked).json()

    def state(self) -> str:
        """Where the exchange stands."""
        return str(self.patiently("GET", f"/{self.exchange}/status").json()["state"])

    def until(self, *states: str) -> str:
        """Wait for one of these states."""
        limit = time.monotonic() + 60
        while (state := self.state()) not in states:
            if time.monotonic() > limit or state in {"failed", "expired", "refused", "declined"}:
                raise AssertionError(f"{state}, not {states}")
            time.sleep(0.03)
        return state

    def leave(self) -> str:
        """Go to the preview; gives its address."""
        return str(self.patiently("POST", f"/{self.exchange}/leave").json())

    def decide(self, location: str) -> None:
        """Look at the evidence and let it be sent."""
        walker = Walker()
        walker.go(self.country.addresses.reach(location)).submit("login", citizen="ana")
        walker.client.follow_redirects = False
        walker.submit("decide", decision="approve")
        walker.client.close()

    def settle(self) -> None:
        """Attach the evidence."""
        self.patiently("POST", f"/{self.exchange}/settle")

    def walk(self, after: Callable[[str], None] = lambda step: None) -> None:
        """The whole way; ``after`` is told each step."""
        self.ask()
        after("asked")
        self.until("requesting", "waiting", "previewing")
        after("requesting")
        self.until("previewing")
        after("previewing")
        location = self.leave()
        after("left")
        self.until("receiving")
        self.decide(location)
        after("decided")
        self.until("received")
        after("received")
        self.settle()
        after("settled")
        self.until("handed over")

    def contents(self) -> set[str]:
        """Digests of what arrived."""
        digests = self.patiently("GET", f"/{self.exchange}/status").json()["digests"]
        return {
            hashlib.sha256(
                self.patiently("GET", f"/{self.exchange}/content/{number}").content
            ).hexdigest()
            for number in range(len(digests))
        }


def _held(country: SandboxOptions) -> set[str]:
    answer = httpx.get(f"{country.url}/control/holdings.json")
    return set(answer.json()["ES-2021-0001734"].values())


def _check_once(folder: Path, exchanges: list[str]) -> None:
    """The journal holds, and says for every exchange that each thing happened once."""
    store = Store.open(
        f"sqlite:///{folder}/store.sqlite",
        keys={"k1": b"k" * 32},
        current_key="k1",
        new_id=new_uuid,
    )
    assert store.journal.verify() > 0
    for exchange in exchanges:
        events = [entry.content["event"] for entry in store.journal.entries(exchange=exchange)]
        happened = [event for event in events if event not in {"ignored", "returned_from_preview"}]
        assert happened.count("evidence_delivered") == 1
        assert happened.count("response_received") == 1
        assert happened.count("explicit_request") == 1
        sent = [one for one in store.book.messages(exchange) if one[0] == "out"]
        assert len(sent) == 2
    assert store.book.open_exchanges() == ()
    store.close()


def test_killed_at_every_step_the_exchange_finishes_once(
    requester: Killable, country: SandboxOptions, tmp_path: Path
) -> None:
    def kill(step: str) -> None:
        requester.kill()
        requester.start()

    person = Person(requester, country, "every step")
    person.walk(kill)
    assert requester.kills == len(STEPS)
    assert person.contents() == _held(country)
    _check_once(tmp_path, [person.exchange])


def _under_fire(
    requester: Killable, country: SandboxOptions, folder: Path, *, people: int, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  when to kill is no secret
    persons = [Person(requester, country, f"visit {number}") for number in range(people)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        walks = [pool.submit(person.walk) for person in persons]
        while not all(walk.done() for walk in walks):
            time.sleep(chance.uniform(0.5, 3.0))
            requester.kill()
            requester.start()
        for walk in walks:
            walk.result()
    held = _held(country)
    assert all(person.contents() == held for person in persons)
    assert len({person.exchange for person in persons}) == people
    _check_once(folder, [person.exchange for person in persons])


def test_killed_at_random_under_load_every_exchange_finishes_once(
    requester: Killable, country: SandboxOptions, tmp_path: Path
) -> None:
    _under_fire(requester, country, tmp_path, people=6, seed=7)
    assert requester.kills > 1


@pytest.mark.soak
def test_killed_at_random_over_a_thousand_exchanges(
    requester: Killable, country: SandboxOptions, tmp_path: Path
) -> None:
    _under_fire(requester, country, tmp_path, people=1000, seed=11)


def test_a_graceful_stop_loses_nothing_and_says_nothing_is_wrong(
    requester: Killable, country: SandboxOptions, tmp_path: Path
) -> None:
    person = Person(requester, country, "graceful")
    person.ask()
    person.until("previewing")
    assert requester.stop() in {0, -15}
    requester.client = httpx.Client(timeout=20)
    requester.start()
    person.decide(person.leave())
    person.until("received")
    person.settle()
    person.until("handed over")
    assert "Traceback" not in requester.log.read_text()
