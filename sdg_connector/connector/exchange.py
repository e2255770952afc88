"""One exchange from the explicit request to its end, written once for every way to run it.

Each stimulus (the start, an arrived message, a button, a limit that passed) is one step. A step may
be repeated after a crash at any instant: the book says how far the exchange has come, a message is
packed once and its octets are sent again under the same id, and a stimulus is taken in once.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sdg_connector.connector.answers import Occurrence, understand
from sdg_connector.connector.book import Change, ExchangeBook, Posted, Record
from sdg_connector.connector.errors import Gone, Overtaken
from sdg_connector.connector.orders import Order
from sdg_connector.connector.persons import record_key
from sdg_connector.connector.timeouts import Timeouts
from sdg_connector.evidence import EvidenceRequest, write_evidence_request
from sdg_connector.journey import Effect, Happened, OutOfPlace, State, advance
from sdg_connector.ports import (
    Clock,
    NewId,
    Observer,
    OutgoingDocument,
    PackedMessage,
    PayloadStore,
    Run,
    Sent,
    Transport,
    Unobserved,
)

_log = logging.getLogger(__name__)
_SENDING: Final = {State.REQUESTING: 1, State.SECOND_REQUEST: 2}
"""The states in which a request is under way, and its number among the two of one asking."""
LOOK_AGAIN: Final[Mapping[str, str]] = {"look": "again"}
"""A stimulus that moves nothing: the exchange does at once what it waits to do."""
_OVERTAKEN: Final = 10
"""How often an exchange is looked at again when two workers drive it for a moment."""
_END: Final = "end"
_WAIT: Final = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanges:
    """What drives every exchange: the table, the book and the access point."""

    book: ExchangeBook
    payloads: PayloadStore
    transport: Transport
    timeouts: Timeouts
    domain: str
    """Right-hand side of our message ids."""
    now: Clock
    new_id: NewId
    pseudonym: Callable[[str], str]
    """Gives a name for a person that says nothing to whoever lacks the store's keys."""
    observer: Observer = field(default_factory=Unobserved)

    async def run(self, run: Run, exchange: str) -> str:
        """Drive one exchange to its end; gives the end's name."""
        stimulus: Mapping[str, Any] | None = None
        number = 0
        while True:
            taken, count = stimulus, number

            async def work(
                taken: Mapping[str, Any] | None = taken, count: int = count
            ) -> dict[str, Any]:
                return await self._taken_in(exchange, count, taken)

            result = await run.step(f"stimulus {number}", work)
            if _END in result:
                return str(result[_END])
            stimulus = await run.wait(float(result[_WAIT]))
            number += 1

    async def _taken_in(
        self, exchange: str, number: int, stimulus: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Take a stimulus in, again from where the exchange stands when another worker moved it."""
        for _ in range(_OVERTAKEN):
            try:
                return await self._take_in(exchange, number, stimulus)
            except Overtaken:
                _log.info("exchange=%s was moved on by another worker", exchange)
        return await self._take_in(exchange, number, stimulus)

    async def _take_in(
        self, exchange: str, number: int, stimulus: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        record = await asyncio.to_thread(self.book.read, exchange)
        if number > record.stimulus and not record.state.is_end:
            record = await asyncio.to_thread(self._note, record, number, stimulus)
        while not record.state.is_end:
            then = await self._perform(record)
            if not isinstance(then, Occurrence):
                return {_WAIT: max(then.total_seconds(), 0.0)}
            record = await asyncio.to_thread(self._move, record, record.stimulus, then)
        return {_END: record.state.value}

    def _note(self, record: Record, number: int, stimulus: Mapping[str, Any] | None) -> Record:
        occurrence, reason = self._occurrence(record, stimulus)
        if occurrence is None:
            return self.book.skip(record, number, at=self.now(), reason=reason)
        try:
            return self._move(record, number, occurrence)
        except OutOfPlace as late:
            _log.info("exchange=%s ignored: %s", record.exchange, late)
            return self.book.skip(record, number, at=self.now(), reason=occurrence.happened)

    def _occurrence(
        self, record: Record, stimulus: Mapping[str, Any] | None
    ) -> tuple[Occurrence | None, str]:
        if stimulus is None:
            return None, ""
        if stimulus == LOOK_AGAIN:
            return None, "an operator had it go on"
        if "happened" in stimulus:
            happened = Happened(stimulus["happened"])
            problem = "declined" if _is_no(happened) else ""
            return Occurrence(happened=happened, problem=problem), ""
        arrived, payloads = self.book.arrived(stimulus["sender"], stimulus["message"])
        occurrence = understand(
            arrived,
            payloads,
            order=self._order(record),
            request_id=record.request_id,
            state=record.state,
        )
        if occurrence is not None and occurrence.available_at is not None:
            occurrence = self._later(record, occurrence, occurrence.available_at)
        return occurrence, f"answer to no request of this exchange: {arrived.message_id}"

    def _later(self, record: Record, occurrence: Occurrence, available_at: datetime) -> Occurrence:
        """A provider that always has the evidence later is not asked for ever."""
        at = self.timeouts.ask_again_at(available_at, now=self.now())
        if self.timeouts.waits_for(at, asked_at=record.created, times=record.times):
            return replace(occurrence, available_at=at)
        return replace(occurrence, happened=Happened.EVIDENCE_TOO_LATE)

    def _move(self, record: Record, number: int, occurrence: Occurrence) -> Record:
        move = advance(record.state, occurrence.happened)
        now = self.now()
        deferred = move.state is State.DEFERRED and occurrence.available_at
        asks_again = occurrence.happened is Happened.DUE
        change = Change(
            state=move.state,
            stimulus=number,
            at=now,
            happened=occurrence.happened,
            deadline=deferred or self._deadline(record, move.state, now),
            keep_until=deferred + self.timeouts.lasts if deferred else None,
            exchange_id=self.new_id() if asks_again else "",
            problem=occurrence.problem,
            rule=occurrence.rule,
            message_id=occurrence.message_id,
            preview_location=occurrence.preview_location,
            files=occurrence.files,
            erase=Effect.ERASE_EVIDENCE in move.effects,
            digests=tuple(one.sha256 for one in occurrence.files),
            response_id=occurrence.response_id,
            subject=self._subject(record, occurrence),
        )
        moved = self.book.move(record, change)
        self.observer.count("exchange.moves", state=moved.state, event=occurrence.happened)
        _log.info(
            "exchange=%s state=%r event=%r message=%s rule=%s",
            record.exchange,
            move.state.value,
            occurrence.happened.value,
            occurrence.message_id or "-",
            occurrence.rule or "-",
        )
        return moved

    def _deadline(self, record: Record, state: State, now: datetime) -> datetime | None:
        if state is record.state:
            return record.deadline
        limit = self.timeouts.limit(state)
        return now + limit if limit else None

    async def _perform(self, record: Record) -> Occurrence | timedelta:
        if record.state is State.FINDING:
            return Occurrence(happened=Happened.EXPLICIT_REQUEST_GIVEN)
        if record.state in _SENDING:
            return await self._send(record, 2 * record.times + _SENDING[record.state])
        if record.deadline is None:
            return timedelta(0)
        left = record.deadline - self.now()
        if left > timedelta(0):
            return left
        if record.state is State.DEFERRED and self.now() <= record.created + self.timeouts.later:
            return Occurrence(happened=Happened.DUE)
        return Occurrence(happened=Happened.TIME_UP, problem="timeout", rule=_limit(record.state))

    async def _send(self, record: Record, number: int) -> Occurrence | timedelta:
        try:
            posted = await asyncio.to_thread(self._posted, record, number)
        except Gone:
            return Occurrence(happened=Happened.CANCELLED, problem="declined", rule="erased")
        packed = posted.packed
        if posted.delivered:
            return Occurrence(happened=Happened.RECEIPT_CAME, message_id=packed.message_id)
        about = {"exchange": record.exchange, "message": packed.message_id}
        with self.observer.during("as4.send", **about) as seen:
            attempt = await self.transport.attempt(packed)
            seen.outcome = attempt.outcome.value
        receipt = attempt.receipt if attempt.outcome is Sent.DELIVERED else b""
        await asyncio.to_thread(
            self.book.attempted,
            record.exchange,
            number,
            delivered=attempt.outcome is Sent.DELIVERED,
            receipt=receipt,
            at=self.now(),
        )
        if attempt.outcome is Sent.DELIVERED:
            return Occurrence(happened=Happened.RECEIPT_CAME, message_id=packed.message_id)
        _log.warning(
            "exchange=%s message=%s not delivered: %s",
            record.exchange,
            packed.message_id,
            attempt.detail,
        )
        pauses = self.transport.pauses(packed)
        if attempt.outcome is Sent.TRY_AGAIN and posted.attempts < len(pauses):
            return pauses[posted.attempts]
        return Occurrence(
            happened=Happened.NOT_DELIVERED,
            problem="unreachable",
            rule=attempt.detail or "EBMS:0301",
            message_id=packed.message_id,
        )

    def _posted(self, record: Record, number: int) -> Posted:
        there = self.book.posted(record.exchange, number)
        if there is not None:
            return there
        packed, request_id = self._packed(record, number)
        return self.book.post(record.exchange, number, packed, request_id=request_id, at=self.now())

    def _packed(self, record: Record, number: int) -> tuple[PackedMessage, str]:
        order = self._order(record)
        request = self._request(record, order, number)
        properties: tuple[tuple[str, str], ...] = ()
        if request.line.is_packaged:
            # R-EDM-EBMS ebMS-037, ebMS-038; the second request keeps the ExchangeId (TDD 4.9).
            properties = (
                ("ExchangeId", record.exchange_id),
                ("SpecificationId", request.line.value),
            )
        packed = self.transport.pack(
            OutgoingDocument(
                message_id=f"{self.new_id()}@{self.domain}",
                conversation_id=record.conversation,
                action="ExecuteQueryRequest",
                receiver=order.receiver,
                original_sender=order.sender,
                final_recipient=order.recipient,
                document=write_evidence_request(request),
                properties=properties,
                at=self.now(),
            )
        )
        return packed, request.request_id

    def _request(self, record: Record, order: Order, number: int) -> EvidenceRequest:
        if record.state is State.SECOND_REQUEST:
            return order.request.second(
                request_id=f"urn:uuid:{self.new_id()}",
                issued_at=self.now(),
                preview_location=self.payloads.get(record.preview).decode(),
                return_location=order.return_location,
            )
        if number == 1:
            return order.request
        return replace(order.request, request_id=f"urn:uuid:{self.new_id()}", issued_at=self.now())

    def _subject(self, record: Record, occurrence: Occurrence) -> str:
        """IR (EU) 2022/1463, article 17: on whose request, in a name that names nobody."""
        if occurrence.happened is not Happened.EXPLICIT_REQUEST_GIVEN:
            return ""
        return self.pseudonym(record_key(self._order(record).request.subject))

    def _order(self, record: Record) -> Order:
        return Order.from_bytes(self.payloads.get(record.order))


def _is_no(happened: Happened) -> bool:
    """Whether the event is the person's own no."""
    return happened in {Happened.EVIDENCE_DROPPED, Happened.CANCELLED}


def _limit(state: State) -> str:
    names = {State.WAITING: "T1", State.PREVIEWING: "T2", State.RECEIVING: "T3"}
    if state is State.DEFERRED:
        return "ResponseAvailableDateTime"
    return f"TDD 4.4.3 {names[state]}" if state in names else "retention"
