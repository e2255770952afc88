"""The store: reads see one moment, and workers that died are claimed once."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from sdg_connector.adapters.store import Database, Store
from sdg_connector.adapters.store.tables import PAYLOADS
from sdg_connector.adapters.system import new_uuid
from sdg_connector.connector import Gone
from sdg_connector.errors import OwnMistake

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def opened(url: str, *, keys: tuple[str, ...] = ("k1",)) -> Store:
    return Store.open(
        url,
        keys={name: name.encode() * 16 for name in keys},
        current_key=keys[-1],
        new_id=new_uuid,
    )


def test_a_database_of_another_version_is_refused_with_what_it_lacks(url):
    Database.open(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox DROP COLUMN attempts")
    engine.dispose()
    with pytest.raises(OwnMistake, match="its table outbox lacks attempts"):
        Database.open(url)


def test_reads_of_one_block_see_one_moment(url):
    store = opened(url)
    payload = store.payloads.put(b"first", purge_at=NOW)
    with store.database.reading() as connection:
        connection.execute(sa.select(PAYLOADS.c.payload)).all()
        store.payloads.purge(now=NOW)
        assert store.payloads.get_in(connection, payload) == b"first"
    store.close()


def test_a_worker_that_died_is_claimed_once(url):
    store, other = opened(url), opened(url)
    store.workers.sign_in("dead", now=NOW - timedelta(minutes=5))
    store.workers.sign_in("alive", now=NOW - timedelta(minutes=5))
    store.workers.sign_in("alive", now=NOW)
    silent_since = NOW - timedelta(minutes=1)
    claims = [one.workers.claim_gone(silent_since=silent_since) for one in (store, other)]
    assert claims == [["dead"], []]
    store.close()
    other.close()


def test_documents_move_under_the_current_key(url):
    store = opened(url)
    payload = store.payloads.put(b"document", purge_at=NOW + timedelta(days=1))
    store.close()
    rotated = opened(url, keys=("k1", "k2"))
    assert (rotated.payloads.rotate(), rotated.payloads.rotate()) == (1, 0)
    rotated.close()
    without_the_old_key = opened(url, keys=("k2",))
    assert without_the_old_key.payloads.get(payload) == b"document"
    without_the_old_key.close()


def test_several_documents_are_read_in_the_order_they_are_asked_for_or_not_at_all(url):
    store = opened(url)
    first = store.payloads.put(b"1", purge_at=NOW, owner="one")
    second = store.payloads.put(b"2", purge_at=NOW, owner="two")
    assert store.payloads.several(second, first, second) == (b"2", b"1", b"2")
    with store.database.writing() as connection:
        store.payloads.erase_in(connection, "one")
    with pytest.raises(Gone):
        store.payloads.several(second, first)
    store.close()
