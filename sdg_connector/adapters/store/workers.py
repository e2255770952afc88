"""Which workers share a database, and which of them are gone."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database
from sdg_connector.adapters.store.tables import WORKERS


@dataclass(frozen=True, slots=True)
class Workers:
    """The sign-in sheet of a database's workers."""

    database: Database

    def sign_in(self, worker: str, *, now: datetime) -> None:
        """This worker is alive now."""
        with self.database.writing() as connection:
            signed = connection.execute(
                WORKERS.update().where(WORKERS.c.worker == worker).values(seen=now)
            )
            if not signed.rowcount:
                connection.execute(WORKERS.insert().values(worker=worker, seen=now))

    def signed_in(self) -> frozenset[str]:
        """Names of the workers that count as alive."""
        return frozenset(row.worker for row in self.database.read(sa.select(WORKERS.c.worker)))

    def claim_gone(self, *, silent_since: datetime) -> list[str]:
        """Names of workers that were not heard of since; each is given to one caller only."""
        with self.database.writing() as connection:
            silent = connection.scalars(
                sa.select(WORKERS.c.worker).where(WORKERS.c.seen < silent_since)
            )
            return [
                worker
                for worker in silent
                if connection.execute(
                    WORKERS.delete().where(
                        WORKERS.c.worker == worker, WORKERS.c.seen < silent_since
                    )
                ).rowcount
            ]
