"""Exchanges without a durable engine: the same code in plain tasks, for tests and trials."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sdg_connector.adapters.bells import Bells
from sdg_connector.ports import Bell, Driver, Step


@dataclass(frozen=True, slots=True)
class MemoryRun:
    """The port ``Run`` in memory."""

    exchange: str
    bell: Bell
    watchers: Bells

    async def step(self, name: str, work: Callable[[], Awaitable[Step]]) -> Step:
        """Do the work."""
        state = ""
        try:
            done = await work()
            state = done.state
        finally:
            self.watchers.ring(self.exchange, state)
        return done

    async def wait(self, seconds: float) -> None:
        """Until the exchange is woken, or the time has passed."""
        await self.bell.heard(seconds)


@dataclass(slots=True)
class MemoryWorkflows:
    """The port ``Workflows`` in memory."""

    driver: Driver | None = None
    """Set after construction: what is driven needs the workflows to begin others."""
    tasks: dict[str, asyncio.Task[str]] = field(default_factory=dict)
    sleepers: Bells = field(default_factory=Bells)
    watchers: Bells = field(default_factory=Bells)

    async def begin(self, exchange: str, *, new: bool = False) -> None:
        """Start the exchange unless it runs."""
        if exchange not in self.tasks and self.driver is not None:
            self.tasks[exchange] = asyncio.create_task(self._run(self.driver, exchange))

    def wake(self, exchange: str) -> None:
        """Have the exchange look at what was written down for it."""
        self.sleepers.ring(exchange)

    def watching(self, exchange: str) -> AbstractContextManager[Bell]:
        """A bell that rings whenever the exchange has gone a step, and says where it stands."""
        return self.watchers.hung(exchange)

    def rests_in(self, exchange: str) -> str:
        """Nothing: whoever asks looks into the book."""
        return ""

    def runs_here(self, exchange: str) -> bool:
        """Whether the exchange runs, so that its bell rings."""
        return exchange in self.sleepers

    async def ended(self, exchange: str) -> str:
        """Wait for the end of an exchange."""
        return await self.tasks[exchange]

    async def stop(self) -> None:
        """Cancel what runs."""
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def _run(self, driver: Driver, exchange: str) -> str:
        with self.sleepers.hung(exchange) as bell:
            return await driver.run(MemoryRun(exchange, bell, self.watchers), exchange)
