"""Erase what is due: documents on their day, then the rows that named them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.journal import Journal
from sdg_connector.adapters.store.payloads import Payloads
from sdg_connector.adapters.store.tables import (
    EXCHANGES,
    FILES,
    INBOX,
    OUTBOX,
    PARTS,
    PREVIEWS,
    REQUESTS,
    STIMULI,
    SUBMISSIONS,
)
from sdg_connector.adapters.store.transaction import Transaction

_REMEMBERED: Final = timedelta(days=7)
"""How long the id of a message outlives its content, so that a late duplicate is still one."""
_AT_A_TIME: Final = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """What left the store."""

    documents: int
    names: tuple[str, ...]
    """Exchanges, requests and submissions of which nothing is left here."""


def erase_due(
    database: Database,
    payloads: Payloads,
    journal: Journal,
    *,
    now: datetime,
    journal_keeps: timedelta,
) -> Erased:
    """Erase documents, messages, previews and exchanges that are due, and old journal entries."""
    documents = payloads.purge(now=now)
    names: list[str] = []
    while found := _erase_some(database, now=now):
        names += found
    with database.writing() as connection:
        connection.execute(PREVIEWS.delete().where(PREVIEWS.c.expires <= now - timedelta(days=1)))
        _erase_messages(
            connection, sa.and_(INBOX.c.exchange == "", INBOX.c.at <= now - _REMEMBERED)
        )
    journal.erase_before(now - journal_keeps, now=now)
    return Erased(documents, tuple(names))


def _erase_some(database: Database, *, now: datetime) -> list[str]:
    with database.writing() as connection:
        names = list(
            connection.scalars(
                sa.select(EXCHANGES.c.exchange)
                .where(EXCHANGES.c.purge_at <= now, sa.not_(EXCHANGES.c.open))
                .limit(_AT_A_TIME)
            )
        )
        requests = list(
            connection.scalars(
                sa.select(REQUESTS.c.name)
                .where(REQUESTS.c.purge_at <= now - _REMEMBERED, sa.not_(REQUESTS.c.open))
                .limit(_AT_A_TIME)
            )
        )
        submissions = list(
            connection.scalars(
                sa.select(SUBMISSIONS.c.name)
                .where(SUBMISSIONS.c.purge_at <= now, sa.not_(SUBMISSIONS.c.open))
                .limit(_AT_A_TIME)
            )
        )
        gone = names + requests + submissions
        if gone:
            _erase_messages(connection, INBOX.c.exchange.in_(gone))
            for table in (OUTBOX, FILES, STIMULI):
                connection.execute(table.delete().where(table.c.exchange.in_(gone)))
            connection.execute(EXCHANGES.delete().where(EXCHANGES.c.exchange.in_(names)))
            connection.execute(REQUESTS.delete().where(REQUESTS.c.name.in_(requests)))
            connection.execute(SUBMISSIONS.delete().where(SUBMISSIONS.c.name.in_(submissions)))
        return gone


def _erase_messages(connection: Transaction, which: sa.ColumnElement[bool]) -> None:
    keys = sa.select(INBOX.c.sender, INBOX.c.message_id).where(which)
    connection.execute(
        PARTS.delete().where(sa.tuple_(PARTS.c.sender, PARTS.c.message_id).in_(keys))
    )
    connection.execute(INBOX.delete().where(which))
