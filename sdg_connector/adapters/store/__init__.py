"""Everything that must outlive the process, in one SQLite file or one PostgreSQL database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from sdg_connector.adapters.store.book import Book
from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.journal import Entry, Journal, JournalBroken
from sdg_connector.adapters.store.mailbox import Mailbox
from sdg_connector.adapters.store.payloads import Payloads
from sdg_connector.adapters.store.sealing import Sealer

__all__ = ["Book", "Database", "Entry", "Journal", "JournalBroken", "Payloads", "Sealer", "Store"]


@dataclass(frozen=True, slots=True)
class Store:
    """The parts of one store."""

    database: Database
    payloads: Payloads
    journal: Journal
    book: Book

    @classmethod
    def open(
        cls, url: str, *, keys: Mapping[str, bytes], current_key: str, new_id: Callable[[], str]
    ) -> Self:
        """Open the store behind a URL; raises ``OwnMistake`` for a URL or keys that do not do."""
        database = Database.open(url)
        payloads = Payloads(database, Sealer(keys, current=current_key), new_id)
        journal = Journal(database)
        book = Book(database, payloads, Mailbox(payloads), journal)
        return cls(database, payloads, journal, book)

    def close(self) -> None:
        """Close every connection."""
        self.database.close()
