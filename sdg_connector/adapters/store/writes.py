"""Writes that happen together, and none of them unless the first one finds its row.

On PostgreSQL they are one statement: one way to the server, where a transaction takes two more
than it has statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

import sqlalchemy as sa

from sdg_connector.adapters.store.transaction import Transaction, Values

FIRST: Final = "first_write"
_SHAPES: Final = 256


class Adding(Protocol):
    """Where a part of the store puts what it writes: a ``Transaction``, or ``Writes``."""

    def add(
        self,
        statement: sa.Executable,
        values: Values,
        *,
        named: str = "",
        otherwise: Exception | None = None,
    ) -> None:
        """Write with everything else, or nothing.

        What the statement returns is a table for the next one under the name ``named``.
        ``otherwise`` is raised when another number of rows than one is changed.
        """

    def add_each(self, statement: sa.Executable, several: Iterable[Values]) -> None:
        """Write rows of which only one need be in memory at a time."""


@dataclass(frozen=True, slots=True)
class Write:
    """One of several writes."""

    statement: sa.Executable
    values: Values
    named: str = ""
    otherwise: Exception | None = None
    several: Iterable[Values] | None = None
    """Rows of which only one need be in memory at a time, instead of ``values``."""


@dataclass(slots=True)
class Writes:
    """What ``Database.write`` writes after the first; in no order, as none reads another's rows."""

    all: list[Write] = field(default_factory=list)
    in_turn: bool = False
    """Whether they have to be written one by one."""

    def add(
        self,
        statement: sa.Executable,
        values: Values,
        *,
        named: str = "",
        otherwise: Exception | None = None,
    ) -> None:
        """As ``Adding`` says."""
        self.in_turn = self.in_turn or otherwise is not None
        self.all.append(Write(statement, values, named, otherwise))

    def add_each(self, statement: sa.Executable, several: Iterable[Values]) -> None:
        """As ``Adding`` says."""
        self.in_turn = True
        self.all.append(Write(statement, {}, several=several))

    def write_to(self, transaction: Transaction) -> None:
        """Write statement by statement, the rows of one kind together."""
        kinds: dict[sa.Executable, list[Write]] = {}
        for one in self.all:
            kinds.setdefault(one.statement, []).append(one)
        for statement, writes in kinds.items():
            plain = all(one.several is None and one.otherwise is None for one in writes)
            if plain and len(writes) > 1:
                transaction.execute(statement, [one.values for one in writes])
                continue
            for one in writes:
                if one.several is not None:
                    transaction.add_each(statement, one.several)
                else:
                    transaction.add(statement, one.values, named=one.named, otherwise=one.otherwise)


@lru_cache(_SHAPES)
def in_one(first: str, others: tuple[tuple[str, str], ...]) -> str:
    """One statement of PostgreSQL for several, the ``others`` with their names, if any.

    Each of the others is bound to the row of the first one, and so comes after it: whoever waits
    for that row holds no lock of theirs.
    """
    parts = [f"{FIRST} AS ({first})"]
    for number, (name, sql) in enumerate(others):
        parts.append(f"{name or f'write_{number}'} AS ({_after_first(sql)})")
    return f"WITH {', '.join(parts)} SELECT * FROM {FIRST}"  # noqa: S608  no value is in it


def _after_first(sql: str) -> str:
    into, values, row = sql.partition(" VALUES (")
    if values:
        return f"{into} SELECT {row.removesuffix(')')} FROM {FIRST}"  # noqa: S608
    change, returning, columns = sql.partition(" RETURNING ")
    return f"{change} AND EXISTS (SELECT 1 FROM {FIRST}){returning}{columns}"  # noqa: S608
