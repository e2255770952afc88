"""One exchange from the explicit request to its end, written once for every way to run it.

Each stimulus (an arrived message, a button, an operator's word) is written in the book before
anybody is told, and taken in once. A step may be repeated after a crash at any instant: the book
says how far the exchange has come, and a message is packed once and its octets are sent again under
the same id.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sdg_connector.connector.answers import Occurrence, understand
from sdg_connector.connector.asking import SENDING, Asking, number_of
from sdg_connector.connector.book import (
    AttemptMade,
    Change,
    ExchangeBook,
    NewExchange,
    Posted,
    Record,
    Standing,
    Told,
    moved_to,
)
from sdg_connector.connector.driving import until_end
from sdg_connector.connector.errors import Gone, Overtaken
from sdg_connector.connector.orders import Order
from sdg_connector.connector.timeouts import Timeouts
from sdg_connector.errors import ConnectorError
from sdg_connector.journey import Effect, Happened, OutOfPlace, State, advance
from sdg_connector.ports import (
    Attempt,
    Clock,
    NewId,
    Observer,
    PayloadStore,
    Run,
    Sent,
    Step,
    Transport,
    Unobserved,
)
from sdg_connector.turns import in_turn

_log = logging.getLogger(__name__)
LOOK_AGAIN: Final[Mapping[str, str]] = {"look": "again"}
"""A stimulus that moves nothing: the exchange does at once what it waits to do."""
_OVERTAKEN: Final = 10
"""How often an exchange is looked at again when two workers drive it for a moment."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that is sent now."""

    record: Record
    number: int
    posted: Posted


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
    observer: Observer = field(default_factory=Unobserved)
    _begun: dict[str, Standing] = field(default_factory=dict, init=False, repr=False)
    """New exchanges as they were written down a moment ago, until their first step."""

    def create(self, new: NewExchange, order: Order) -> tuple[str, bool]:
        """Write an exchange down with its first request; its id, and whether it is new.

        A request that cannot be packed is left to the first step of the exchange, where an operator
        can mend what lacks and have it go on.
        """
        asked = Occurrence(happened=Happened.EXPLICIT_REQUEST_GIVEN)
        try:
            change = self._change(new.record(), -1, asked, order=order)
        except ConnectorError:
            change = None
        written = self.book.create(new, change)
        if isinstance(written, str):
            return written, False
        if change is not None:
            self._begun[new.exchange] = written
            self._tell_of(written.record, asked)
        return new.exchange, True

    async def run(self, run: Run, exchange: str) -> str:
        """Drive one exchange to its end; gives the end's name."""
        return await until_end(run, exchange, self._go_on)

    async def _go_on(self, exchange: str) -> Step:
        """Go as far as can be gone now, again from where another worker moved it to, if one did."""
        for _ in range(_OVERTAKEN):
            try:
                return await self._take_in(exchange)
            except Overtaken:
                _log.info("exchange=%s was moved on by another worker", exchange)
        return await self._take_in(exchange)

    async def _take_in(self, exchange: str) -> Step:
        then = await in_turn(self._until_sending, exchange)
        while isinstance(then, Sending):
            attempt = await self._attempted(then)
            then = await in_turn(self._after_attempt, then, attempt)
        return then

    def _until_sending(self, exchange: str) -> Sending | Step:
        begun = self._begun.pop(exchange, None)
        return self._from(begun or self.book.next_of(exchange))

    def _from(self, standing: Standing) -> Sending | Step:
        """Take in what was told, stimulus by stimulus, until something is to be sent or waited."""
        while not standing.record.state.is_end:
            told = standing.told
            if told is not None:
                standing = self._note(standing.record, told)
            then = self._perform(standing, at_once=told is not None)
            while isinstance(then, Occurrence):
                standing = self._move(standing.record, standing.record.stimulus, then)
                then = self._perform(standing, at_once=False)
            if isinstance(then, Sending):
                return then
            if standing.told is None and not standing.record.state.is_end:
                return Step(standing.record.state.value, wait=max(then.total_seconds(), 0.0))
        return Step(standing.record.state.value)

    def _note(self, record: Record, told: Told) -> Standing:
        occurrence, reason = self._occurrence(record, told.stimulus)
        if occurrence is None:
            return self.book.skip(record, told.number, at=self.now(), reason=reason)
        try:
            return self._move(record, told.number, occurrence)
        except OutOfPlace as late:
            _log.info("exchange=%s ignored: %s", record.exchange, late)
            return self.book.skip(record, told.number, at=self.now(), reason=occurrence.happened)

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
            order=Order.from_bytes(self.payloads.get(record.order)),
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

    def _move(
        self,
        record: Record,
        number: int,
        occurrence: Occurrence,
        *,
        attempt: AttemptMade | None = None,
    ) -> Standing:
        moved = self.book.move(record, self._change(record, number, occurrence, attempt=attempt))
        self._tell_of(moved.record, occurrence)
        return moved

    def _change(
        self,
        record: Record,
        number: int,
        occurrence: Occurrence,
        *,
        attempt: AttemptMade | None = None,
        order: Order | None = None,
    ) -> Change:
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
            attempt=attempt,
        )
        return self._with_message(record, change, order)

    def _tell_of(self, moved: Record, occurrence: Occurrence) -> None:
        self.observer.count("exchange.moves", state=moved.state, event=occurrence.happened)
        _log.info(
            "exchange=%s state=%r event=%r message=%s rule=%s",
            moved.exchange,
            moved.state.value,
            occurrence.happened.value,
            occurrence.message_id or "-",
            occurrence.rule or "-",
        )

    def _with_message(self, record: Record, change: Change, order: Order | None) -> Change:
        """A move to where a message is sent is written down with the message, packed once."""
        if change.state is record.state or change.state not in SENDING:
            return change
        asking = Asking(
            payloads=self.payloads,
            transport=self.transport,
            domain=self.domain,
            now=self.now,
            new_id=self.new_id,
        )
        try:
            return replace(change, outgoing=asking.outgoing(moved_to(record, change), order))
        except Gone:
            # What it asks with was erased meanwhile, which ends it where it stands then.
            return change

    def _deadline(self, record: Record, state: State, now: datetime) -> datetime | None:
        if state is record.state:
            return record.deadline
        limit = self.timeouts.limit(state)
        return now + limit if limit else None

    def _perform(self, standing: Standing, *, at_once: bool) -> Occurrence | Sending | timedelta:
        """What an exchange does by itself where it stands: move, send, or wait so long."""
        record = standing.record
        if record.state is State.FINDING:
            return Occurrence(happened=Happened.EXPLICIT_REQUEST_GIVEN)
        if record.state in SENDING:
            return self._to_send(standing, at_once=at_once)
        if record.deadline is None:
            return timedelta(0)
        left = record.deadline - self.now()
        if left > timedelta(0):
            return left
        if record.state is State.DEFERRED and self.now() <= record.created + self.timeouts.later:
            return Occurrence(happened=Happened.DUE)
        return Occurrence(happened=Happened.TIME_UP, problem="timeout", rule=_limit(record.state))

    def _to_send(self, standing: Standing, *, at_once: bool) -> Occurrence | Sending | timedelta:
        record, number = standing.record, number_of(standing.record)
        try:
            posted = standing.posted or self.book.posted(record.exchange, number)
        except Gone:
            posted = None
        if posted is None:
            return Occurrence(happened=Happened.CANCELLED, problem="declined", rule="erased")
        if posted.delivered:
            return _delivered(posted)
        left = timedelta(0) if posted.due is None or at_once else posted.due - self.now()
        return left if left > timedelta(0) else Sending(record, number, posted)

    async def _attempted(self, sending: Sending) -> Attempt:
        packed = sending.posted.packed
        about = {"exchange": sending.record.exchange, "message": packed.message_id}
        with self.observer.during("as4.send", **about) as seen:
            attempt = await self.transport.attempt(packed)
            seen.outcome = attempt.outcome.value
        return attempt

    def _after_attempt(self, sending: Sending, attempt: Attempt) -> Sending | Step:
        record, posted, now = sending.record, sending.posted, self.now()
        delivered = attempt.outcome is Sent.DELIVERED
        pauses = self.transport.pauses(posted.packed)
        again = attempt.outcome is Sent.TRY_AGAIN and posted.attempts < len(pauses)
        made = AttemptMade(
            number=sending.number,
            receipt=attempt.receipt if delivered else None,
            due=now + pauses[posted.attempts] if again else None,
        )
        if not delivered:
            _log.warning(
                "exchange=%s message=%s not delivered: %s",
                record.exchange,
                posted.packed.message_id,
                attempt.detail,
            )
        if again:
            self.book.attempted(record.exchange, made, at=now)
            return self._until_sending(record.exchange)
        ended = _delivered(posted) if delivered else _not_delivered(posted, attempt)
        return self._from(self._move(record, record.stimulus, ended, attempt=made))


def _delivered(posted: Posted) -> Occurrence:
    return Occurrence(happened=Happened.RECEIPT_CAME, message_id=posted.packed.message_id)


def _not_delivered(posted: Posted, attempt: Attempt) -> Occurrence:
    return Occurrence(
        happened=Happened.NOT_DELIVERED,
        problem="unreachable",
        rule=attempt.detail or "EBMS:0301",
        message_id=posted.packed.message_id,
    )


def _is_no(happened: Happened) -> bool:
    """Whether the event is the person's own no."""
    return happened in {Happened.EVIDENCE_DROPPED, Happened.CANCELLED}


def _limit(state: State) -> str:
    names = {State.WAITING: "T1", State.PREVIEWING: "T2", State.RECEIVING: "T3"}
    if state is State.DEFERRED:
        return "ResponseAvailableDateTime"
    return f"TDD 4.4.3 {names[state]}" if state in names else "retention"
