"""Documents under encryption, each with the day on which it is erased."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.sealing import Sealer
from sdg_connector.adapters.store.streaming import DocumentKey, fits_in_a_row
from sdg_connector.adapters.store.tables import CHUNKS, PAYLOADS
from sdg_connector.connector import Gone
from sdg_connector.content import Content, octets_of, size_of

_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Payloads:
    """The port ``PayloadStore`` over a database."""

    database: Database
    sealer: Sealer
    new_id: Callable[[], str]

    def put(self, content: Content, *, purge_at: datetime, owner: str = "") -> str:
        """Store octets under a new id."""
        with self.database.writing() as connection:
            return self.put_in(connection, content, purge_at=purge_at, owner=owner)

    def put_in(
        self, connection: sa.Connection, content: Content, *, purge_at: datetime, owner: str
    ) -> str:
        """Store octets inside a transaction that stores more.

        What lies in this store already keeps its place, and gets a new day and a new owner.
        """
        if isinstance(content, StoredContent):
            return self._adopted(connection, content.payload, purge_at=purge_at, owner=owner)
        payload = self.new_id()
        row: dict[str, Any] = {"payload": payload, "owner": owner, "purge_at": purge_at}
        row["key_name"] = self.sealer.current
        if fits_in_a_row(content):
            sealed = self.sealer.seal(octets_of(content), bound_to=payload)
            connection.execute(PAYLOADS.insert().values(sealed=sealed, **row))
            return payload
        connection.execute(PAYLOADS.insert().values(sealed=b"", **row))
        key = DocumentKey.new(size_of(content))
        sealed = self.sealer.seal(key.to_bytes(), bound_to=_key_of(payload))
        for number, chunk in enumerate(chain([sealed], key.seal(content))):
            connection.execute(CHUNKS.insert().values(payload=payload, number=number, sealed=chunk))
        return payload

    def get(self, payload: str) -> bytes:
        """All octets; raises ``Gone`` after their erasure."""
        return octets_of(self.content(payload))

    def get_in(self, connection: sa.Connection, payload: str) -> bytes:
        """All octets, read inside a transaction."""
        found = self.content_in(connection, payload)
        return found if isinstance(found, bytes) else b"".join(found.chunks_in(connection))

    def content(self, payload: str) -> "bytes | StoredContent":
        """The octets, or where they can be read a piece at a time; raises ``Gone``."""
        with self.database.reading() as connection:
            return self.content_in(connection, payload)

    def content_in(self, connection: sa.Connection, payload: str) -> "bytes | StoredContent":
        """The same, looked up inside a transaction; a piece is read when it is asked for."""
        row = connection.execute(
            sa.select(PAYLOADS.c.sealed, PAYLOADS.c.key_name).where(PAYLOADS.c.payload == payload)
        ).first()
        if row is None:
            raise Gone(f"the document {payload or '-'} was erased")
        if row.sealed:
            return self.sealer.open(row.sealed, key_name=row.key_name, bound_to=payload)
        sealed = _chunk(connection, payload, 0)
        opened = self.sealer.open(sealed, key_name=row.key_name, bound_to=_key_of(payload))
        return StoredContent(self.database, payload, DocumentKey.from_bytes(opened))

    def keep_in(self, connection: sa.Connection, payload: str, *, until: datetime) -> None:
        """Move the day of erasure of one document."""
        connection.execute(_of(payload).values(purge_at=until))

    def erase_in(self, connection: sa.Connection, owner: str, *, but: Collection[str] = ()) -> None:
        """Erase everything that belongs to an exchange, ``but`` some of it."""
        which = sa.and_(PAYLOADS.c.owner == owner, PAYLOADS.c.payload.not_in(but))
        connection.execute(PAYLOADS.delete().where(which))

    def purge(self, *, now: datetime) -> int:
        """Erase what is due; gives how many documents."""
        with self.database.writing() as connection:
            return connection.execute(PAYLOADS.delete().where(PAYLOADS.c.purge_at <= now)).rowcount

    def rotate(self) -> int:
        """Seal again, under the current key, what lies under older ones; gives how many."""
        changed = 0
        while ids := self._under_older_keys():
            for payload in ids:
                with self.database.writing() as connection:
                    self._rotate(connection, payload)
            changed += len(ids)
        return changed

    def _rotate(self, connection: sa.Connection, payload: str) -> None:
        found = self.content_in(connection, payload)
        values = {"key_name": self.sealer.current}
        if isinstance(found, bytes):
            sealed = self.sealer.seal(found, bound_to=payload)
            connection.execute(_of(payload).values(sealed=sealed, **values))
            return
        sealed = self.sealer.seal(found.key.to_bytes(), bound_to=_key_of(payload))
        connection.execute(_of(payload).values(**values))
        connection.execute(
            CHUNKS.update()
            .where(CHUNKS.c.payload == payload, CHUNKS.c.number == 0)
            .values(sealed=sealed)
        )

    @staticmethod
    def _adopted(connection: sa.Connection, payload: str, *, purge_at: datetime, owner: str) -> str:
        done = connection.execute(_of(payload).values(owner=owner, purge_at=purge_at))
        if done.rowcount != 1:
            raise Gone(f"the document {payload} was erased")
        return payload

    def _under_older_keys(self) -> list[str]:
        with self.database.reading() as connection:
            return list(
                connection.scalars(
                    sa.select(PAYLOADS.c.payload)
                    .where(PAYLOADS.c.key_name != self.sealer.current)
                    .limit(_AT_A_TIME)
                )
            )


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A big document where it lies: opened a chunk at a time, each in a read of its own."""

    database: Database = field(repr=False, compare=False)
    payload: str
    key: DocumentKey = field(repr=False, compare=False)

    @property
    def size(self) -> int:
        """How many octets."""
        return self.key.size

    def chunks(self) -> Iterator[bytes]:
        """The octets; raises ``Gone`` when they are erased meanwhile, or were altered."""
        for number in range(1, self.key.count + 1):
            with self.database.reading() as connection:
                sealed = _chunk(connection, self.payload, number)
            yield self.key.open(number, sealed)

    def chunks_in(self, connection: sa.Connection) -> Iterator[bytes]:
        """The octets, read inside a transaction."""
        for number in range(1, self.key.count + 1):
            yield self.key.open(number, _chunk(connection, self.payload, number))


def _chunk(connection: sa.Connection, payload: str, number: int) -> bytes:
    found = connection.scalar(
        sa.select(CHUNKS.c.sealed).where(CHUNKS.c.payload == payload, CHUNKS.c.number == number)
    )
    if found is None:
        raise Gone(f"the document {payload} was erased, or a part of it is missing")
    return bytes(found)


def _key_of(payload: str) -> str:
    """What a document's key is bound to: it opens as no document, and no document as a key."""
    return f"key of {payload}"


def _of(payload: str) -> sa.Update:
    return PAYLOADS.update().where(PAYLOADS.c.payload == payload)
