"""PostgreSQL at the cost of its own C library: a statement is prepared once and run in one call.

psycopg makes the connection, knows what errors and types are called and reads the rows. Its cursors
wait for the server in Python, which lets go of the interpreter's lock several times for each
statement and costs twice what this does.
"""

import re
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer

_TEXT: Final = pq.Format.TEXT
_BINARY: Final = pq.Format.BINARY
_KEPT: Final = 256
"""Statements that the server keeps for a connection: the shapes of ours are far fewer."""
_MARK: Final = re.compile("%[%s]")
_GOOD: Final = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})


class PreparedConnection:
    """A connection outside of any transaction, but for those that ``begin`` begins."""

    __slots__ = ("_connection", "_prepared", "_server")

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._server = connection.pgconn
        self._prepared: dict[str, bytes] = {}

    @property
    def closed(self) -> bool:
        """Whether it leads nowhere any more."""
        return self._server.status != pq.ConnStatus.OK

    def fileno(self) -> int:
        """Its socket."""
        return self._server.socket

    def cursor(self) -> "PreparedCursor":
        """What runs one statement after the other."""
        return PreparedCursor(self)

    def streaming_cursor(self) -> Any:
        """A cursor of the server's, inside a transaction; it does not fetch every row at once."""
        return self._connection.cursor("rows", binary=True)

    def run(self, sql: str, bound: Sequence[Any]) -> pq.abc.PGresult:
        """Run a statement, whose parameters stand as ``%s``; raises ``psycopg.Error``.

        Takes text, octets, whole numbers, truth values and None.
        """
        values: list[Any] = []
        formats = []
        for one in bound:
            value, how = _parameter(one)
            values.append(value)
            formats.append(how)
        name = self._prepared.get(sql) or self._prepare(sql)
        return self._done(lambda: self._server.exec_prepared(name, values, formats, _BINARY))

    def rows(self, result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
        """Every row of a result."""
        reading = Transformer(self._connection)
        reading.set_pgresult(result, format=_BINARY)
        return reading.load_rows(0, result.ntuples, tuple)

    def begin(self, words: str = "BEGIN") -> None:
        """Begin a transaction."""
        self._say(words)

    def commit(self) -> None:
        """End the transaction, if one is open."""
        self._end("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction, if one is open."""
        self._end("ROLLBACK")

    def close(self) -> None:
        """Let go of the server."""
        self._connection.close()

    def _end(self, words: str) -> None:
        if self._server.transaction_status != pq.TransactionStatus.IDLE:
            self._say(words)

    def _say(self, words: str) -> None:
        self._done(lambda: self._server.exec_(words.encode()))

    def _prepare(self, sql: str) -> bytes:
        if len(self._prepared) >= _KEPT:
            self._say("DEALLOCATE ALL")
            self._prepared.clear()
        name = b"sdg_%d" % len(self._prepared)
        words = _numbered(sql).encode()
        self._done(lambda: self._server.prepare(name, words))
        self._prepared[sql] = name
        return name

    def _done(self, call: Callable[[], pq.abc.PGresult]) -> pq.abc.PGresult:
        try:
            result = call()
        except MemoryError:
            # What the C library gives for a connection that broke before is no result at all.
            if not self.closed:
                raise
            raise psycopg.OperationalError("the connection broke") from None
        if result.status not in _GOOD:
            raise _error(result)
        return result


class PreparedCursor:
    """Runs statements of one connection, as far as a ``Transaction`` needs it."""

    __slots__ = ("_connection", "_result", "rowcount")

    def __init__(self, connection: PreparedConnection) -> None:
        self._connection = connection
        self._result: pq.abc.PGresult | None = None
        self.rowcount = 0
        """How many rows the last statement changed or found."""

    def execute(self, sql: str, bound: Sequence[Any]) -> None:
        """Run a statement; raises ``psycopg.Error``."""
        self._result = self._connection.run(sql, bound)
        self.rowcount = self._result.command_tuples or 0

    def executemany(self, sql: str, several: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each of several values; raises likewise."""
        changed = 0
        for bound in several:
            self.execute(sql, bound)
            changed += self.rowcount
        self.rowcount = changed

    @property
    def description(self) -> list[tuple[str, int]] | None:
        """Name and type of each column; None for a statement without rows."""
        result = self._result
        if result is None or result.status != pq.ExecStatus.TUPLES_OK:
            return None
        return [
            ((result.fname(number) or b"").decode(), result.ftype(number))
            for number in range(result.nfields)
        ]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row of the last statement."""
        return [] if self._result is None else self._connection.rows(self._result)


def _parameter(value: Any) -> tuple[bytes | None, pq.Format]:
    """A value as the server takes it; a text as octets with their length, which ends at no zero."""
    if value is None:
        return None, _TEXT
    if isinstance(value, str):
        return value.encode(), _BINARY
    if isinstance(value, psycopg.Binary):  # as SQLAlchemy marks octets
        value = value.obj
    if isinstance(value, bytes):
        return value, _BINARY
    if isinstance(value, bool):
        return (b"t" if value else b"f"), _TEXT
    if isinstance(value, int):
        return b"%d" % value, _TEXT
    raise psycopg.ProgrammingError(f"a statement takes no {type(value).__name__}")


def _numbered(sql: str) -> str:
    """The statement with its parameters as ``$1`` and so on, as the server counts them."""
    numbers = count(1)
    return _MARK.sub(lambda mark: "%" if mark[0] == "%%" else f"${next(numbers)}", sql)


def _error(result: pq.abc.PGresult) -> psycopg.Error:
    """The error of a result, in the server's first sentence: the others may repeat values."""
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    sentence = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY)
    said = "the connection broke" if sentence is None else sentence.decode(errors="replace")
    if state is None:
        return psycopg.OperationalError(said)
    try:
        return psycopg.errors.lookup(state.decode())(said)
    except KeyError:
        return psycopg.DatabaseError(said)
