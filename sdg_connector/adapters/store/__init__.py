"""Everything that must outlive the process, in one SQLite file or one PostgreSQL database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sdg_connector.adapters.store.book import Book
from sdg_connector.adapters.store.chain import (
    Entry,
    JournalBroken,
    NoJournal,
    Verified,
    read_exported,
    verify_chain,
)
from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.desk import Desk
from sdg_connector.adapters.store.erasing import Erased, erase_due
from sdg_connector.adapters.store.journal import Journal
from sdg_connector.adapters.store.mailbox import Mailbox
from sdg_connector.adapters.store.overview import Overview
from sdg_connector.adapters.store.payloads import Payloads
from sdg_connector.adapters.store.pseudonyms import Pseudonyms
from sdg_connector.adapters.store.sealing import Sealer
from sdg_connector.adapters.store.sessions import Sessions
from sdg_connector.adapters.store.streaming import DocumentKey
from sdg_connector.adapters.store.submissions import Submissions
from sdg_connector.adapters.store.workers import Workers

__all__ = [
    "Book",
    "Database",
    "Desk",
    "DocumentKey",
    "Entry",
    "Erased",
    "Journal",
    "JournalBroken",
    "NoJournal",
    "Overview",
    "Payloads",
    "Pseudonyms",
    "Sealer",
    "Sessions",
    "Store",
    "Submissions",
    "Verified",
    "Workers",
    "read_exported",
    "verify_chain",
]


@dataclass(frozen=True, slots=True)
class Store:
    """The parts of one store."""

    database: Database
    payloads: Payloads
    journal: Journal
    book: Book
    overview: Overview
    desk: Desk
    submissions: Submissions
    workers: Workers
    pseudonyms: Pseudonyms

    @classmethod
    def open(
        cls, url: str, *, keys: Mapping[str, bytes], current_key: str, new_id: Callable[[], str]
    ) -> Self:
        """Open the store behind a URL; raises ``OwnMistake`` for a URL or keys that do not do."""
        database = Database.open(url)
        payloads = Payloads(database, Sealer(keys, current=current_key), new_id)
        journal = Journal(database)
        mailbox = Mailbox(payloads)
        book = Book(database, payloads, mailbox, journal)
        desk = Desk(database, payloads, mailbox, journal)
        submissions = Submissions(database, payloads, mailbox, journal)
        pseudonyms = Pseudonyms(keys, current=current_key)
        workers = Workers(database)
        return cls(
            database=database,
            payloads=payloads,
            journal=journal,
            book=book,
            overview=Overview(database),
            desk=desk,
            submissions=submissions,
            workers=workers,
            pseudonyms=pseudonyms,
        )

    def erase_due(self, *, now: datetime, journal_keeps: timedelta) -> Erased:
        """Erase what is due, and journal entries older than they must be kept."""
        return erase_due(
            self.database, self.payloads, self.journal, now=now, journal_keeps=journal_keeps
        )

    def close(self) -> None:
        """Close every connection."""
        self.database.close()
