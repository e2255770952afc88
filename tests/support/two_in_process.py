"""A requester and a provider in one process; one is durable, and its databases lose calls."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from sdg_connector.adapters.durable import MOMENT, DurableWorkflows
from sdg_connector.adapters.exchanges import BothSides
from sdg_connector.adapters.memory import MemoryWorkflows
from sdg_connector.adapters.store import Store
from sdg_connector.adapters.store.tables import EXCHANGES
from sdg_connector.adapters.system import utc_now
from sdg_connector.as4 import OOTS_PARTY_TYPE
from sdg_connector.connector import Connector, Exchanges, Peers, Timeouts
from sdg_connector.connector.answering import Answering, request_name
from sdg_connector.evidence import EdmRefused
from sdg_connector.journey import State
from sdg_connector.ports import ArrivedMessage, Corner
from tests.support.exchange_side import ORGANISATION, RETURN, person
from tests.support.faulty_database import NUMBER, Faults, marked_id, number_in
from tests.support.memory_directory import MemoryDirectory
from tests.support.memory_wire import MemoryWire
from tests.support.provider_process import DOCUMENT, diplomas

Got = TypeVar("Got")
_LOOK = 0.1
_LISTENING = 1.0


@dataclass(frozen=True, kw_only=True)
class Databases:
    """URLs of one run."""

    store: str
    engine: str
    witness: str
    """The same store, for one who reads past every fault."""
    other: str
    """The other side's store."""


def open_store(url: str) -> Store:
    """A store whose ids name the exchange that they are made for."""
    return Store.open(url, keys={"k1": b"k" * 32}, current_key="k1", new_id=marked_id)


@dataclass
class InProcess:
    """Both sides, and a witness who reads the books past every fault."""

    connector: Connector
    answering: Answering
    durable: DurableWorkflows
    ours: Store
    """The requester's books as the witness reads them."""
    theirs: Store
    faults: Faults
    standing: dict[str, State] = field(default_factory=dict)
    """Where each exchange stands, as the witness read it last."""
    asked: tuple[str, ...] = ()
    """The requests that the provider has not ended."""
    seen: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def people(self, count: int) -> list[str]:
        """Exchanges of so many people at once; gives their ids when all have ended."""
        try:
            async with asyncio.timeout(60):
                walks = [self.walk(number) for number in range(1, count + 1)]
                exchanges = await asyncio.gather(*walks)
                async with self.seen:
                    await self.seen.wait_for(lambda: not self.asked)
        finally:
            # Whoever waits for nothing but the engine's own last note may still lose it.
            self.faults.enabled = False
        return exchanges

    async def walk(self, number: int) -> str:
        """One person's way from the request to the end; gives the exchange's id."""
        NUMBER.set(number)
        token = await self.shown()
        exchange = await _patiently(lambda: self.press(token, number))
        ticket = await self.leave(exchange)
        # Said again after an error, a decision that counted already is refused.
        with contextlib.suppress(EdmRefused):
            await _patiently(lambda: self.answering.decide(ticket, [0]))
        await self.until(exchange, State.RECEIVED)
        assert await self.witness.content(exchange, 0) == DOCUMENT
        await _patiently(lambda: self.witness.settle(exchange, used=True))
        await self.until(exchange, State.HANDED_OVER)
        return exchange

    async def ask(self, number: int) -> str:
        """Ask for the diploma; gives the exchange's id."""
        return await self.press(await self.shown(), number)

    async def shown(self) -> str:
        """What a page offers: the token of the diploma."""
        ((token, _),) = await self.witness.find(procedure="T3", country="ES")
        return token

    async def press(self, token: str, number: int) -> str:
        """Ask for what a page offers; pressed again, it is the same exchange."""
        return await self.connector.request(
            token,
            procedure="T3",
            subject=person(),
            visit=f"visit {number}",
            asked_at=utc_now(),
            return_location=RETURN,
        )

    async def leave(self, exchange: str) -> str:
        """Go to the provider for the preview; gives its ticket when it is awaited there."""
        await self.until(exchange, State.PREVIEWING)
        location = await _patiently(lambda: self.witness.leave_for_preview(exchange))
        await self.until(exchange, State.RECEIVING)
        return location.rpartition("/")[2].partition("?")[0]

    async def until(self, exchange: str, wanted: State) -> None:
        """Wait until the witness sees the exchange there."""
        async with self.seen:
            await self.seen.wait_for(lambda: self.standing.get(exchange) is wanted)

    @property
    def witness(self) -> Connector:
        """The requester's connector over books that never fail."""
        return replace(self.connector, book=self.ours.book, payloads=self.ours.payloads)

    async def watch(self) -> None:
        """See to it that ``standing`` says how things are."""

        def look() -> None:
            with self.ours.database.reading() as connection:
                query = sa.select(EXCHANGES.c.exchange, EXCHANGES.c.state)
                for row in connection.execute(query):
                    self.standing[row.exchange] = State(row.state)
            self.asked = self.theirs.desk.open_requests()

        while True:
            await asyncio.to_thread(look)
            async with self.seen:
                self.seen.notify_all()
            await asyncio.sleep(_LOOK)

    async def listen(self) -> None:
        """Wake what was written down and not heard of, as a running service does."""
        while True:
            await asyncio.sleep(_LISTENING)
            unheard = self.ours.book.unheard, self.theirs.desk.unheard
            for look in unheard:
                self.durable.nudge(await asyncio.to_thread(look))


@asynccontextmanager
async def in_process(
    side: str,
    databases: Databases,
    faults: Faults,
    *,
    worker: str = "local",
    moment: timedelta = MOMENT,
) -> AsyncIterator[InProcess]:
    """Run both; ``side`` says whether the requester or the provider is the durable one.

    ``moment`` is how long an exchange runs before the engine is told of it.
    """
    faulty, other = open_store(databases.store), open_store(databases.other)
    seen = open_store(databases.witness)
    durable = DurableWorkflows(url=databases.engine, worker=worker, moment=moment)
    memory = MemoryWorkflows()
    asks = side == "requester"
    ours, theirs = (faulty, other) if asks else (other, faulty)
    there, back = MemoryWire(us="AP_LV"), MemoryWire(us="AP_ES")
    shared: dict[str, Any] = {"domain": "x.example", "now": utc_now, "new_id": marked_id}
    exchanges = Exchanges(
        book=ours.book,
        payloads=ours.payloads,
        transport=there,
        timeouts=Timeouts(),
        **shared,
    )
    answering = Answering(
        provider=diplomas(),
        book=theirs.desk,
        transport=back,
        workflows=memory if asks else durable,
        pseudonym=theirs.pseudonyms.of,
        **shared,
    )
    connector = Connector(
        organisation=ORGANISATION,
        peers=Peers(preview_hosts={Corner("AP_ES", OOTS_PARTY_TYPE): ("es.sandbox.example",)}),
        directory=MemoryDirectory(),
        book=ours.book,
        exchanges=exchanges,
        payloads=ours.payloads,
        workflows=durable if asks else memory,
        timeouts=Timeouts(),
        now=utc_now,
        new_id=marked_id,
        pseudonyms=ours.pseudonyms,
    )
    durable.driver = memory.driver = BothSides(exchanges, answering)

    async def to_provider(message: ArrivedMessage) -> bytes | None:
        NUMBER.set(number_in(message.message_id))
        faults.aliases[request_name(message.sender, message.message_id)] = NUMBER.get()
        return await answering.arrived(message)

    async def to_requester(message: ArrivedMessage) -> bytes | None:
        NUMBER.set(number_in(message.message_id))
        return await connector.arrived(message)

    there.take, back.take = to_provider, to_requester
    await durable.start()
    both = InProcess(
        connector=connector,
        answering=answering,
        durable=durable,
        ours=seen if asks else other,
        theirs=other if asks else seen,
        faults=faults,
    )
    beside = [asyncio.create_task(both.watch()), asyncio.create_task(both.listen())]
    try:
        yield both
    finally:
        for task in beside:
            task.cancel()
        await memory.stop()
        await durable.stop()
        for store in (faulty, other, seen):
            store.close()


async def _patiently(ask: Callable[[], Awaitable[Got]]) -> Got:
    while True:
        try:
            return await ask()
        except EdmRefused:
            raise
        except Exception:  # noqa: BLE001  a page that does not load is loaded again
            await asyncio.sleep(_LOOK)
