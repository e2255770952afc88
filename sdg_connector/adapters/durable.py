"""Exchanges as DBOS workflows: SQLite for one process, PostgreSQL for several, one URL.

The engine knows which exchanges last and in which process, and takes up again what was cut off. How
far each one has come stands in the book, whose transactions say it once: so a workflow records no
steps of its own, an engine whose last commits were lost is told again at the next start, and what
ends within a moment need never be told it. A workflow knows an exchange by its id.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import chain, repeat
from typing import Any, Final

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos import error as dbos_error

from sdg_connector.adapters.bells import Bells
from sdg_connector.adapters.engine import STUCK, engine_config, sqlite_engine
from sdg_connector.adapters.outage import is_away
from sdg_connector.ports import Bell, Driver, Step

_log = logging.getLogger(__name__)
_TAKEN: Final = "PENDING"
_UNDER_WAY: Final = (_TAKEN, "ENQUEUED", "DELAYED")
_QUIET: Final = logging.ERROR
_MANY_RESTARTS: Final = 1_000_000
"""An exchange waits for days, and the process may be restarted meanwhile as often as it likes."""
_PATIENCE_SECONDS: Final = (0.2, 1.0, 5.0)
"""Between attempts while the database or the disk is away; the last one repeats."""
MOMENT: Final = timedelta(seconds=2)
"""What a new exchange may take before the engine is told of it: less than a round of housekeeping,
for another worker takes up what the engine does not know in two of them."""


def _nobody(exchange: str) -> None:
    """A worker without others."""


@dataclass(slots=True)
class DurableRun:
    """The port ``Run`` inside a workflow."""

    exchange: str
    bell: Bell
    watchers: Bells
    resting: dict[str, str]
    """The exchanges that wait now, each with its state."""
    state: str = ""
    """Where the last step led."""

    async def step(self, name: str, work: Callable[[], Awaitable[Step]]) -> Step:
        """The result of the work.

        A database that is away or a disk that is full is waited for: the exchange goes on when it
        is back, and does not end by it.
        """
        self.state = ""
        try:
            for pause in chain(_PATIENCE_SECONDS, repeat(_PATIENCE_SECONDS[-1])):
                try:
                    done = await work()
                    self.state = done.state
                    return done
                except (sa.exc.SQLAlchemyError, OSError) as error:
                    if not is_away(error):
                        raise
                    _log.warning("%s waits for the store: %s", name, type(error).__name__)
                    await asyncio.sleep(pause)
        finally:
            self.watchers.ring(self.exchange, self.state)
        raise AssertionError("unreachable")

    async def wait(self, seconds: float) -> None:
        """Until the exchange is woken, or the time has passed."""
        self.resting[self.exchange] = self.state
        try:
            await self.bell.heard(seconds)
        finally:
            self.resting.pop(self.exchange, None)


@dataclass(slots=True, kw_only=True)
class DurableWorkflows:
    """The port ``Workflows`` over DBOS; one in a process."""

    url: str
    """``sqlite:///…`` or ``postgresql+psycopg://…`` of the engine's own tables."""
    worker: str
    """Name of this process among the workers of one database."""
    driver: Driver | None = None
    """Set after construction: what is driven needs the workflows to begin others."""
    elsewhere: Callable[[str], None] = field(default=_nobody, repr=False)
    """Rings at the other workers for an exchange that does not run here."""
    moment: timedelta = MOMENT
    """How long a new exchange runs before the engine is told of it."""
    _driving: dict[str, asyncio.Task[str]] = field(default_factory=dict, init=False, repr=False)
    _resting: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    _beside: set[asyncio.Task[Any]] = field(default_factory=set, init=False, repr=False)
    """The engine's own tasks, which wait for ours, and those that tell it."""
    _sleepers: Bells = field(default_factory=Bells, init=False, repr=False)
    _watchers: Bells = field(default_factory=Bells, init=False, repr=False)
    _workflow: Any = field(default=None, init=False, repr=False)

    async def start(self) -> None:
        """Open the engine in the running event loop; what was cut off goes on by itself."""
        logging.getLogger("dbos").setLevel(_QUIET)
        DBOS(config=self._config())
        self._workflow = DBOS.workflow(name="exchange", max_recovery_attempts=_MANY_RESTARTS)(
            self._body()
        )
        DBOS.launch()

    async def begin(self, exchange: str, *, new: bool = False) -> None:
        """Start the exchange, once however often it is asked for.

        A ``new`` one, which nobody else can have begun, runs at once, and the engine is told of it
        when it lasts longer than a moment or breaks off. Any other begins by the engine, which runs
        a name once: a start that finds it there changes and runs nothing.
        """
        if not new:
            await self._enrol(exchange)
        elif exchange not in self._driving:
            task = self._drive(exchange)
            loop, moment = asyncio.get_running_loop(), self.moment.total_seconds()
            later = loop.call_later(moment, self._tell, exchange)
            task.add_done_callback(partial(self._over, exchange, later))

    def wake(self, exchange: str) -> None:
        """Have an exchange look at what was written down for it, at whichever worker it runs."""
        if exchange in self._sleepers:
            self.hear(exchange)
        else:
            self.elsewhere(exchange)

    def hear(self, exchange: str) -> None:
        """The same, if it runs here; nothing otherwise."""
        self._sleepers.ring(exchange)

    def watching(self, exchange: str) -> AbstractContextManager[Bell]:
        """A bell that rings whenever the exchange has gone a step here, and says where it led."""
        return self._watchers.hung(exchange)

    def rests_in(self, exchange: str) -> str:
        """The state in which an exchange waits here; empty while it goes on or is elsewhere."""
        return self._resting.get(exchange, "")

    def runs_here(self, exchange: str) -> bool:
        """Whether the exchange is run in this process, so that its bell rings."""
        return exchange in self._sleepers

    def nudge(self, exchanges: Collection[str]) -> None:
        """Wake those that rest: what another process left for them waits in the book."""
        for exchange in self._resting.keys() & set(exchanges):
            self.hear(exchange)

    async def standing(self) -> dict[str, "Standing"]:
        """What has not ended, or ended in an error, by name: what the engine knows or runs here."""
        found = await DBOS.list_workflows_async(
            status=[*_UNDER_WAY, *STUCK], load_input=False, load_output=False
        )
        ours = Standing(worker=self.worker, taken=True, broken=False, here=True)
        return dict.fromkeys(self._driving, ours) | {
            one.workflow_id: Standing(
                worker=one.executor_id or "",
                taken=one.status == _TAKEN,
                broken=one.status in STUCK,
                here=one.workflow_id in self._driving,
            )
            for one in found
        }

    async def take_over(self, workers: list[str]) -> None:
        """Go on with what workers that are gone were doing."""
        found = await DBOS.list_workflows_async(
            status=_TAKEN, executor_id=workers, load_input=False, load_output=False
        )
        await self.take_up([one.workflow_id for one in found])

    async def take_up(self, exchanges: list[str]) -> None:
        """Run these from where their books stand, here or at another worker."""
        if exchanges:
            await DBOS.resume_workflows_async(exchanges)

    async def go_on(self, exchange: str) -> None:
        """Run a workflow that ended in an error again, from where the book says it stands."""
        with contextlib.suppress(dbos_error.DBOSException):  # another worker was faster
            await DBOS.rewind_workflow_async(exchange)

    async def forget(self, exchanges: list[str]) -> None:
        """Erase the engine's rows of ended exchanges."""
        await DBOS.delete_workflows_async(exchanges)

    async def stop(self) -> None:
        """Let go of every exchange where it stands; the next start takes it up again."""
        while tasks := [*self._driving.values(), *self._beside]:
            for task in self._driving.values():
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)

    async def _enrol(self, exchange: str) -> None:
        with SetWorkflowID(exchange):
            await DBOS.start_workflow_async(self._workflow, exchange)

    def _tell(self, exchange: str) -> None:
        """Have the engine know an exchange that runs here."""
        self._keep(asyncio.create_task(self._enrol(exchange)))

    def _over(self, exchange: str, later: asyncio.TimerHandle, task: asyncio.Task[str]) -> None:
        """What ended well within its moment is over; what broke off is left to the engine."""
        untold = later.when() > asyncio.get_running_loop().time()
        later.cancel()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("exchange=%s broke off: %s", exchange, type(error).__name__)
            if untold:
                self._tell(exchange)

    def _drive(self, exchange: str) -> asyncio.Task[str]:
        """The task that drives an exchange here; one however often it is asked for."""
        if exchange not in self._driving:
            task = asyncio.create_task(self._driven(exchange))
            self._driving[exchange] = task
            task.add_done_callback(lambda task: self._driving.pop(exchange))
        return self._driving[exchange]

    async def _driven(self, exchange: str) -> str:
        if self.driver is None:
            raise RuntimeError("the workflows were started before their driver was set")
        with self._sleepers.hung(exchange) as bell:
            run = DurableRun(exchange, bell, self._watchers, self._resting)
            return await self.driver.run(run, exchange)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def _body(self) -> Callable[[str], Awaitable[str]]:
        async def exchange(name: str) -> str:
            task = asyncio.current_task()
            if task is not None:
                self._keep(task)
            return await self._drive(name)

        return exchange

    def _config(self) -> DBOSConfig:
        config = engine_config("sdg-connector", url=self.url, worker=self.worker)
        config["system_database_engine"] = sqlite_engine(self.url)
        return config


@dataclass(frozen=True, slots=True)
class Standing:
    """How a workflow stands that has not ended well."""

    worker: str
    """Whose it is, or was when it broke off."""
    taken: bool
    """Whether a worker has it; another waits for one."""
    broken: bool
    """Whether it ended in an error."""
    here: bool
    """Whether it runs in this process."""
