"""The first request of an exchange: written down with it, or left to its first step."""

import asyncio
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sdg_connector.adapters.memory import MemoryWorkflows
from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid
from sdg_connector.connector import Timeouts
from sdg_connector.connector.exchange import Exchanges
from sdg_connector.connector.orders import Order
from sdg_connector.errors import ConnectorError, NobodyAnswered, OwnMistake
from sdg_connector.journey import State
from sdg_connector.ports import Attempt, Corner, OutgoingDocument, PackedMessage, Sent
from sdg_connector.vocabulary import EdmLine
from tests.support.new_exchange import NEW, NOW

ORDER = Order(
    document=b"<q/>",
    request_id="urn:uuid:1",
    line=EdmLine.V1_0,
    sender=Corner("LV", "t"),
    recipient=Corner("ES", "t"),
    subject="",
    receiver=Corner("AP_ES", "t"),
    preview_hosts=(),
    return_location="https://lv.example/back",
)
ASKED = replace(NEW, request_id=ORDER.request_id, order=ORDER.to_bytes())


@dataclass
class Wire:
    """Packs unless something lacks, and delivers."""

    lacks: ConnectorError | None = None
    packed: int = 0
    sent: int = 0

    def pack(self, message: OutgoingDocument) -> PackedMessage:
        if self.lacks is not None:
            raise self.lacks
        self.packed += 1
        return PackedMessage(
            message_id=message.message_id,
            receiver="AP_ES",
            leg="leg",
            content_type="x/y",
            body=message.document,
            references="[]",
        )

    async def attempt(self, packed: PackedMessage) -> Attempt:
        assert packed.body == ORDER.document
        self.sent += 1
        return Attempt(Sent.DELIVERED, receipt=b"r")

    def pauses(self, packed: PackedMessage) -> tuple[timedelta, ...]:
        return ()


def exchanges_on(store: Store, wire: Any) -> Exchanges:
    return Exchanges(
        book=store.book,
        payloads=store.payloads,
        transport=wire,
        timeouts=Timeouts(),
        domain="lv.example",
        now=lambda: NOW,
        new_id=new_uuid,
    )


async def run_until_waiting(exchanges: Exchanges) -> None:
    workflows = MemoryWorkflows(driver=exchanges)
    with workflows.watching("one") as bell:
        await workflows.begin("one", new=True)
        assert await bell.heard(10) in {"waiting", ""}
    failed = [task.exception() for task in workflows.tasks.values() if task.done()]
    await workflows.stop()
    for error in failed:
        if error is not None:
            raise error


@pytest.fixture
def store(tmp_path: Path) -> Any:
    url = f"sqlite:///{tmp_path}/store.sqlite"
    keys = {"k1": b"k" * 32}
    with closing(Store.open(url, keys=keys, current_key="k1", new_id=new_uuid)) as opened:
        yield opened


def test_the_first_request_is_packed_once_and_stands_before_anybody_is_told(store: Store) -> None:
    wire = Wire()
    exchanges = exchanges_on(store, wire)
    assert exchanges.create(ASKED, ORDER) == ("one", True)
    assert (store.book.read("one").state, wire.sent) == (State.REQUESTING, 0)
    asyncio.run(run_until_waiting(exchanges))
    assert store.book.read("one").state is State.WAITING
    assert (wire.packed, wire.sent) == (1, 1)


def test_another_process_sends_what_one_that_died_had_written_down(store: Store) -> None:
    dead, wire = Wire(), Wire()
    exchanges_on(store, dead).create(ASKED, ORDER)
    asyncio.run(run_until_waiting(exchanges_on(store, wire)))
    assert store.book.read("one").state is State.WAITING
    assert (dead.packed, dead.sent, wire.packed, wire.sent) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    "lacks", [OwnMistake("nothing was agreed"), NobodyAnswered("the module did not sign")]
)
def test_what_cannot_be_packed_is_kept_and_sent_when_it_can(
    store: Store, lacks: ConnectorError
) -> None:
    wire = Wire(lacks)
    exchanges = exchanges_on(store, wire)
    assert exchanges.create(ASKED, ORDER) == ("one", True)
    with pytest.raises(type(lacks)):
        asyncio.run(run_until_waiting(exchanges))
    assert store.book.read("one").state is State.FINDING
    wire.lacks = None
    asyncio.run(run_until_waiting(exchanges))
    assert store.book.read("one").state is State.WAITING
    assert (wire.packed, wire.sent) == (1, 1)


def test_asking_twice_for_the_same_sends_one_request(store: Store) -> None:
    wire = Wire()
    exchanges = exchanges_on(store, wire)
    assert exchanges.create(ASKED, ORDER) == ("one", True)
    assert exchanges.create(replace(ASKED, exchange="two"), ORDER) == ("one", False)
    asyncio.run(run_until_waiting(exchanges))
    assert wire.sent == 1
