"""Work on few threads: never many at once, and nobody waits for those that take long."""

import asyncio
import threading
from contextvars import ContextVar
from dataclasses import dataclass, field

import pytest

from sdg_connector import turns
from sdg_connector.turns import in_turn

NAME: ContextVar[str] = ContextVar("NAME", default="nobody")


@dataclass(slots=True)
class Counting:
    """Work that says how many did it at once."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    now: int = 0
    most: int = 0

    def work(self, number: int) -> int:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        threading.Event().wait(0.005)
        with self.lock:
            self.now -= 1
        return number


def fails() -> None:
    raise OSError("the disk is full")


def test_two_work_at_once_and_each_gets_its_own_result() -> None:
    counting = Counting()

    async def scenario() -> list[int]:
        return await asyncio.gather(*(in_turn(counting.work, number) for number in range(20)))

    assert asyncio.run(scenario()) == list(range(20))
    assert counting.most == 2


def test_what_goes_wrong_is_told_and_the_next_one_works() -> None:
    async def scenario() -> int:
        for _ in range(3):
            with pytest.raises(OSError, match="full"):
                await in_turn(fails)
        return await in_turn(len, "four")

    assert asyncio.run(scenario()) == 4


def test_nobody_waits_for_those_that_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_PATIENCE_SECONDS", 0.05)
    end = threading.Event()

    async def scenario() -> None:
        long = [asyncio.create_task(in_turn(end.wait, 30)) for _ in range(5)]
        try:
            assert await asyncio.wait_for(in_turn(len, "four"), 5) == 4
            assert not any(one.done() for one in long)
        finally:
            end.set()
        assert await asyncio.gather(*long) == [True] * 5

    asyncio.run(scenario())


def test_whoever_is_cancelled_while_waiting_is_not_served() -> None:
    end, served = threading.Event(), threading.Event()

    async def scenario() -> None:
        long = [asyncio.create_task(in_turn(end.wait, 30)) for _ in range(2)]
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(in_turn(served.set))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        end.set()
        await asyncio.gather(*long)
        await in_turn(len, "four")

    asyncio.run(scenario())
    assert not served.is_set()


def test_the_work_sees_the_context_of_whoever_asks_for_it() -> None:
    async def scenario() -> str:
        NAME.set("somebody")
        return await in_turn(NAME.get)

    assert asyncio.run(scenario()) == "somebody"
