"""A full disk is waited for like a database that is away; a wrong statement is not."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from sdg_connector.adapters.outage import is_away, tell_outages


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
