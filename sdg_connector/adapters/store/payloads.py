"""Documents under encryption, each with the day on which it is erased."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.sealing import Sealer
from sdg_connector.adapters.store.statements import adding, changing, erasing, rows_of
from sdg_connector.adapters.store.streaming import DocumentKey, fits_in_a_row
from sdg_connector.adapters.store.tables import CHUNKS, PAYLOADS
from sdg_connector.adapters.store.transaction import Rows, Transaction
from sdg_connector.adapters.store.writes import Adding
from sdg_connector.connector import Gone
from sdg_connector.content import Content, octets_of, size_of

_AT_A_TIME: Final = 200
_PAYLOAD: Final = rows_of(PAYLOADS, "payload")
_CHANGED: Final = changing(PAYLOADS, "payload")
_CHUNK: Final = rows_of(CHUNKS, "payload", "number")
Read = Callable[[sa.Executable, Mapping[str, Any]], Rows]
"""``Transaction.execute`` or ``Database.read``."""


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
        self, connection: Adding, content: Content, *, purge_at: datetime, owner: str
    ) -> str:
        """Store octets together with more.

        What lies in this store already keeps its place, and gets a new day and a new owner.
        """
        if isinstance(content, StoredContent):
            moved = {"of_payload": content.payload, "owner": owner, "purge_at": purge_at}
            gone = Gone(f"the document {content.payload} was erased")
            connection.add(_CHANGED, moved, otherwise=gone)
            return content.payload
        payload = self.new_id()
        row: dict[str, Any] = {"payload": payload, "owner": owner, "purge_at": purge_at}
        row["key_name"] = self.sealer.current
        if fits_in_a_row(content):
            sealed = self.sealer.seal(octets_of(content), bound_to=payload)
            connection.add(adding(PAYLOADS), row | {"sealed": sealed})
            return payload
        connection.add(adding(PAYLOADS), row | {"sealed": b""})
        key = DocumentKey.new(size_of(content))
        sealed = self.sealer.seal(key.to_bytes(), bound_to=_key_of(payload))
        chunks = enumerate(chain([sealed], key.seal(content)))
        connection.add_each(
            adding(CHUNKS),
            ({"payload": payload, "number": number, "sealed": chunk} for number, chunk in chunks),
        )
        return payload

    def get(self, payload: str) -> bytes:
        """All octets; raises ``Gone`` after their erasure."""
        return octets_of(self.content(payload))

    def several(self, *payloads: str) -> tuple[bytes, ...]:
        """All octets of each, in one reading; raises ``Gone`` after the erasure of any."""
        which = {f"payload_{number}": payload for number, payload in enumerate(payloads)}
        rows = {row.payload: row for row in self.database.read(_these(len(which)), which)}
        read = self.database.read
        return tuple(octets_of(self.opened(rows.get(one), one, read)) for one in payloads)

    def get_in(self, connection: Transaction, payload: str) -> bytes:
        """All octets, read inside a transaction."""
        row = connection.execute(_PAYLOAD, {"payload": payload}).first()
        return self.octets_in(connection, row, payload)

    def octets_in(self, connection: Transaction, row: Any | None, payload: str) -> bytes:
        """All octets of a row that holds ``sealed`` and ``key_name``."""
        found = self.opened(row, payload, connection.execute)
        return found if isinstance(found, bytes) else b"".join(found.chunks_in(connection))

    def content(self, payload: str) -> "bytes | StoredContent":
        """The octets, or where they can be read a piece at a time; raises ``Gone``."""
        row = self.database.read(_PAYLOAD, {"payload": payload}).first()
        return self.opened(row, payload, self.database.read)

    def content_in(self, connection: Transaction, payload: str) -> "bytes | StoredContent":
        """The same, looked up inside a transaction; a piece is read when it is asked for."""
        row = connection.execute(_PAYLOAD, {"payload": payload}).first()
        return self.opened(row, payload, connection.execute)

    def opened(self, row: Any | None, payload: str, read: Read) -> "bytes | StoredContent":
        """The same, of a row that holds ``sealed`` and ``key_name``; ``read`` reads what more is
        needed.
        """
        if row is None or row.sealed is None:
            raise Gone(f"the document {payload or '-'} was erased")
        if row.sealed:
            return self.sealer.open(row.sealed, key_name=row.key_name, bound_to=payload)
        key = read(_CHUNK, {"payload": payload, "number": 0})
        opened = self.sealer.open(
            _sealed(key, payload), key_name=row.key_name, bound_to=_key_of(payload)
        )
        return StoredContent(self.database, payload, DocumentKey.from_bytes(opened))

    def keep_in(self, connection: Adding, payload: str, *, until: datetime) -> None:
        """Move the day of erasure of one document."""
        connection.add(_CHANGED, {"of_payload": payload, "purge_at": until})

    def erase_in(self, connection: Adding, owner: str, *, but: Collection[str] = ()) -> None:
        """Erase everything that belongs to an exchange, ``but`` some of it."""
        kept = {f"but_{number}": payload for number, payload in enumerate(but)}
        connection.add(_erasing_but(len(kept)), {"owner": owner, **kept})

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

    def _rotate(self, connection: Transaction, payload: str) -> None:
        found = self.content_in(connection, payload)
        values = {"of_payload": payload, "key_name": self.sealer.current}
        if isinstance(found, bytes):
            sealed = self.sealer.seal(found, bound_to=payload)
            connection.execute(_CHANGED, values | {"sealed": sealed})
            return
        sealed = self.sealer.seal(found.key.to_bytes(), bound_to=_key_of(payload))
        connection.execute(_CHANGED, values)
        which = {"of_payload": payload, "of_number": 0}
        connection.execute(changing(CHUNKS, "payload", "number"), which | {"sealed": sealed})

    def _under_older_keys(self) -> list[str]:
        older = PAYLOADS.c.key_name != self.sealer.current
        query = sa.select(PAYLOADS.c.payload).where(older).limit(_AT_A_TIME)
        return [row.payload for row in self.database.read(query)]


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
            rows = self.database.read(_CHUNK, {"payload": self.payload, "number": number})
            yield self.key.open(number, _sealed(rows, self.payload))

    def chunks_in(self, connection: Transaction) -> Iterator[bytes]:
        """The octets, read inside a transaction."""
        for number in range(1, self.key.count + 1):
            rows = connection.execute(_CHUNK, {"payload": self.payload, "number": number})
            yield self.key.open(number, _sealed(rows, self.payload))


def with_document(
    table: sa.Table, payload: sa.Column[str], *columns: str
) -> sa.Select[tuple[Any, ...]]:
    """Read rows as ``rows_of`` does, each with ``sealed`` and ``key_name`` of a document of its."""
    joined = table.outerjoin(PAYLOADS, PAYLOADS.c.payload == payload)
    added = rows_of(table, *columns).add_columns(PAYLOADS.c.sealed, PAYLOADS.c.key_name)
    return added.select_from(joined)


def _sealed(rows: Rows, payload: str) -> bytes:
    row = rows.first()
    if row is None:
        raise Gone(f"the document {payload} was erased, or a part of it is missing")
    return bytes(row.sealed)


def _key_of(payload: str) -> str:
    """What a document's key is bound to: it opens as no document, and no document as a key."""
    return f"key of {payload}"


@cache
def _these(count: int) -> sa.Select[tuple[Any, ...]]:
    """Read so many payloads: ``payload_0`` and so on."""
    named = (sa.bindparam(f"payload_{number}", type_=sa.String) for number in range(count))
    return sa.select(PAYLOADS).where(sa.or_(*(PAYLOADS.c.payload == one for one in named)))


@cache
def _erasing_but(count: int) -> sa.Delete:
    """Erase what has an ``owner``, but so many payloads: ``but_0`` and so on."""
    kept = (PAYLOADS.c.payload != sa.bindparam(f"but_{n}", type_=sa.String) for n in range(count))
    return erasing(PAYLOADS, "owner").where(*kept)
