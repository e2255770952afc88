"""Exchanges as DBOS workflows: SQLite for one process, PostgreSQL for several, one URL.

The engine knows which exchanges run and in which process, and takes up again what was cut off. How
far each one has come stands in the book, whose transactions say it once: so a workflow records no
steps of its own, and an engine whose last commits were lost is told again at the next start. A
workflow knows an exchange by its id; nothing else goes into the engine's tables, and what does is
JSON, never a pickle.
"""

import asyncio
import contextlib
import json
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, Final, Self

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, Serializer, SetWorkflowID
from dbos import error as dbos_error

from sdg_connector.adapters.bells import Bells
from sdg_connector.adapters.outage import is_away, tell_outages
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import Bell, Driver

_log = logging.getLogger(__name__)
_VERSION: Final = "1"
"""Version of the workflow's shape: exchanges that began under it are taken up again under it."""
_SQLITE_WITH_SUBSECONDS: Final = (3, 42)
"""The first SQLite whose ``unixepoch`` knows ``subsec``; Debian 12 has an older one."""
_TAKEN: Final = "PENDING"
_UNDER_WAY: Final = (_TAKEN, "ENQUEUED", "DELAYED")
STUCK: Final = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
"""The engine's words for a workflow that goes on only when somebody says so."""
_QUIET: Final = logging.ERROR
_MANY_RESTARTS: Final = 1_000_000
"""An exchange waits for days, and the process may be restarted meanwhile as often as it likes."""
_PATIENCE_SECONDS: Final = (0.2, 1.0, 5.0)
"""Between attempts while the database or the disk is away; the last one repeats."""


class JsonSerializer(Serializer):  # type: ignore[misc]
    """Ids, states and seconds as JSON; an error as its class and sentence."""

    def serialize(self, data: Any) -> str:
        """To the engine's tables."""
        return json.dumps(data, default=_sentence)

    def deserialize(self, serialized_data: str) -> Any:
        """From the engine's tables."""
        value = json.loads(serialized_data)
        if isinstance(value, dict) and set(value) == {"error"}:
            return WorkflowFailed(value["error"])
        return value

    def name(self) -> str:
        """How the engine's tables call it."""
        return "sdg_json"


class WorkflowFailed(Exception):
    """What an earlier run of a workflow ended with."""


def _sentence(value: object) -> dict[str, str]:
    if isinstance(value, BaseException):
        return {"error": f"{type(value).__name__}: {value}"}
    raise TypeError(f"{type(value).__name__} does not belong into a workflow")


def _nobody(exchange: str) -> None:
    """A worker without others."""


@dataclass(slots=True)
class DurableRun:
    """The port ``Run`` inside a workflow."""

    exchange: str
    bell: Bell
    watchers: Bells
    rests: bool = False
    """Whether it waits now."""

    async def step(
        self, name: str, work: Callable[[], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        """The result of the work.

        A database that is away or a disk that is full is waited for: the exchange goes on when it
        is back, and does not end by it.
        """
        try:
            for pause in chain(_PATIENCE_SECONDS, repeat(_PATIENCE_SECONDS[-1])):
                try:
                    return await work()
                except (sa.exc.SQLAlchemyError, OSError) as error:
                    if not is_away(error):
                        raise
                    _log.warning("%s waits for the store: %s", name, type(error).__name__)
                    await asyncio.sleep(pause)
        finally:
            self.watchers.ring(self.exchange)
        raise AssertionError("unreachable")

    async def wait(self, seconds: float) -> None:
        """Until the exchange is woken, or the time has passed."""
        self.rests = True
        await self.bell.heard(seconds)
        self.rests = False


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
    _running: dict[asyncio.Task[Any], DurableRun] = field(
        default_factory=dict, init=False, repr=False
    )
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

    async def begin(self, exchange: str) -> None:
        """Start the exchange, once however often it is asked for.

        The engine runs a name once: a start that finds it there changes and runs nothing.
        """
        with SetWorkflowID(exchange):
            await DBOS.start_workflow_async(self._workflow, exchange)

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
        """A bell that rings whenever the exchange has gone a step here."""
        return self._watchers.hung(exchange)

    def runs_here(self, exchange: str) -> bool:
        """Whether the exchange is run in this process, so that its bell rings."""
        return exchange in self._sleepers

    def nudge(self, exchanges: Collection[str]) -> None:
        """Wake those that rest: what another process left for them waits in the book."""
        resting = {run.exchange for run in self._running.values() if run.rests}
        for exchange in resting.intersection(exchanges):
            self.hear(exchange)

    async def standing(self) -> dict[str, "Standing"]:
        """The workflows that have not ended, or ended in an error, by name."""
        found = await DBOS.list_workflows_async(
            status=[*_UNDER_WAY, *STUCK], load_input=False, load_output=False
        )
        here = {run.exchange for run in self._running.values()}
        return {
            one.workflow_id: Standing(
                worker=one.executor_id or "",
                taken=one.status == _TAKEN,
                broken=one.status in STUCK,
                here=one.workflow_id in here,
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
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)

    def _body(self) -> Callable[[str], Awaitable[str]]:
        async def exchange(name: str) -> str:
            if self.driver is None:
                raise RuntimeError("the workflows were started before their driver was set")
            with self._sleepers.hung(name) as bell:
                run = DurableRun(name, bell, self._watchers)
                task = asyncio.current_task()
                if task is not None:
                    self._running[task] = run
                    task.add_done_callback(self._running.pop)
                return await self.driver.run(run, name)

        return exchange

    def _config(self) -> DBOSConfig:
        return DBOSConfig(
            name="sdg-connector",
            system_database_url=self.url,
            system_database_engine=_sqlite_engine(self.url),
            application_version=_VERSION,
            executor_id=self.worker,
            serializer=JsonSerializer(),
            enable_otlp=False,
            log_level="ERROR",
            console_log_level="ERROR",
        )


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


@dataclass(frozen=True, slots=True)
class Remote:
    """The workflows of a service that runs in another process, or will run again."""

    client: DBOSClient

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the engine's tables, which the service has made; raises ``OwnMistake``."""
        logging.getLogger("dbos").setLevel(logging.CRITICAL)
        try:
            return cls(
                DBOSClient(
                    system_database_url=url,
                    system_database_engine=_sqlite_engine(url),
                    serializer=JsonSerializer(),
                    retry_connection_errors=False,
                )
            )
        except (sa.exc.SQLAlchemyError, dbos_error.DBOSException, OSError) as problem:
            # The driver's own sentence may repeat the address with its user.
            reason = f"the workflow engine's tables cannot be opened ({type(problem).__name__})"
            raise OwnMistake(reason) from None

    def status(self, exchange: str) -> str:
        """The engine's word for how the workflow stands; empty before it began."""
        found = self.client.list_workflows(workflow_ids=[exchange])
        return str(found[0].status) if found else ""

    def go_on(self, exchange: str) -> None:
        """Run a workflow that ended in an error again, from where the book says it stands."""
        self.client.rewind_workflow(exchange, start_step=1)

    def close(self) -> None:
        """Close every connection."""
        self.client.destroy()


def _sqlite_engine(url: str) -> sa.Engine | None:
    """The engine's SQLite, whose commits outlive the process and not a power cut.

    What a power cut takes, the next start tells the engine again from the book; in WAL the file
    stays whole (https://www.sqlite.org/pragma.html#pragma_synchronous).
    """
    if not url.startswith("sqlite"):
        return None
    engine = sa.create_engine(url, pool_size=10, max_overflow=20)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        if sqlite3.sqlite_version_info < _SQLITE_WITH_SUBSECONDS:
            # On Python 3.12 and newer DBOS asks for it whatever SQLite the interpreter has.
            connection.create_function("unixepoch", 1, lambda kind: round(time.time(), 3))

    tell_outages(engine)
    return engine
