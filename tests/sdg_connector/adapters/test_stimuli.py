"""What an exchange is told: written once for each key, taken in once and in order."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid
from sdg_connector.connector import Overtaken, UnknownExchange
from sdg_connector.connector.book import AttemptMade, Change, Outgoing
from sdg_connector.journey import Happened, State
from sdg_connector.ports import ArrivedMessage, PackedMessage
from tests.support.new_exchange import NEW, NOW

LEFT = {"happened": "left for preview"}
PACKED = PackedMessage(
    message_id="1@lv", receiver="es", leg="leg", content_type="x/y", body=b"b", references="[]"
)
REQUESTING = Change(
    state=State.REQUESTING,
    stimulus=-1,
    at=NOW,
    happened=Happened.EXPLICIT_REQUEST_GIVEN,
    outgoing=Outgoing(number=1, packed=PACKED, request_id="urn:uuid:2"),
)


def opened(url: str) -> Store:
    return Store.open(url, keys={"k1": b"k" * 32}, current_key="k1", new_id=new_uuid)


@pytest.fixture
def store(url):
    store = opened(url)
    store.book.create(NEW)
    yield store
    store.close()


def arrived(**changes) -> ArrivedMessage:
    plain = ArrivedMessage(
        sender="AP_ES",
        message_id="2@es",
        conversation_id="conversation",
        ref_to_message_id=None,
        action="ExecuteQueryResponse",
        digest="d",
        receipt=b"r",
        document=b"<a/>",
        at=NOW,
    )
    return replace(plain, **changes)


def test_a_new_exchange_and_its_first_message_are_written_once_or_not_at_all(url):
    events = ["explicit_request"]
    with closing(opened(url)) as store:
        written = store.book.create(NEW, REQUESTING)
        assert written.record.state is State.REQUESTING
        again = replace(NEW, exchange="two")
        assert store.book.create(again, REQUESTING) == "one"
        standing = store.book.next_of("one")
        assert (standing.record, standing.told) == (written.record, None)
        assert store.book.posted("one", 1) == written.posted
        assert store.book.posted("two", 1) is None
        with pytest.raises(UnknownExchange):
            store.book.read("two")
        assert [entry.content["event"] for entry in store.journal.entries()] == events


def test_the_same_key_tells_once_and_an_unknown_exchange_nothing(store):
    for _ in range(2):
        store.book.tell("one", LEFT, key="person left")
    with pytest.raises(UnknownExchange):
        store.book.tell("two", LEFT, key="person left")
    standing = store.book.next_of("one")
    assert (standing.told.number, standing.told.stimulus) == (0, LEFT)
    store.book.skip(standing.record, standing.told.number, at=NOW, reason="")
    assert store.book.next_of("one").told is None
    store.book.tell("one", LEFT, key="person left")
    assert store.book.next_of("one").told is None


def test_a_button_counts_once_more_when_the_provider_was_asked_again(store):
    for again in ("", "second"):
        for _ in range(2):
            store.book.tell("one", LEFT, key="person left")
        standing = store.book.next_of("one")
        change = replace(
            REQUESTING, stimulus=standing.told.number, exchange_id=again or "first", outgoing=None
        )
        assert store.book.move(standing.record, change).told is None


def test_stimuli_are_taken_in_one_after_the_other(store):
    for number in range(3):
        store.book.tell("one", {"look": str(number)}, key=f"key {number}")
    seen = []
    standing = store.book.next_of("one")
    while standing.told is not None:
        seen.append(standing.told.stimulus["look"])
        stale, number = standing.record, standing.told.number
        standing = store.book.skip(stale, number, at=NOW, reason="")
        assert standing == store.book.next_of("one")
        with pytest.raises(Overtaken):
            store.book.skip(stale, number, at=NOW, reason="")
    assert seen == ["0", "1", "2"]


def test_an_arrival_and_its_stimulus_are_one_transaction(store):
    assert store.book.unheard() == ()
    assert store.book.arrive(arrived(), purge_at=NOW) == (None, "one")
    assert store.book.unheard() == ("one",)
    assert store.book.arrive(arrived(), purge_at=NOW) == (b"r", "one")
    standing = store.book.next_of("one")
    assert standing.told.stimulus == {"sender": "AP_ES", "message": "2@es"}
    store.book.skip(standing.record, standing.told.number, at=NOW, reason="")
    assert store.book.unheard() == ()


def test_what_is_looked_for_all_the_time_does_not_read_what_has_ended(tmp_path: Path):
    said: list[str] = []
    asked: list[tuple[str, list[str]]] = []

    def listen(connection, record):
        connection.set_trace_callback(said.append)

    sa.event.listen(sa.Pool, "connect", listen)
    try:
        store = opened(f"sqlite:///{tmp_path}/store.sqlite")
        store.book.unheard()
    finally:
        sa.event.remove(sa.Pool, "connect", listen)
    with closing(store), closing(sqlite3.connect(tmp_path / "store.sqlite")) as other:
        said.clear()
        for look in (store.book.unheard, store.book.open_exchanges, store.overview.standing):
            look()
        for look in (store.desk.unheard, store.desk.open_requests):
            look()
        for statement in said:
            plan = other.execute(f"EXPLAIN QUERY PLAN {statement}")
            asked.append((statement, [row[3] for row in plan]))
    assert len(asked) == 5
    for statement, plan in asked:
        reads = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
        assert reads[0].endswith("_open"), (statement, plan)
        assert all(step.startswith("SEARCH") for step in reads[1:]), (statement, plan)


def test_a_message_is_stored_with_the_move_that_sends_it_or_not_at_all(store):
    before = store.book.read("one")
    store.book.tell("one", LEFT, key="person left")
    standing = store.book.move(before, REQUESTING)
    assert standing.told.stimulus == LEFT
    assert standing.record == store.book.read("one")
    assert (standing.record.state, standing.record.request_id) == ("requesting", "urn:uuid:2")
    assert standing.posted == store.book.posted("one", 1)
    other = Outgoing(number=2, packed=PACKED, request_id="urn:uuid:3")
    with pytest.raises(Overtaken):
        store.book.move(before, replace(REQUESTING, outgoing=other))
    assert store.book.posted("one", 2) is None
    assert store.book.read("one") == standing.record


def test_when_a_message_is_sent_again_survives_the_process(store):
    due = NOW + timedelta(minutes=3)
    store.book.move(store.book.read("one"), REQUESTING)
    store.book.attempted("one", AttemptMade(number=1, receipt=None, due=due), at=NOW)
    posted = store.book.posted("one", 1)
    assert (posted.attempts, posted.delivered, posted.due) == (1, False, due)
