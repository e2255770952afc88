"""Writes that happen together: all of them with the first, or none, in either database."""

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from sdg_connector.adapters.store import Store
from sdg_connector.adapters.store.statements import adding, changing, erasing, rows_of
from sdg_connector.adapters.store.tables import PAYLOADS, PREVIEWS, WORKERS
from sdg_connector.adapters.store.transaction import Transaction
from sdg_connector.adapters.store.writes import Writes
from sdg_connector.adapters.system import new_uuid
from sdg_connector.connector import Gone, Overtaken

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SEEN = changing(WORKERS, "worker").returning(WORKERS.c.worker)
HERE = {"of_worker": "here", "seen": NOW}
NOWHERE = {"of_worker": "nowhere", "seen": NOW}


@pytest.fixture
def store(url):
    opened = Store.open(url, keys={"k": b"k" * 32}, current_key="k", new_id=new_uuid)
    opened.workers.sign_in("here", now=NOW)
    opened.payloads.put(b"old", purge_at=NOW, owner="old")
    yield opened
    opened.close()


def several(store: Store) -> Writes:
    """Two rows of one kind, one erased, and a line in the journal."""
    then = Writes()
    for octets in (b"a", b"b"):
        store.payloads.put_in(then, octets, purge_at=NOW, owner="new")
    then.add(erasing(PAYLOADS, "owner"), {"owner": "old"})
    store.journal.append_in(then, at=NOW, exchange="new", content={"event": "ü\n' % ?"})
    return then


def owners(store: Store) -> list[str]:
    return sorted(row.owner for row in store.database.read(sa.select(PAYLOADS.c.owner)))


def test_nothing_is_written_when_the_first_finds_no_row(store):
    assert store.database.write(SEEN, NOWHERE, several(store)) is None
    assert owners(store) == ["old"]
    assert store.journal.verify().entries == 0


def test_everything_is_written_with_the_first_whose_row_comes_back(store):
    for number in (1, 2):
        row = store.database.write(SEEN, HERE, several(store))
        assert row.worker == "here"
        assert store.journal.verify().last == number
    assert owners(store) == ["new"] * 4


def test_a_row_that_is_there_already_undoes_all_of_it(store):
    then = several(store)
    then.add(adding(WORKERS), {"worker": "here", "seen": NOW})
    with pytest.raises(Overtaken):
        store.database.write(SEEN, HERE, then)
    assert owners(store) == ["old"]
    assert store.journal.verify().entries == 0


def test_a_row_that_must_be_changed_and_is_not_there_undoes_all_of_it(store):
    then = several(store)
    then.add(changing(PREVIEWS, "ticket"), {"of_ticket": "t", "version": 1}, otherwise=Gone("t"))
    with pytest.raises(Gone):
        store.database.write(SEEN, HERE, then)
    assert owners(store) == ["old"]
    assert store.journal.verify().entries == 0


def test_a_document_that_does_not_fit_into_a_row_is_written_with_the_others(store):
    then, big = several(store), b"big" * 2_000_000
    payload = store.payloads.put_in(then, big, purge_at=NOW, owner="new")
    assert store.database.write(SEEN, HERE, then) is not None
    assert store.payloads.get(payload) == big
    assert owners(store) == ["new"] * 3


def test_entries_that_many_write_at_once_make_one_chain(store):
    start = threading.Barrier(6)

    def write(number: int) -> None:
        start.wait()
        for _ in range(5):
            if number % 2:
                store.journal.append(at=NOW, exchange=f"e{number}", content={"event": "x"})
            else:
                store.database.write(SEEN, HERE, several(store))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.journal.verify()
    assert (found.entries, found.last) == (30, 30)


def test_the_head_stays_when_every_entry_is_erased(store):
    store.journal.append(at=NOW, exchange="e", content={"event": "x"})
    before = store.journal.verify()
    later = datetime(2027, 11, 26, 12, tzinfo=UTC)
    assert store.journal.erase_before(later, now=later) == 1
    store.journal.append(at=later, exchange="e", content={"event": "y"})
    after = store.journal.verify()
    assert (after.after, after.entries, after.last) == (before.last, 1, 2)


@pytest.mark.peer
def test_of_two_that_wait_for_each_other_one_is_overtaken(server):
    url = server.new_database(new_uuid())
    store = Store.open(url, keys={"k": b"k" * 32}, current_key="k", new_id=new_uuid)
    for worker in ("one", "two"):
        store.workers.sign_in(worker, now=NOW)
    both, outcomes = threading.Barrier(2), []

    def write(first: str, second: str) -> None:
        try:
            with store.database.writing() as transaction:
                transaction.execute(SEEN, {"of_worker": first, "seen": NOW})
                both.wait()
                transaction.execute(SEEN, {"of_worker": second, "seen": NOW})
        except Overtaken:
            outcomes.append("overtaken")
        else:
            outcomes.append("written")

    threads = [
        threading.Thread(target=write, args=order) for order in (("one", "two"), ("two", "one"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["overtaken", "written"]
    store.close()


@pytest.mark.peer
def test_on_postgresql_all_of_it_is_one_statement(server, monkeypatch):
    url = server.new_database(new_uuid())
    store = Store.open(url, keys={"k": b"k" * 32}, current_key="k", new_id=new_uuid)
    store.workers.sign_in("here", now=NOW)
    ran = []
    run = Transaction.run

    def counted(*given):
        ran.append(given[2])
        return run(*given)

    monkeypatch.setattr(Transaction, "run", counted)
    store.database.write(SEEN, HERE, several(store))
    assert len(ran) == 1
    assert store.database.read(rows_of(PAYLOADS, "owner"), {"owner": "new"}).rowcount == 2
    store.close()
