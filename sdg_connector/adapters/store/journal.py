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
from sqlalchemy.ext.compiler import compiles

from sdg_connector.adapters.store.chain import (
    BEGINNING,
    Entry,
    JournalBroken,
    Verified,
    between_of,
    exported,
    text_of,
    verify_chain,
)
from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.drivers import SHA256
from sdg_connector.adapters.store.tables import CHECKPOINTS, JOURNAL, JOURNAL_HEAD
from sdg_connector.adapters.store.transaction import Transaction
from sdg_connector.adapters.store.writes import Adding

_CHECKPOINT: Final = sa.select(CHECKPOINTS.c.number, CHECKPOINTS.c.digest)
_NUMBER: Final = JOURNAL_HEAD.c.number + 1
_LINE: Final = (
    sa.cast(_NUMBER, sa.Text) + sa.bindparam("between", type_=sa.Text) + JOURNAL_HEAD.c.digest
)


class _Sha256(sa.sql.functions.GenericFunction[str]):
    """Of a text, in hexadecimal digits."""

    type = sa.String()
    inherit_cache = True


@compiles(_Sha256, "sqlite")
def _on_sqlite(element: _Sha256, compiler: Any, **kw: Any) -> str:
    return f"{SHA256}({compiler.process(element.clauses, **kw)})"


@compiles(_Sha256, "postgresql")
def _on_postgresql(element: _Sha256, compiler: Any, **kw: Any) -> str:
    return f"encode(sha256(convert_to({compiler.process(element.clauses, **kw)}, 'UTF8')), 'hex')"


_NEXT: Final = (
    JOURNAL_HEAD.update()
    .values(number=_NUMBER, previous=JOURNAL_HEAD.c.digest, digest=_Sha256(_LINE))
    .where(sa.text("true"))
    .returning(JOURNAL_HEAD)
)
"""The head goes on by one entry; whoever writes another waits for the row, and then reads it."""
_ENTRY: Final = JOURNAL.insert().from_select(
    ["number", "at", "exchange", "entry", "previous", "digest"],
    sa.select(
        JOURNAL_HEAD.c.number,
        *(sa.bindparam(one, type_=JOURNAL.c[one].type) for one in ("at", "exchange", "entry")),
        JOURNAL_HEAD.c.previous,
        JOURNAL_HEAD.c.digest,
    ).where(sa.text("true")),
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
        self, connection: Adding, *, at: datetime, exchange: str, content: Mapping[str, Any]
    ) -> None:
        """Write an entry down inside the transaction of what it records."""
        entry = text_of(content)
        # In one statement of PostgreSQL, the head as it is then goes by the name of its table.
        named = "" if self.database.is_sqlite else JOURNAL_HEAD.name
        connection.add(_NEXT, {"between": between_of(at, exchange, entry)}, named=named)
        connection.add(_ENTRY, {"at": at, "exchange": exchange, "entry": entry})

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
