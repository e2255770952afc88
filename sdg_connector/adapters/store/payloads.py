"""Documents under encryption, each with the day on which it is erased."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.sealing import Sealer
from sdg_connector.adapters.store.tables import PAYLOADS
from sdg_connector.connector import Gone

_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Payloads:
    """The port ``PayloadStore`` over a database."""

    database: Database
    sealer: Sealer
    new_id: Callable[[], str]

    def put(self, content: bytes, *, purge_at: datetime, owner: str = "") -> str:
        """Store octets under a new id."""
        with self.database.writing() as connection:
            return self.put_in(connection, content, purge_at=purge_at, owner=owner)

    def put_in(
        self, connection: sa.Connection, content: bytes, *, purge_at: datetime, owner: str
    ) -> str:
        """Store octets inside a transaction that stores more."""
        payload = self.new_id()
        connection.execute(
            PAYLOADS.insert().values(
                payload=payload,
                owner=owner,
                key_name=self.sealer.current,
                sealed=self.sealer.seal(content, bound_to=payload),
                purge_at=purge_at,
            )
        )
        return payload

    def get(self, payload: str) -> bytes:
        """The octets; raises ``Gone`` after their erasure."""
        with self.database.reading() as connection:
            return self.get_in(connection, payload)

    def get_in(self, connection: sa.Connection, payload: str) -> bytes:
        """The octets, read inside a transaction."""
        row = connection.execute(
            sa.select(PAYLOADS.c.sealed, PAYLOADS.c.key_name).where(PAYLOADS.c.payload == payload)
        ).first()
        if row is None:
            raise Gone(f"the document {payload or '-'} was erased")
        return self.sealer.open(row.sealed, key_name=row.key_name, bound_to=payload)

    def keep_in(self, connection: sa.Connection, payload: str, *, until: datetime) -> None:
        """Move the day of erasure of one document."""
        connection.execute(
            PAYLOADS.update().where(PAYLOADS.c.payload == payload).values(purge_at=until)
        )

    def erase_in(self, connection: sa.Connection, owner: str) -> None:
        """Erase everything that belongs to an exchange."""
        connection.execute(PAYLOADS.delete().where(PAYLOADS.c.owner == owner))

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
                    content = self.get_in(connection, payload)
                    connection.execute(
                        PAYLOADS.update()
                        .where(PAYLOADS.c.payload == payload)
                        .values(
                            key_name=self.sealer.current,
                            sealed=self.sealer.seal(content, bound_to=payload),
                        )
                    )
            changed += len(ids)
        return changed

    def _under_older_keys(self) -> list[str]:
        with self.database.reading() as connection:
            return list(
                connection.scalars(
                    sa.select(PAYLOADS.c.payload)
                    .where(PAYLOADS.c.key_name != self.sealer.current)
                    .limit(_AT_A_TIME)
                )
            )
