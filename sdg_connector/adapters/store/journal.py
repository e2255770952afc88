"""The append-only record of exchanges, each entry bound to the one before it.

Implementing Regulation (EU) 2022/1463, article 17: who asked, on whose explicit request, what type
of evidence, when, and how it ended. No evidence and no person stands here: whose request it was is
a pseudonym that only the holder of the store's keys can make again.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.chain import (
    BEGINNING,
    Entry,
    JournalBroken,
    Verified,
    digest_of,
    exported,
    text_of,
    verify_chain,
)
from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.statements import adding
from sdg_connector.adapters.store.tables import CHECKPOINTS, JOURNAL
from sdg_connector.adapters.store.transaction import Transaction

_LOCK: Final = 0x5D6C0117
"""Key of PostgreSQL's advisory lock under which entries get their numbers."""

_TURN: Final = sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
_CHECKPOINT: Final = sa.select(CHECKPOINTS.c.number, CHECKPOINTS.c.digest)
_LAST: Final = (
    sa.select(JOURNAL.c.number, JOURNAL.c.digest).order_by(JOURNAL.c.number.desc()).limit(1)
)


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of a database."""

    database: Database

    def append(self, *, at: datetime, exchange: str, content: Mapping[str, Any]) -> None:
        """Write an entry down that records nothing else of the store."""
        with self.database.writing() as connection:
            self.append_in(connection, at=at, exchange=exchange, content=content)

    def append_in(
        self, connection: Transaction, *, at: datetime, exchange: str, content: Mapping[str, Any]
    ) -> None:
        """Write an entry down inside the transaction of what it records."""
        if not self.database.is_sqlite:
            connection.execute(_TURN)
        number, previous = self._last(connection)
        entry = text_of(content)
        connection.execute(
            adding(JOURNAL),
            {
                "number": number + 1,
                "at": at,
                "exchange": exchange,
                "entry": entry,
                "previous": previous,
                "digest": digest_of(number + 1, at, exchange, entry, previous),
            },
        )

    def entries(self, *, exchange: str = "", since: datetime | None = None) -> Iterator[Entry]:
        """Every entry in order, or those of one exchange, or those from a moment on."""
        query = sa.select(JOURNAL).order_by(JOURNAL.c.number)
        if exchange:
            query = query.where(JOURNAL.c.exchange == exchange)
        if since is not None:
            query = query.where(JOURNAL.c.at >= since)
        with self.database.reading() as connection:
            for row in connection.stream(query):
                yield Entry(
                    number=row.number,
                    at=row.at,
                    exchange=row.exchange,
                    content=_content(row.entry, row.number),
                    previous=row.previous,
                    digest=row.digest,
                )

    def about(self, pseudonyms: Collection[str]) -> Iterator[Entry]:
        """Every entry of the exchanges that one person asked for, by any of their pseudonyms."""
        asked = {one.exchange for one in self.entries() if one.content.get("subject") in pseudonyms}
        return (one for one in self.entries() if one.exchange in asked)

    def verify(self, *, expected: tuple[int, str] | None = None) -> Verified:
        """Follow the whole chain; raises ``JournalBroken``.

        ``expected`` is an entry that somebody noted down before, by number and digest.
        """
        return verify_chain(self.entries(), after=self.beginning(), expected=expected)

    def beginning(self) -> tuple[int, str]:
        """Number and digest of the entry before the first one that is kept."""
        with self.database.reading() as connection:
            return self._checkpoint(connection)

    def export(self, *, since: datetime | None = None) -> Iterator[str]:
        """The journal as lines of JSON with what binds them, from the first entry since then on."""
        entries = self.entries(since=since)
        first = next(entries, None)
        if first is None or since is None:
            yield from exported(self.entries(), after=self.beginning())
            return
        before = (first.number - 1, first.previous)
        yield from exported((one for part in ((first,), entries) for one in part), after=before)

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

    def _last(self, connection: Transaction) -> tuple[int, str]:
        row = connection.execute(_LAST).first()
        return self._checkpoint(connection) if row is None else (row.number, row.digest)

    @staticmethod
    def _checkpoint(connection: Transaction) -> tuple[int, str]:
        row = connection.execute(_CHECKPOINT).first()
        return (0, BEGINNING) if row is None else (row.number, row.digest)


def _content(entry: str, number: int) -> Mapping[str, Any]:
    try:
        found = json.loads(entry)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise JournalBroken(number)
    return found
