"""What the workflow engine runs: each name once, however often and by whom it is begun."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from sdg_connector.adapters.durable import DurableWorkflows
from sdg_connector.ports import Run


@dataclass(slots=True)
class Counting:
    """A driver that ends when it is let go, and says how often it was asked."""

    runs: list[str] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, run: Run, name: str) -> str:
        self.runs.append(name)
        await self.go.wait()
        return "done"


def test_a_name_that_is_begun_again_while_it_runs_and_after_its_end_runs_once(
    tmp_path: Path,
) -> None:
    async def scenario() -> list[str]:
        driver = Counting()
        workflows = DurableWorkflows(
            url=f"sqlite:///{tmp_path}/engine.sqlite", worker="one", driver=driver
        )
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
