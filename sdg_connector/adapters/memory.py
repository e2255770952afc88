"""Exchanges without a durable engine: the same code in plain tasks, for tests and trials."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sdg_connector.ports import Driver


@dataclass(slots=True)
class MemoryRun:
    """The port ``Run`` in memory."""

    stimuli: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    keys: set[str] = field(default_factory=set)

    async def step(
        self, name: str, work: Callable[[], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        """Do the work."""
        return await work()

    async def wait(self, seconds: float) -> dict[str, Any] | None:
        """The next stimulus, or None when the time has passed."""
        try:
            return await asyncio.wait_for(self.stimuli.get(), timeout=seconds)
        except TimeoutError:
            return None


@dataclass(slots=True)
class MemoryWorkflows:
    """The port ``Workflows`` in memory."""

    driver: Driver | None = None
    """Set after construction: what is driven needs the workflows to begin others."""
    runs: dict[str, MemoryRun] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[str]] = field(default_factory=dict)

    async def begin(self, exchange: str) -> None:
        """Start the exchange unless it runs."""
        if exchange in self.tasks or self.driver is None:
            return
        run = self.runs.setdefault(exchange, MemoryRun())
        self.tasks[exchange] = asyncio.create_task(self.driver.run(run, exchange))

    async def signal(self, exchange: str, stimulus: Mapping[str, Any], *, key: str) -> None:
        """Hand a stimulus over, once for each key."""
        run = self.runs.setdefault(exchange, MemoryRun())
        if key not in run.keys:
            run.keys.add(key)
            run.stimuli.put_nowait(dict(stimulus))

    async def ended(self, exchange: str) -> str:
        """Wait for the end of an exchange."""
        return await self.tasks[exchange]

    async def stop(self) -> None:
        """Cancel what runs."""
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
