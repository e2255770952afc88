"""A database behind one URL, its transactions short and its writers in a row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa

from sdg_connector.adapters.store.tables import METADATA
from sdg_connector.connector import Overtaken
from sdg_connector.errors import OwnMistake

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_AGAIN = 10
_BUSY_MILLISECONDS = 30_000
_HANGING_MILLISECONDS = 60_000


def once_more(method: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Repeat a transaction that another worker overtook: it now finds what that one wrote."""

    @wraps(method)
    def repeated(*given: _Given.args, **named: _Given.kwargs) -> _Result:
        for _ in range(_AGAIN):
            try:
                return method(*given, **named)
            except Overtaken:
                continue
        return method(*given, **named)

    return repeated


class Database:
    """Opened by ``open``; every ``writing`` block is one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._turn = Lock()
        """SQLite's writers of one process take turns here, where waiting costs no sleeping."""

    @classmethod
    def open(cls, url: str, tables: sa.MetaData = METADATA) -> "Database":
        """Open ``sqlite:///…`` or ``postgresql+psycopg://…`` and make the tables that it lacks.

        Raises ``OwnMistake`` for any other URL, and for tables that another version made.
        """
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError:
            raise OwnMistake("the store's URL cannot be read") from None
        backend = parsed.get_backend_name()
        if backend == "sqlite":
            engine = sa.create_engine(parsed, pool_size=8, max_overflow=8)
            sa.event.listen(engine, "connect", _prepare_sqlite)
        elif backend == "postgresql":
            engine = sa.create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_size=8,
                max_overflow=8,
                pool_pre_ping=True,
            )
            sa.event.listen(engine, "connect", _prepare_postgresql)
        else:
            raise OwnMistake("the store is SQLite or PostgreSQL")
        database = cls(engine)
        try:
            with database.writing() as connection:
                tables.create_all(connection)
                _demand_columns(connection, tables)
        except BaseException:
            database.close()
            raise
        return database

    @property
    def is_sqlite(self) -> bool:
        """Whether one file on one machine holds everything."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction; SQLite's writers queue up at its begin instead of failing inside.

        Raises ``Overtaken`` when another worker wrote the same row at the same moment.
        """
        turn = self._turn if self.is_sqlite else nullcontext()
        with turn, self._engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except sa.exc.IntegrityError:
                connection.rollback()
                raise Overtaken("another worker wrote the same row") from None
            except BaseException:
                connection.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Reads that all see one moment, without holding anybody up."""
        with self._engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _prepare_postgresql(connection: Any, record: Any) -> None:
    """A worker that hangs in a transaction loses it, and with it the locks that all others need."""
    connection.execute(f"SET idle_in_transaction_session_timeout = {_HANGING_MILLISECONDS}")
    connection.commit()


def _demand_columns(connection: sa.Connection, tables: sa.MetaData) -> None:
    """A table that was there before must hold every column: a wrong one fails now, and not later
    in the middle of an exchange.
    """
    found = sa.inspect(connection)
    for table in tables.sorted_tables:
        missing = {c.name for c in table.columns} - {
            c["name"] for c in found.get_columns(table.name)
        }
        if missing:
            raise OwnMistake(
                f"the database was made by another version: its table {table.name} lacks"
                f" {', '.join(sorted(missing))}; name an empty database, or begin with a new folder"
            )


def _prepare_sqlite(connection: Any, record: Any) -> None:
    """WAL lets readers go on while one writes; FULL means that a commit survives a power cut."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
