"""What SQLite and PostgreSQL do differently: how a connection and its transactions are begun."""

import hashlib
import select
from typing import Any, Final, Protocol

import sqlalchemy as sa

from sdg_connector.errors import OwnMistake

_BUSY_MILLISECONDS: Final = 30_000
_HANGING_MILLISECONDS: Final = 60_000
SHA256: Final = "sha256_of_text"
"""Name of a function of SQLite; PostgreSQL has one of its own."""


def sha256_of_text(text: str) -> str:
    """The digest of a text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class Driver(Protocol):
    """One of the two; its connections rest outside of any transaction."""

    one_writes: bool
    """Whether writers take turns."""

    def engine(self, url: sa.URL) -> sa.Engine:
        """What makes connections, and keeps none."""

    def opened(self, connection: Any) -> Any:
        """A new connection as statements are run over it."""

    def is_usable(self, connection: Any) -> bool:
        """Whether a connection that was idle still leads somewhere."""

    def begin_writing(self, connection: Any) -> None:
        """Begin a transaction that writes."""

    def begin_reading(self, connection: Any) -> None:
        """Begin a transaction whose reads all see one moment."""

    def is_lost(self, connection: Any) -> bool:
        """Whether an error took the connection along."""


class SqliteDriver:
    """``sqlite3``, in autocommit outside of what this begins."""

    one_writes = True

    def engine(self, url: sa.URL) -> sa.Engine:
        """WAL lets readers go on while one writes; with FULL a commit survives a power cut."""
        engine = sa.create_engine(url, poolclass=sa.NullPool)

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: Any, record: Any) -> None:
            connection.isolation_level = None
            connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.create_function(SHA256, 1, sha256_of_text, deterministic=True)

        return engine

    def is_usable(self, connection: Any) -> bool:
        """A file does not go away while it is open."""
        return True

    def opened(self, connection: Any) -> Any:
        """As it was made."""
        return connection

    def begin_writing(self, connection: Any) -> None:
        """Queue up now, where that cannot fail."""
        connection.cursor().execute("BEGIN IMMEDIATE")

    def begin_reading(self, connection: Any) -> None:
        """The moment is that of the first read."""
        connection.cursor().execute("BEGIN")

    def is_lost(self, connection: Any) -> bool:
        """A connection to a file outlives every error."""
        return False


class PostgresDriver:
    """``psycopg`` without its cursors: a single read needs one way to the server."""

    one_writes = False

    def engine(self, url: sa.URL) -> sa.Engine:
        """A worker that hangs in a transaction loses it, and the locks that all others need."""
        engine = sa.create_engine(
            url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool, paramstyle="format"
        )

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: Any, record: Any) -> None:
            # Texts go there in UTF-8, whatever the database keeps them in.
            connection.execute("SET client_encoding TO 'UTF8'")
            connection.execute(f"SET idle_in_transaction_session_timeout = {_HANGING_MILLISECONDS}")
            connection.commit()

        return engine

    def opened(self, connection: Any) -> Any:
        """Outside of any transaction."""
        from sdg_connector.adapters.store.prepared import (  # noqa: PLC0415  psycopg is an extra
            PreparedConnection,
        )

        connection.autocommit = True
        return PreparedConnection(connection)

    def is_usable(self, connection: Any) -> bool:
        """A server that went away has said so, or closed its end: there is something to read.

        This asks the socket alone, where a statement would go to the server and back.
        """
        if connection.closed:
            return False
        heard = select.poll()
        heard.register(connection.fileno(), select.POLLIN)
        return not heard.poll(0)

    def begin_writing(self, connection: Any) -> None:
        """In the server's own isolation level: the rows themselves say who was first."""
        connection.begin()

    def begin_reading(self, connection: Any) -> None:
        """REPEATABLE READ: every statement sees the moment of the first."""
        connection.begin("BEGIN ISOLATION LEVEL REPEATABLE READ")

    def is_lost(self, connection: Any) -> bool:
        """The driver closes a connection that it cannot use any more."""
        return bool(connection.closed)


def driver_of(url: sa.URL) -> Driver:
    """The driver for a URL; raises ``OwnMistake`` for another database."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        return SqliteDriver()
    if backend == "postgresql":
        return PostgresDriver()
    raise OwnMistake("the store is SQLite or PostgreSQL")
