"""One way to speak to SQLite and PostgreSQL, with ``?`` for a value in both."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from translations.errors import Misuse, StoreUnavailable

Row = tuple[Any, ...]
_POSTGRES: Final = ("postgresql://", "postgres://", "postgresql+psycopg://")
_BUSY_SECONDS: Final = 30.0
_ONE_AT_A_TIME: Final = 0x5D6
"""Key of the advisory lock under which tables are made in PostgreSQL."""


class Statements(Protocol):
    """Statements inside one transaction."""

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Run one statement; the rows that it gives."""
        ...

    def run_many(self, sql: str, values: Iterable[Sequence[object]]) -> int:
        """Run one statement for each group of values; how many rows it changed."""
        ...


class Database:
    """A connection that threads share; each transaction is whole or does not happen."""

    def __init__(self, place: Path | str, *, schema: dict[str, str]) -> None:
        """Open the database and make the tables that lack.

        ``place`` is a path, ``:memory:``, ``sqlite:///path`` or ``postgresql://…``; ``schema``
        holds the statements for ``sqlite`` and ``postgresql``. Raises `Misuse` for a file that is
        no database or a driver that lacks, `StoreUnavailable` when PostgreSQL does not answer.
        """
        text = str(place)
        self._lock = threading.RLock()
        self._where, self._ended = text, False
        if text.startswith(_POSTGRES):
            self.dialect = "postgresql"
            self._failures: tuple[type[Exception], ...] = _psycopg_errors()
            self._connection = self._postgres()
            with self.writing() as statements:
                statements.run("select pg_advisory_xact_lock(?)", (_ONE_AT_A_TIME,))
                for statement in schema["postgresql"].split(";"):
                    if statement.strip():
                        statements.run(statement)
        else:
            self.dialect = "sqlite"
            self._failures = (sqlite3.OperationalError,)
            self._connection = self._sqlite(text.removeprefix("sqlite:///"), schema["sqlite"])

    def _sqlite(self, path: str, schema: str) -> Any:
        try:
            connection = sqlite3.connect(
                path, check_same_thread=False, timeout=_BUSY_SECONDS, isolation_level=None
            )
            connection.execute("pragma foreign_keys = on")
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            connection.execute("pragma cache_size = -100000")
            connection.executescript(schema)
        except sqlite3.DatabaseError as error:
            raise Misuse(f"{path[-80:]} cannot be opened: {error}") from None
        return connection

    def _postgres(self) -> Any:
        import psycopg  # noqa: PLC0415  only who keeps things in PostgreSQL needs it

        try:
            address = self._where.replace("postgresql+psycopg://", "postgresql://", 1)
            return psycopg.connect(address, autocommit=True)
        except psycopg.Error as error:
            raise StoreUnavailable(f"PostgreSQL: {type(error).__name__}") from None

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._ended = True
            self._connection.close()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a question."""
        with self._lock:
            try:
                return list(self._connection.execute(self._said(sql), values).fetchall())
            except self._failures as error:
                self._again_if_lost()
                raise StoreUnavailable(f"{self.dialect}: {type(error).__name__}") from None

    @contextmanager
    def writing(self) -> Iterator[Statements]:
        """One transaction; an exception undoes it."""
        with self._lock:
            begun = False
            try:
                self._connection.execute("begin immediate" if self.dialect == "sqlite" else "begin")
                begun = True
                yield _Running(self._connection, self._said)
                self._connection.execute("commit")
            except self._failures as error:
                self._undo(begun=begun)
                raise StoreUnavailable(f"{self.dialect}: {type(error).__name__}") from None
            except BaseException:
                self._undo(begun=begun)
                raise

    def _undo(self, *, begun: bool) -> None:
        if begun and not self._again_if_lost():
            self._connection.execute("rollback")

    def _again_if_lost(self) -> bool:
        """Connect again when PostgreSQL dropped the connection; whether it did."""
        lost = self.dialect == "postgresql" and self._connection.closed
        if self._ended or not lost:
            return False
        self._connection = self._postgres()
        return True

    def _said(self, sql: str) -> str:
        return sql if self.dialect == "sqlite" else sql.replace("%", "%%").replace("?", "%s")


class _Running:
    def __init__(self, connection: Any, said: Any) -> None:
        self._connection, self._said = connection, said

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        cursor = self._connection.execute(self._said(sql), values)
        return list(cursor.fetchall()) if cursor.description else []

    def run_many(self, sql: str, values: Iterable[Sequence[object]]) -> int:
        cursor = self._connection.cursor()
        cursor.executemany(self._said(sql), list(values))
        return max(0, int(cursor.rowcount))


def _psycopg_errors() -> tuple[type[Exception], ...]:
    try:
        import psycopg  # noqa: PLC0415  only who keeps things in PostgreSQL needs it
    except ImportError:
        raise Misuse(
            "a postgresql:// address needs psycopg: pip install sdg-connector[postgres]"
        ) from None
    return (psycopg.OperationalError, psycopg.InterfaceError)
