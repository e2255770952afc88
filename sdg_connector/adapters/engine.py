"""The workflow engine's own tables: what is written into them, how they are opened, and by whom.

A workflow knows an exchange by its id; nothing else goes into these tables, and what does is JSON,
never a pickle.
"""

import json
import logging
import sqlite3
import time
from dataclasses import dataclass
from typing import Any, Final, Self

import sqlalchemy as sa
from dbos import DBOSClient, DBOSConfig, Serializer
from dbos import error as dbos_error

from sdg_connector.adapters.outage import tell_outages
from sdg_connector.errors import OwnMistake

_SQLITE_WITH_SUBSECONDS: Final = (3, 42)
"""The first SQLite whose ``unixepoch`` knows ``subsec``; Debian 12 has an older one."""
_VERSION: Final = "1"
"""Version of a workflow's shape: those that began under it are taken up again under it."""
_NO_EVENTS_SECONDS: Final = 0.25
"""Between two looks of the engine for events of workflows, of which ours have none; it looks a
hundred times a second by itself. A stop waits for one."""
STUCK: Final = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
"""The engine's words for a workflow that goes on only when somebody says so."""


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


def engine_config(name: str, *, url: str, worker: str) -> DBOSConfig:
    """How the engine runs in every process of ours; ``worker`` is the process's own name."""
    return DBOSConfig(
        name=name,
        system_database_url=url,
        application_version=_VERSION,
        executor_id=worker,
        serializer=JsonSerializer(),
        notification_coalesce_sec=_NO_EVENTS_SECONDS,
        enable_otlp=False,
        log_level="ERROR",
        console_log_level="ERROR",
    )


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
                    system_database_engine=sqlite_engine(url),
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


def sqlite_engine(url: str) -> sa.Engine | None:
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
