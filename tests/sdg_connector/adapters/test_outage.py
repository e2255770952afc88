"""A full disk is waited for like a database that is away; a wrong statement is not."""

import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from sdg_connector.adapters.outage import is_away, tell_outages
from sdg_connector.adapters.store import Database, Journal, drivers
from sdg_connector.adapters.system import new_uuid
from tests.support.clock import NOON
from tests.support.postgres import PostgreSql


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/some.sqlite", poolclass=sa.NullPool)
    tell_outages(engine)
    return engine


def test_a_full_disk_is_an_outage(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (note TEXT)")
        connection.exec_driver_sql("PRAGMA max_page_count = 2")
        with pytest.raises(sa.exc.OperationalError, match="full") as full:
            connection.exec_driver_sql("INSERT INTO notes VALUES (?)", ("x" * 100_000,))
    assert full.value.connection_invalidated, "the workflow engine would end the exchange"
    assert is_away(full.value)


def test_a_folder_that_is_away_is_an_outage(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/unmounted/some.sqlite")
    tell_outages(engine)
    with pytest.raises(sa.exc.OperationalError) as away:
        engine.connect()
    assert is_away(away.value)


def test_a_statement_that_is_wrong_is_not(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(sa.exc.OperationalError) as wrong:
            connection.exec_driver_sql("SELECT * FROM nowhere")
        assert not wrong.value.connection_invalidated
        assert not is_away(wrong.value)
        connection.exec_driver_sql("CREATE TABLE once (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO once VALUES (1)")
        with pytest.raises(sa.exc.IntegrityError) as twice:
            connection.exec_driver_sql("INSERT INTO once VALUES (1)")
    assert not is_away(twice.value)
    assert not is_away(KeyError("a mistake of ours"))


@pytest.mark.peer
def test_a_worker_that_hangs_in_a_transaction_holds_nobody_up(
    server: PostgreSql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "_HANGING_MILLISECONDS", 500)
    url = server.new_database(new_uuid())
    hanging, other = Database.open(url), Database.open(url)
    entry = {"at": NOON, "exchange": "", "content": {"event": "expired"}}

    def hang() -> None:
        with hanging.writing() as connection:
            Journal(hanging).append_in(connection, **entry)
            time.sleep(1)
            Journal(other).append(**entry)
            connection.execute(sa.select(1))

    with pytest.raises(sa.exc.DBAPIError) as lost:
        hang()
    assert is_away(lost.value), "the step would not be repeated"
    Journal(hanging).append(**entry)
    assert Journal(other).verify().entries == 2
    for one in (hanging, other):
        one.close()
