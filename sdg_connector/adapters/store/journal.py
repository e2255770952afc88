"""The append-only record of exchanges, each entry bound to the one before it.

Implementing Regulation (EU) 2022/1463, article 17: who asked, on whose explicit request, what type
of evidence, when, and how it ended. No evidence and no person stands here: the person's request is
recorded by the exchange's id, which the encrypted order names as long as it is kept.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.tables import CHECKPOINTS, JOURNAL
from sdg_connector.errors import ConnectorError

_BEGINNING: Final = "0" * 64
_LOCK: Final = 0x5D6C0117
"""Key of PostgreSQL's advisory lock under which entries get their numbers."""


class JournalBroken(ConnectorError):
    """An entry was altered, removed or put in between."""

    def __init__(self, number: int) -> None:
        super().__init__(f"journal: the chain breaks at entry {number}")
        self.number = number


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    number: int
    at: datetime
    exchange: str
    content: Mapping[str, Any]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of a database."""

    database: Database

    def append_in(
        self, connection: sa.Connection, *, at: datetime, exchange: str, content: Mapping[str, Any]
    ) -> None:
        """Write an entry down inside the transaction of what it records."""
        if not self.database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        number, previous = self._last(connection)
        entry = json.dumps(content, sort_keys=True, ensure_ascii=True)
        connection.execute(
            JOURNAL.insert().values(
                number=number + 1,
                at=at,
                exchange=exchange,
                entry=entry,
                previous=previous,
                digest=_digest(number + 1, at, exchange, entry, previous),
            )
        )

    def entries(self, *, exchange: str = "", since: datetime | None = None) -> Iterator[Entry]:
        """Every entry in order, or those of one exchange, or those from a moment on."""
        query = sa.select(JOURNAL).order_by(JOURNAL.c.number)
        if exchange:
            query = query.where(JOURNAL.c.exchange == exchange)
        if since is not None:
            query = query.where(JOURNAL.c.at >= since)
        with self.database.reading() as connection:
            for row in connection.execute(query.execution_options(yield_per=500)):
                yield Entry(
                    number=row.number,
                    at=row.at,
                    exchange=row.exchange,
                    content=json.loads(row.entry),
                    previous=row.previous,
                    digest=row.digest,
                )

    def verify(self) -> int:
        """Follow the whole chain; gives the number of entries, raises ``JournalBroken``."""
        with self.database.reading() as connection:
            number, previous = self._checkpoint(connection)
            count = 0
            for row in connection.execute(sa.select(JOURNAL).order_by(JOURNAL.c.number)):
                expected = _digest(row.number, row.at, row.exchange, row.entry, previous)
                if row.number != number + 1 or (row.previous, row.digest) != (previous, expected):
                    raise JournalBroken(number + 1)
                number, previous, count = row.number, row.digest, count + 1
        return count

    def export(self) -> Iterator[str]:
        """Every entry as one line of JSON, with what binds it."""
        for entry in self.entries():
            yield json.dumps(
                {
                    "number": entry.number,
                    "at": entry.at.isoformat(),
                    "exchange": entry.exchange,
                    **entry.content,
                    "previous": entry.previous,
                    "digest": entry.digest,
                },
                ensure_ascii=False,
            )

    def erase_before(self, moment: datetime, *, now: datetime) -> int:
        """Erase older entries from the front; the chain goes on from the last one's digest."""
        with self.database.writing() as connection:
            last = connection.execute(
                sa.select(JOURNAL.c.number, JOURNAL.c.digest)
                .where(JOURNAL.c.at < moment)
                .order_by(JOURNAL.c.number.desc())
                .limit(1)
            ).first()
            if last is None:
                return 0
            erased = connection.execute(
                JOURNAL.delete().where(JOURNAL.c.number <= last.number)
            ).rowcount
            connection.execute(CHECKPOINTS.delete())
            connection.execute(
                CHECKPOINTS.insert().values(number=last.number, digest=last.digest, erased_at=now)
            )
            return erased

    def _last(self, connection: sa.Connection) -> tuple[int, str]:
        row = connection.execute(
            sa.select(JOURNAL.c.number, JOURNAL.c.digest).order_by(JOURNAL.c.number.desc()).limit(1)
        ).first()
        return self._checkpoint(connection) if row is None else (row.number, row.digest)

    @staticmethod
    def _checkpoint(connection: sa.Connection) -> tuple[int, str]:
        row = connection.execute(sa.select(CHECKPOINTS.c.number, CHECKPOINTS.c.digest)).first()
        return (0, _BEGINNING) if row is None else (row.number, row.digest)


def _digest(number: int, at: datetime, exchange: str, entry: str, previous: str) -> str:
    line = "\n".join((str(number), at.isoformat(), exchange, entry, previous))
    return hashlib.sha256(line.encode()).hexdigest()
