"""What an operator sees of the exchanges; each method is one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.exchange_rows import record_of
from sdg_connector.adapters.store.statements import is_open
from sdg_connector.adapters.store.tables import EXCHANGES, INBOX, OUTBOX
from sdg_connector.connector.book import Record

_FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """Looks into the book of a database that no exchange needs."""

    database: Database

    def recent(self, *, limit: int, open_only: bool = False) -> tuple[Record, ...]:
        """The newest exchanges, for an operator."""
        query = sa.select(EXCHANGES).order_by(EXCHANGES.c.created.desc()).limit(limit)
        if open_only:
            query = query.where(is_open(EXCHANGES))
        return tuple(record_of(row) for row in self.database.read(query))

    def standing(self) -> dict[str, float]:
        """How many exchanges that have not ended stand in each state."""
        query = (
            sa.select(EXCHANGES.c.state, sa.func.count())
            .where(is_open(EXCHANGES))
            .group_by(EXCHANGES.c.state)
        )
        return {state: float(count) for state, count in self.database.read(query)}

    def beginning_with(self, prefix: str) -> tuple[str, ...]:
        """Ids that begin so, a few at most."""
        query = (
            sa.select(EXCHANGES.c.exchange)
            .where(EXCHANGES.c.exchange.startswith(prefix, autoescape=True))
            .order_by(EXCHANGES.c.exchange)
            .limit(_FEW)
        )
        return tuple(row.exchange for row in self.database.read(query))

    def messages(self, exchange: str) -> tuple[tuple[str, str, datetime, bool], ...]:
        """Direction, id, time and delivery of each message of an exchange, for an operator."""
        with self.database.reading() as connection:
            sent = connection.execute(
                sa.select(OUTBOX.c.message_id, OUTBOX.c.at, OUTBOX.c.delivered_at)
                .where(OUTBOX.c.exchange == exchange)
                .order_by(OUTBOX.c.number)
            ).all()
            came = connection.execute(
                sa.select(INBOX.c.message_id, INBOX.c.at).where(INBOX.c.exchange == exchange)
            ).all()
        messages = [("out", row.message_id, row.at, row.delivered_at is not None) for row in sent]
        messages += [("in", row.message_id, row.at, True) for row in came]
        return tuple(sorted(messages, key=lambda one: one[2]))
