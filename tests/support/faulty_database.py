"""Databases that lose every so many-th call about an exchange, in each exchange other ones.

An exchange is told by the ids that ``marked_id`` makes: whoever acts for exchange ``n`` sets
``NUMBER`` to it, and each id that is made meanwhile carries it into the database.
"""

import os
import re
import socket
import sqlite3
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa

from sdg_connector.adapters.store.drivers import PostgresDriver
from sdg_connector.adapters.store.prepared import PreparedConnection
from sdg_connector.adapters.store.writes import FIRST

NUMBER: ContextVar[int] = ContextVar("number", default=0)
_MARK = re.compile(r"\b([0-9a-f]{8})-fa17-4")
_FAULTY, _WITNESS = "faulty", "witness"
"""In the URL of a database: it fails; it does not fail all the same."""
_APART = 3
"""The same call is lost again after so many others at the earliest."""
_WHOLE = f"WITH {FIRST} "
"""How a statement begins that is a transaction of its own."""
_OURS = ("MainThread", "asyncio", "turn", "dbos-executor")
"""Threads that work for one exchange; the engine's own look after all of them."""


def marked_id() -> str:
    """A UUID that names the exchange for which it is made."""
    return f"{NUMBER.get():08x}-fa17-4{uuid.uuid4().hex[:3]}-8000-{uuid.uuid4().hex[:12]}"


def number_in(text: str) -> int:
    """The exchange that an id was made for; 0 for none."""
    found = _MARK.search(text)
    return int(found[1], 16) if found else 0


@dataclass
class Faults:
    """What fails: one call in ``every``, in exchange ``n`` those that come ``n`` calls later.

    So among ``every`` exchanges each call of an exchange is lost by one of them at least.
    """

    every: int = 16
    length: int = 1
    """How many calls in a row fail."""
    enabled: bool = True
    counts: Counter[int] = field(default_factory=Counter)
    suffered: dict[int, list[str]] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    """Names that do not carry their number."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def about(self, parameters: Any) -> int:
        """Which exchange a call is about; 0 for none."""
        if not threading.current_thread().name.startswith(_OURS):
            return 0
        for value in _texts(parameters):
            if number := number_in(value) or self.aliases.get(value, 0):
                return number
        return 0

    def fails(self, number: int, call: str) -> bool:
        """Whether this call fails; counts it."""
        if not number or not self.enabled:
            return False
        with self._lock:
            self.counts[number] += 1
            lost = self.suffered.setdefault(number, [])
            due = (self.counts[number] - number) % self.every < self.length
            # Work that is repeated from its beginning must not meet its end in the same place.
            if not due or call in lost[-_APART:]:
                return False
            lost.append(call)
            return True


def _texts(parameters: Any) -> Iterable[str]:
    values = parameters.values() if isinstance(parameters, Mapping) else parameters or ()
    return (str(value) for value in values if isinstance(value, str))


def _sqlite_error(sentence: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(sentence)
    error.sqlite_errorcode = code
    return error


class _SqliteCursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = ()) -> Any:
        self.connection.meet(sql, parameters)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, several: Any) -> Any:
        self.connection.meet(sql, several[0])
        return super().executemany(sql, several)


class _SqliteConnection(sqlite3.Connection):
    faults: Faults
    number = 0
    last = ""

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(_SqliteCursor)

    def meet(self, call: str, parameters: Any) -> None:
        number = self.faults.about(parameters)
        self.number, self.last = number or self.number, call
        if self.faults.fails(number, call):
            raise _sqlite_error("disk I/O error", sqlite3.SQLITE_IOERR_WRITE)

    def commit(self) -> None:
        number, self.number = self.number, 0
        if self.in_transaction and self.faults.fails(number, f"COMMIT of {self.last}"):
            raise _sqlite_error("database or disk is full", sqlite3.SQLITE_FULL)
        super().commit()

    def rollback(self) -> None:
        self.number = 0
        super().rollback()


class _Prepared(PreparedConnection):
    """The store's, over one of the connections below."""

    __slots__ = ("_over",)

    def __init__(self, connection: "_PostgresConnection") -> None:
        super().__init__(connection)
        self._over = connection

    def run(self, sql: str, bound: Any) -> Any:
        whole, lost = sql.startswith(_WHOLE), self._over.meet(sql, bound)
        with self._over.losing(lost, before=bool(self._over.number % 2) or not whole):
            return super().run(sql, bound)

    def commit(self) -> None:
        number, lost = self._over.commits()
        with self._over.losing(lost, before=bool(number % 2)):
            super().commit()

    def rollback(self) -> None:
        self._over.number = 0
        super().rollback()


class _PostgresCursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if self.connection.meet(str(query), params):
            self.connection.cut()
        return super().execute(query, params, **options)

    def executemany(self, query: Any, several: Any, **options: Any) -> None:
        if self.connection.meet(str(query), several[0]):
            self.connection.cut()
        super().executemany(query, several, **options)


class _PostgresConnection(psycopg.Connection[Any]):
    """The engine's, as SQLAlchemy uses it."""

    faults: Faults
    number = 0
    last = ""

    def meet(self, call: str, parameters: Any) -> bool:
        number = self.faults.about(parameters)
        self.number, self.last = number or self.number, call
        return self.faults.fails(number, call)

    def cut(self) -> None:
        """Take the network away; what follows finds out by itself."""
        with socket.socket(fileno=os.dup(self.pgconn.socket)) as ours:
            ours.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def losing(self, lost: bool, *, before: bool) -> Iterator[None]:
        """Lose what the block does, or only that it was done: in every other exchange nobody hears
        of a transaction that was.
        """
        if lost and before:
            self.cut()
        yield
        if lost:
            self.cut()
            self.execute("SELECT 'whether it was'")

    def commits(self) -> tuple[int, bool]:
        """The exchange whose transaction ends, and whether that is lost."""
        number, self.number = self.number, 0
        idle = self.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE
        return number, not idle and self.faults.fails(number, f"COMMIT of {self.last}")

    def commit(self) -> None:
        number, lost = self.commits()
        with self.losing(lost, before=bool(number % 2)):
            super().commit()

    def rollback(self) -> None:
        self.number = 0
        super().rollback()


@contextmanager
def faulty_databases(faults: Faults) -> Iterator[Faults]:
    """Every connection to the faulty databases, made while the block runs, may fail."""

    def connect(dialect: Any, record: Any, given: list[Any], named: dict[str, Any]) -> Any:
        where = f"{given} {named}"
        if _FAULTY not in where or _WITNESS in where:
            return None
        if dialect.name == "sqlite":
            made = sqlite3.connect(*given, **named, factory=_SqliteConnection)
        else:
            made = _PostgresConnection.connect(*given, **named, cursor_factory=_PostgresCursor)
        made.faults = faults
        return made

    def opened(driver: PostgresDriver, connection: Any) -> Any:
        made = as_usual(driver, connection)
        return _Prepared(connection) if isinstance(connection, _PostgresConnection) else made

    as_usual = PostgresDriver.opened
    sa.event.listen(sa.Engine, "do_connect", connect)
    PostgresDriver.opened = opened  # type: ignore[method-assign]
    try:
        yield faults
    finally:
        PostgresDriver.opened = as_usual  # type: ignore[method-assign]
        sa.event.remove(sa.Engine, "do_connect", connect)
