"""What the workflow engine runs: each name once, however often and by whom it is begun."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sdg_connector.adapters.durable import DurableWorkflows
from sdg_connector.adapters.engine import Remote
from sdg_connector.ports import Run


class Failed(Exception):
    """What a driver fails with."""


@dataclass(slots=True)
class Counting:
    """A driver that ends when it is let go, and says how often it was asked."""

    failing: bool = False
    runs: list[str] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, run: Run, name: str) -> str:
        self.runs.append(name)
        await self.go.wait()
        if self.failing:
            raise Failed
        return "done"


def workflows_of(
    folder: Path, driver: Counting, moment: timedelta = timedelta(hours=1)
) -> DurableWorkflows:
    return DurableWorkflows(
        url=f"sqlite:///{folder}/engine.sqlite", worker="one", driver=driver, moment=moment
    )


def engine_says(folder: Path, name: str) -> str:
    """The engine's own word for a workflow; empty when it was never told of it."""
    with closing(Remote.open(f"sqlite:///{folder}/engine.sqlite")) as engine:
        return engine.status(name)


async def until(true: Callable[[], bool]) -> None:
    """The engine tells nobody: it is asked again."""
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(true):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def test_a_name_that_is_begun_again_while_it_runs_and_after_its_end_runs_once(
    tmp_path: Path,
) -> None:
    async def scenario() -> list[str]:
        driver = Counting()
        workflows = workflows_of(tmp_path, driver)
        await workflows.start()
        try:
            await asyncio.gather(*(workflows.begin("first") for _ in range(4)))
            await workflows.begin("first")
            await workflows.begin("second")
            driver.go.set()
            while await workflows.standing():  # noqa: ASYNC110  the engine tells nobody of an end
                await asyncio.sleep(0.01)
            await workflows.begin("first")
            await asyncio.sleep(0.05)
        finally:
            await workflows.stop()
        return driver.runs

    assert asyncio.run(scenario()) == ["first", "second"]


def test_a_new_exchange_that_ends_at_once_never_troubles_the_engine(tmp_path: Path) -> None:
    async def scenario() -> list[str]:
        driver = Counting()
        workflows = workflows_of(tmp_path, driver)
        await workflows.start()
        try:
            for _ in range(3):
                await workflows.begin("short", new=True)
            await asyncio.sleep(0)
            standing = await workflows.standing()
            assert standing["short"].here
            assert standing["short"].taken
            driver.go.set()
            while await workflows.standing():  # noqa: ASYNC110  it tells nobody of an end
                await asyncio.sleep(0.01)
            assert await asyncio.to_thread(engine_says, tmp_path, "short") == ""
        finally:
            await workflows.stop()
        return driver.runs

    assert asyncio.run(scenario()) == ["short"]


def test_the_engine_is_told_of_a_new_exchange_that_lasts_and_takes_it_up_after_a_stop(
    tmp_path: Path,
) -> None:
    async def first() -> list[str]:
        driver = Counting()
        workflows = workflows_of(tmp_path, driver, moment=timedelta(milliseconds=10))
        await workflows.start()
        await workflows.begin("long", new=True)
        await until(lambda: engine_says(tmp_path, "long") == "PENDING")
        await workflows.begin("long")
        await workflows.stop()
        assert not driver.go.is_set()
        return driver.runs

    async def second() -> list[str]:
        driver = Counting()
        workflows = workflows_of(tmp_path, driver)
        await workflows.start()
        try:
            await until(lambda: bool(driver.runs))
            driver.go.set()
            await until(lambda: engine_says(tmp_path, "long") == "SUCCESS")
        finally:
            await workflows.stop()
        return driver.runs

    assert asyncio.run(first()) == ["long"]
    assert asyncio.run(second()) == ["long"]


def test_a_new_exchange_that_breaks_off_is_left_to_the_engine(tmp_path: Path) -> None:
    async def scenario() -> None:
        driver = Counting(failing=True)
        driver.go.set()
        workflows = workflows_of(tmp_path, driver)
        await workflows.start()
        try:
            await workflows.begin("failing", new=True)
            await until(lambda: engine_says(tmp_path, "failing") == "ERROR")
            assert (await workflows.standing())["failing"].broken
            assert driver.runs == ["failing", "failing"]
        finally:
            await workflows.stop()

    asyncio.run(scenario())
