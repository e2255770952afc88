"""A database behind one URL, its transactions short and its writers in a row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa

from sdg_connector.adapters.store.connections import Connections
from sdg_connector.adapters.store.drivers import Driver, driver_of
from sdg_connector.adapters.store.tables import METADATA
from sdg_connector.adapters.store.transaction import (
    DriverConnection,
    Rows,
    Statements,
    Transaction,
    Values,
)
from sdg_connector.adapters.store.writes import Writes, in_one
from sdg_connector.connector import Overtaken
from sdg_connector.errors import OwnMistake

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_AGAIN = 10
_DEADLOCK = "40P01"
"""PostgreSQL ends one of the transactions that wait for each other."""


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
    """Opened by ``open``; every ``writing`` block is one transaction.

    What goes wrong with the database is told in SQLAlchemy's errors, whichever driver it is.
    """

    def __init__(self, engine: sa.Engine, driver: Driver) -> None:
        self._engine = engine
        self._driver = driver
        self._connections = Connections(self._connect, is_usable=driver.is_usable)
        self._statements = Statements(engine.dialect)
        self._errors = engine.dialect.loaded_dbapi.Error
        self._turn = Lock() if driver.one_writes else nullcontext()
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
        driver = driver_of(parsed)
        engine = driver.engine(parsed)
        with engine.connect() as connection:
            if driver.one_writes:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                tables.create_all(connection)
            except sa.exc.IntegrityError:
                raise Overtaken("another worker makes the same tables") from None
            _demand_columns(connection, tables)
            connection.commit()
        return cls(engine, driver)

    @property
    def is_sqlite(self) -> bool:
        """Whether one file on one machine holds everything."""
        return self._driver.one_writes

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction; SQLite's writers queue up at its begin instead of failing inside.

        Raises ``Overtaken`` when another worker wrote the same row at the same moment.
        """
        with self._turn, _overtaken(), self._transaction(self._driver.begin_writing) as transaction:
            yield transaction

    def write(self, first: sa.Executable, values: Values, then: Writes | None = None) -> Any | None:
        """Write, and ``then`` more if the first write changed its one row.

        Gives the row that the first write returns; None when it found none, and nothing is written.
        Raises ``Overtaken`` as ``writing`` does.
        """
        then = then or Writes()
        if self.is_sqlite or then.in_turn:
            with self.writing() as transaction:
                row = transaction.execute(first, values).first()
                if row is not None:
                    then.write_to(transaction)
                return row
        statement = self._statements.compiled(first, values)
        bound, others = statement.bound(values), []
        for one in then.all:
            compiled = self._statements.compiled(one.statement, one.values)
            others.append((one.named, compiled.sql))
            bound += compiled.bound(one.values)
        with _overtaken(), self._transaction() as alone:
            return alone.run(statement, in_one(statement.sql, tuple(others)), bound).first()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Reads that all see one moment, without holding anybody up."""
        with self._transaction(self._driver.begin_reading) as transaction:
            yield transaction

    def read(self, statement: sa.Executable, values: Values | None = None) -> Rows:
        """A single statement, which sees one moment without a transaction around it."""
        with self._transaction() as alone:
            return alone.execute(statement, values or {})

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    @contextmanager
    def _transaction(
        self, begin: Callable[[DriverConnection], None] | None = None
    ) -> Iterator[Transaction]:
        lost = False
        try:
            connection = self._connections.take()
            try:
                if begin is not None:
                    begin(connection)
                yield Transaction(connection, self._statements)
                if begin is not None:
                    connection.commit()
            except BaseException:
                lost = not self._rolled_back(connection)
                raise
            finally:
                self._connections.give_back(connection, lost=lost)
        except self._errors as error:
            raise sa.exc.DBAPIError.instance(
                None,
                None,
                error,
                self._errors,
                hide_parameters=True,
                connection_invalidated=lost,
                dialect=self._engine.dialect,
            ) from None

    def _rolled_back(self, connection: DriverConnection) -> bool:
        """Whether the connection can be used again."""
        try:
            connection.rollback()
        except self._errors:
            return False
        return not self._driver.is_lost(connection)

    def _connect(self) -> DriverConnection:
        """A new connection, out of the engine's hands."""
        made = self._engine.raw_connection()
        connection: Any = made.driver_connection
        made.detach()
        return self._driver.opened(connection)  # type: ignore[no-any-return]


@contextmanager
def _overtaken() -> Iterator[None]:
    try:
        yield
    except sa.exc.IntegrityError:
        raise Overtaken("another worker wrote the same row") from None
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _DEADLOCK:
            raise Overtaken("another worker wrote the same rows in another order") from None
        raise


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
