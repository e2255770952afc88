"""An exchange that nobody drives is found and taken up, whatever left it there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sdg_connector.adapters.caretaker import Caretaker
from sdg_connector.adapters.durable import DurableWorkflows
from sdg_connector.adapters.store import Book
from sdg_connector.adapters.system import utc_now
from sdg_connector.journey import State
from tests.support.faulty_database import Faults
from tests.support.records import check_records
from tests.support.two_in_process import Databases, InProcess, in_process

_ROUND = timedelta(seconds=0.3)
Scenario = Callable[[InProcess, Caretaker], Awaitable[None]]


class Counting:
    """An observer that keeps the reasons."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def count(self, what: str, **labels: str) -> None:
        self.reasons.append(labels["reason"])


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    url = f"sqlite:///{tmp_path}"
    return Databases(
        store=f"{url}/store.sqlite",
        engine=f"{url}/engine.sqlite",
        witness=f"{url}/store.sqlite",
        other=f"{url}/other.sqlite",
    )


def play(databases: Databases, scenario: Scenario, *, worker: str = "local") -> None:
    """A scenario with a caretaker who takes no round by itself."""

    async def run() -> None:
        async with in_process("requester", databases, Faults(enabled=False), worker=worker) as both:
            caretaker = Caretaker(
                store=both.ours,
                workflows=both.durable,
                books=[both.ours.book.open_exchanges],
                every=_ROUND,
            )
            async with asyncio.timeout(30):
                await scenario(both, caretaker)

    asyncio.run(run())


async def two_rounds(caretaker: Caretaker) -> tuple[str, ...]:
    """What the second round takes up; the first one only suspects."""
    now = utc_now()
    assert await caretaker.look_after(now=now) == ()
    return await caretaker.look_after(now=now + _ROUND)


async def finish(both: InProcess, exchange: str) -> None:
    """The rest of the way, and what must stand in the books."""
    ticket = await both.leave(exchange)
    await both.answering.decide(ticket, [0])
    await both.until(exchange, State.RECEIVED)
    await both.connector.settle(exchange, used=True)
    await both.until(exchange, State.HANDED_OVER)
    async with both.seen:
        await both.seen.wait_for(lambda: not both.asked)
    check_records(both.ours, both.theirs, [exchange])


@contextmanager
def broken(kind: type, method: str) -> Iterator[None]:
    """A method that always fails, with an error that no outage explains."""
    whole = getattr(kind, method)

    def breaks(*given: object, **named: object) -> None:
        raise RuntimeError("a mistake of ours")

    setattr(kind, method, breaks)
    try:
        yield
    finally:
        setattr(kind, method, whole)


async def until_broken(both: InProcess, exchange: str) -> None:
    for _ in range(200):
        standing = await both.durable.standing()
        if exchange in standing and standing[exchange].broken:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not break off")


def test_an_exchange_that_was_written_down_and_never_begun_begins(databases: Databases) -> None:
    async def scenario(both: InProcess, caretaker: Caretaker) -> None:
        with broken(DurableWorkflows, "begin"), pytest.raises(RuntimeError):
            await both.ask(1)
        (exchange,) = both.ours.book.open_exchanges()
        assert await two_rounds(caretaker) == (exchange,)
        await finish(both, exchange)

    play(databases, scenario)


def test_an_exchange_that_broke_off_goes_on_and_hears_what_came_meanwhile(
    databases: Databases,
) -> None:
    async def scenario(both: InProcess, caretaker: Caretaker) -> None:
        caretaker.observer = counting = Counting()
        exchange = await both.ask(1)
        ticket = await both.leave(exchange)
        with broken(Book, "move"):
            await both.answering.decide(ticket, [0])
            await until_broken(both, exchange)
        async with both.seen:
            await both.seen.wait_for(lambda: not both.asked)
        assert await two_rounds(caretaker) == (exchange,)
        assert counting.reasons == ["broke off"]
        await both.until(exchange, State.RECEIVED)
        await both.connector.settle(exchange, used=True)
        await both.until(exchange, State.HANDED_OVER)
        check_records(both.ours, both.theirs, [exchange])

    play(databases, scenario)


def test_what_breaks_off_each_time_is_tried_ever_more_seldom(databases: Databases) -> None:
    async def scenario(both: InProcess, caretaker: Caretaker) -> None:
        with broken(Book, "move"):
            exchange = await both.ask(1)
            tried: list[datetime] = []
            start = now = utc_now()
            while len(tried) < 4:
                await until_broken(both, exchange)
                if await caretaker.look_after(now=now):
                    tried.append(now)
                now += _ROUND
        gaps = [(one - start) // _ROUND for one in tried]
        assert gaps == [1, 2, 4, 8]

    play(databases, scenario)


@pytest.mark.parametrize("told", [False, True])
def test_an_exchange_whose_task_is_lost_goes_on(databases: Databases, told: bool) -> None:
    """Whether or not it had lasted so long that the engine was told of it."""

    async def scenario(both: InProcess, caretaker: Caretaker) -> None:
        exchange = await both.ask(1)
        await both.until(exchange, State.PREVIEWING)
        if told:
            await both.durable.begin(exchange)
            await asyncio.sleep(0.2)  # the engine's own task waits for ours now
        task = both.durable._driving[exchange]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await two_rounds(caretaker) == (exchange,)
        await finish(both, exchange)

    play(databases, scenario)


def test_an_exchange_of_a_worker_that_nobody_knows_is_taken_over(databases: Databases) -> None:
    exchanges: list[str] = []

    async def before(both: InProcess, caretaker: Caretaker) -> None:
        exchanges.append(await both.ask(1))
        await both.until(exchanges[0], State.PREVIEWING)

    async def after(both: InProcess, caretaker: Caretaker) -> None:
        assert await two_rounds(caretaker) == tuple(exchanges)
        await asyncio.sleep(1.5)
        assert (await both.durable.standing())[exchanges[0]].worker == "another"

    async def alive(both: InProcess, caretaker: Caretaker) -> None:
        caretaker.store.workers.sign_in("another", now=utc_now())
        assert await two_rounds(caretaker) == ()

    play(databases, before)
    play(databases, after, worker="another")
    play(databases, alive)


def test_nothing_is_taken_up_while_all_goes_well(databases: Databases) -> None:
    async def scenario(both: InProcess, caretaker: Caretaker) -> None:
        async def rounds() -> list[Any]:
            taken: list[Any] = []
            while True:
                taken += await caretaker.look_after(now=utc_now())
                assert not taken
                await asyncio.sleep(0.2)

        looking = asyncio.create_task(rounds())
        exchanges = await both.people(6)
        assert not looking.done(), looking.result()
        looking.cancel()
        check_records(both.ours, both.theirs, exchanges)

    play(databases, scenario)
