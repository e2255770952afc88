"""The workflow engine's clock in SQLite, which DBOS asks for on Python 3.12 and newer."""

import sqlite3
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from sdg_connector.adapters import engine as engines


@pytest.mark.parametrize("version", [(3, 40, 1), sqlite3.sqlite_version_info])
def test_every_sqlite_tells_milliseconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(engines.sqlite3, "sqlite_version_info", version)
    engine = engines.sqlite_engine(f"sqlite:///{tmp_path}/engine.sqlite")
    assert engine is not None
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE TABLE versions (name TEXT, at INTEGER NOT NULL"
                " DEFAULT (unixepoch('subsec') * 1000))"
            )
        )
        connection.execute(sa.text("INSERT INTO versions (name) VALUES ('1')"))
        at = connection.execute(sa.text("SELECT at FROM versions")).scalar_one()
    assert abs(at / 1000 - time.time()) < 60
    engine.dispose()
