"""Statements run at the driver's own cost: compiled once, then handed to its connection.

SQLAlchemy writes a statement in the words of the database and says how each column is bound and
read. It does so once for a statement that a module holds, and each time for one that is made where
it is used. Everything after that is the driver's: SQLAlchemy's own way there costs more than what
the database does.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol
from weakref import WeakKeyDictionary

import sqlalchemy as sa

Values = Mapping[str, Any]
_Process = Callable[[Any], Any]
_NONE: Final[Values] = {}
_MANY: Final = 500
"""Rows that are fetched at a time where they may be more than fit into memory."""


class DriverConnection(Protocol):
    """A connection of ``sqlite3``, or a ``PreparedConnection``."""

    def cursor(self) -> Any: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


class Rows:
    """What a statement gave: rows with their columns as attributes, or how many it changed."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """Every row."""
        return self._rows

    def first(self) -> Any | None:
        """The first row, if there is one."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The only row; raises ``ValueError`` when there is another number of them."""
        (row,) = self._rows
        return row


@dataclass(slots=True)
class Compiled:
    """A statement in the words of one database, for values of these names."""

    sql: str
    takes: tuple[tuple[str, _Process | None], ...]
    """Name of each parameter, in the order of the driver, and what makes the driver's value."""
    fixed: Values
    """Values that the statement brings along."""
    types: tuple[sa.types.TypeEngine[Any], ...]
    """Of the columns of a row; none for a statement of which they are not known."""
    dialect: sa.Dialect
    _read: Callable[[Sequence[Any]], Any] | None = None
    _ran: bool = False

    def bound(self, values: Values) -> tuple[Any, ...]:
        """The parameters as the driver takes them."""
        given = {**self.fixed, **values} if self.fixed else values
        return tuple(
            [given[name] if make is None else make(given[name]) for name, make in self.takes]
        )

    def reader(self, cursor: Any) -> Callable[[Sequence[Any]], Any] | None:
        """What makes a row of that which the driver gives; None for a statement without rows.

        A description is asked for once: psycopg makes it anew each time.
        """
        if not self._ran:
            description = cursor.description
            self._read = None if description is None else self._reader(description)
            self._ran = True
        return self._read

    def _reader(self, description: Sequence[Any]) -> Callable[[Sequence[Any]], Any]:
        make = _row(tuple(column[0] for column in description))
        found = [
            (index, process)
            for index, kind in enumerate(self.types)
            if (process := _reading(kind, self.dialect, description[index][1])) is not None
        ]
        if not found:
            return make

        def read(given: Sequence[Any]) -> Any:
            row = list(given)
            for index, process in found:
                row[index] = process(row[index])
            return make(row)

        return read


class Statements:
    """The compiled statements of one database."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        self._known: WeakKeyDictionary[sa.Executable, dict[tuple[str, ...], Compiled]] = (
            WeakKeyDictionary()
        )

    def compiled(self, statement: sa.Executable, values: Values) -> Compiled:
        """The statement for values of these names."""
        known = self._known.get(statement)
        if known is None:
            known = self._known[statement] = {}
        names = tuple(values)
        found = known.get(names)
        if found is None:
            found = known[names] = _compiled(statement, names, self._dialect)
        return found

    def streaming_cursor(self, connection: Any) -> Any:
        """A cursor that does not fetch every row at once."""
        if self._dialect.name == "sqlite":
            return connection.cursor()
        return connection.streaming_cursor()


class Transaction:
    """What ``Database`` gives to run statements with; it begins and ends outside of this class."""

    __slots__ = ("_connection", "_cursor", "_named", "_statements")

    def __init__(self, connection: DriverConnection, statements: Statements) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._named: tuple[str, tuple[Any, ...]] = ("", ())
        self._statements = statements

    def execute(self, statement: sa.Executable, values: Values | Sequence[Values] = _NONE) -> Rows:
        """Run a statement, or once for each of several values.

        Values are taken by the names of parameters or columns; raises ``ValueError`` for a name
        that the statement does not know, and for one that lacks.
        """
        cursor = self._cursor
        if not isinstance(values, Mapping):
            if len(values) > 1:
                many = self._statements.compiled(statement, values[0])
                cursor.executemany(many.sql, [many.bound(one) for one in values])
                return Rows((), cursor.rowcount)
            return self.execute(statement, values[0]) if values else Rows((), 0)
        compiled = self._statements.compiled(statement, values)
        return self.run(compiled, compiled.sql, compiled.bound(values))

    def add(
        self,
        statement: sa.Executable,
        values: Values,
        *,
        named: str = "",
        otherwise: Exception | None = None,
    ) -> None:
        """Write, with other writes or with a statement that it is ``named`` for, as ``Adding``."""
        compiled = self._statements.compiled(statement, values)
        before, bound = self._named
        bound += compiled.bound(values)
        if named:
            self._named = (f"WITH {named} AS ({compiled.sql}) ", bound)
            return
        self._named = ("", ())
        rows = self.run(compiled, before + compiled.sql, bound)
        if otherwise is not None and rows.rowcount != 1:
            raise otherwise

    def add_each(self, statement: sa.Executable, several: Iterable[Values]) -> None:
        """Write rows of which only one need be in memory at a time."""
        for values in several:
            self.add(statement, values)

    def run(self, compiled: Compiled, sql: str, bound: Sequence[Any]) -> Rows:
        """Run what is compiled already, in the words ``sql``, which give the same columns."""
        cursor = self._cursor
        cursor.execute(sql, bound)
        read = compiled.reader(cursor)
        if read is None:
            return Rows((), cursor.rowcount)
        return Rows([read(row) for row in cursor.fetchall()], cursor.rowcount)

    def scalar(self, statement: sa.Executable, values: Values = _NONE) -> Any | None:
        """The first column of the first row, if there is one."""
        row = self.execute(statement, values).first()
        return None if row is None else row[0]

    def scalars(self, statement: sa.Executable, values: Values = _NONE) -> tuple[Any, ...]:
        """The first column of every row."""
        return tuple([row[0] for row in self.execute(statement, values)])

    def stream(self, statement: sa.Executable) -> Iterator[Any]:
        """The rows of a reading, of which only some are in memory at a time."""
        compiled = self._statements.compiled(statement, _NONE)
        cursor = self._statements.streaming_cursor(self._connection)
        try:
            cursor.execute(compiled.sql, compiled.bound(_NONE))
            read = compiled.reader(cursor) or tuple
            while rows := cursor.fetchmany(_MANY):
                yield from map(read, rows)
        finally:
            cursor.close()


def _compiled(statement: sa.Executable, names: tuple[str, ...], dialect: sa.Dialect) -> Compiled:
    """Raises ``ValueError`` for names that are not those which the statement takes."""
    made: Any = statement.compile(  # type: ignore[attr-defined]
        dialect=dialect,
        column_keys=list(names),
        compile_kwargs={"render_postcompile": True},
    )
    order = tuple(made.positiontup)
    fixed = {name: made.params[name] for name in order if name not in names}
    types = {name: bind.type for bind, name in made.bind_names.items()}
    required = {name for bind, name in made.bind_names.items() if bind.required}
    if wrong := required.intersection(fixed) | set(names).difference(order):
        raise ValueError(f"the statement and its values differ in {', '.join(sorted(wrong))}")
    return Compiled(
        sql=made.string,
        takes=tuple((name, _binding(types, name, dialect)) for name in order),
        fixed=fixed,
        types=tuple(column.type for column in getattr(statement, "exported_columns", ())),
        dialect=dialect,
    )


def _binding(
    types: Mapping[str, sa.types.TypeEngine[Any]], name: str, dialect: sa.Dialect
) -> _Process | None:
    """What makes the driver's value; each value of an ``IN`` has the type of the whole."""
    kind = types[name] if name in types else types[name.rpartition("_")[0]]
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reading(
    kind: sa.types.TypeEngine[Any], dialect: sa.Dialect, driver_type: object
) -> _Process | None:
    return kind.dialect_impl(dialect).result_processor(dialect, driver_type)


@cache
def _row(columns: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    row: Any = namedtuple("Row", columns, rename=True)  # type: ignore[misc]
    make: Callable[[Sequence[Any]], Any] = row._make
    return make
