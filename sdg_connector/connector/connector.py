"""The object that a procedure portal calls: find, ask, preview, receive, hand over."""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sdg_connector.connector.book import EvidenceFile, ExchangeBook, NewExchange, Record
from sdg_connector.connector.errors import Gone
from sdg_connector.connector.exchange import Exchanges
from sdg_connector.connector.finding import Directory, Search
from sdg_connector.connector.offers import EvidenceOffer, WantedForm
from sdg_connector.connector.orders import (
    Order,
    OwnOrganisation,
    browser_location,
    first_request,
)
from sdg_connector.connector.persons import record_key
from sdg_connector.connector.timeouts import Timeouts
from sdg_connector.content import Content, octets_of
from sdg_connector.errors import OwnMistake
from sdg_connector.evidence import EvidenceRequest
from sdg_connector.journey import Happened, State
from sdg_connector.ports import (
    ArrivedMessage,
    Clock,
    Corner,
    NewId,
    PayloadStore,
    Pseudonyms,
    Workflows,
)
from sdg_connector.turns import in_turn
from sdg_connector.vocabulary import LegalPerson, NaturalPerson, Requirement

_GOING: Final = frozenset({State.PREVIEWING, State.SECOND_REQUEST, State.RECEIVING})
_SECOND_REQUEST_GRACE: Final = timedelta(seconds=5)
_LOOK_AGAIN: Final = 2.0
"""Seconds between two looks into the book, where a bell tells of each step."""
_LOOK_AGAIN_ELSEWHERE: Final = 0.25
"""The same where an exchange is run by another process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeStatus:
    """How far an exchange has come, for the person and for an operator."""

    exchange: str
    state: State
    files: tuple[EvidenceFile, ...]
    preview_location: str
    """Where the person is awaited while ``PREVIEWING``; empty otherwise."""
    problem: str
    rule: str
    deadline: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Which hosts belong to which provider's access point."""

    preview_hosts: dict[Corner, tuple[str, ...]]

    def hosts(self, receiver: Corner) -> tuple[str, ...]:
        """Hosts on which that provider may ask for a preview; none when it is not known."""
        return self.preview_hosts.get(receiver, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """Evidence requests of one organisation."""

    organisation: OwnOrganisation
    peers: Peers
    directory: Directory
    book: ExchangeBook
    exchanges: Exchanges
    """What writes a new exchange down, and drives it."""
    payloads: PayloadStore
    workflows: Workflows
    timeouts: Timeouts
    now: Clock
    new_id: NewId
    pseudonyms: Pseudonyms
    offers_last: timedelta = timedelta(hours=2)

    async def requirements(self, *, procedure: str) -> tuple[Requirement, ...]:
        """What has to be proved in a procedure (Annex II code); raises what the directory does."""
        return await self.directory.requirements(
            procedure=procedure, country=self.organisation.country
        )

    async def find(
        self,
        *,
        procedure: str,
        country: str,
        answers: Mapping[str, str] | None = None,
        only: Collection[str] | None = None,
    ) -> tuple[tuple[str, EvidenceOffer], ...]:
        """What can be asked for, each offer with the token that ``request`` takes.

        ``answers`` are what the person said to the questions of ``AnswersNeeded``, by their keys;
        ``only`` are the requirements that this country is to prove. Raises ``NothingFound``,
        ``AnswersNeeded`` and what the directory raises.
        """
        search = Search(
            directory=self.directory,
            procedure=procedure,
            own_country=self.organisation.country,
            country=country,
            answers=answers or {},
            only=only,
        )
        offers = await search.offers()
        return tuple([(await in_turn(self._keep, offer), offer) for offer in offers])

    async def request(
        self,
        offer: str,
        *,
        procedure: str,
        subject: NaturalPerson | LegalPerson,
        visit: str,
        asked_at: datetime,
        return_location: str,
        representative: NaturalPerson | LegalPerson | None = None,
        wanted: WantedForm | None = None,
        preview_possible: bool = True,
    ) -> str:
        """Begin an exchange on the person's explicit request; gives its id.

        SDGR article 14(4). Asking again for the same offer in the same visit gives the same
        exchange; in line 2.0 the exchanges of one visit share a conversation. ``representative``
        acts for the subject; ``wanted`` is one of the provider's forms; ``preview_possible`` is
        false only where the law lets evidence be used unseen (SDGR article 14(5)). Raises ``Gone``
        for an offer that is too old, ``EdmMisuse`` for values that the data model forbids.
        """
        exchange, new = await in_turn(
            self._created,
            offer,
            procedure=procedure,
            subject=subject,
            visit=visit,
            asked_at=asked_at,
            return_location=return_location,
            representative=representative,
            wanted=wanted,
            preview_possible=preview_possible,
        )
        await self.workflows.begin(exchange, new=new)
        return exchange

    async def status(self, exchange: str) -> ExchangeStatus:
        """How far an exchange has come; raises ``UnknownExchange``."""
        return await in_turn(self._status, exchange)

    async def of_person(
        self, subject: NaturalPerson | LegalPerson
    ) -> tuple[tuple[Record, EvidenceRequest], ...]:
        """What a person asked for and has not ended, oldest first: for one who comes back.

        Only who logged in as the person may see it. An order that was erased is left out.
        """
        return await in_turn(self._of_person, subject)

    async def until(self, exchange: str, *states: State) -> ExchangeStatus:
        """Wait until an exchange is in one of these states, or has ended; raises likewise.

        Its own limits end every exchange (TDD 4.4.3), so this ends too.
        """
        with self.workflows.watching(exchange) as bell:
            told = self.workflows.rests_in(exchange)
            while True:
                if not told or _is_there(State(told), states):
                    status = await in_turn(self._reached, exchange, states)
                    if status is not None:
                        return status
                told = await bell.heard(self._patience(exchange))

    @contextmanager
    def steps(self, exchange: str) -> Iterator[Callable[[float], Awaitable[None]]]:
        """What waits, while the block lasts, for the next step of an exchange.

        It takes the seconds after which it waits no longer; it may end earlier without a step.
        """
        with self.workflows.watching(exchange) as bell:

            async def next_step(seconds: float) -> None:
                await bell.heard(min(seconds, self._patience(exchange)))

            yield next_step

    async def leave_for_preview(self, exchange: str) -> str:
        """The person goes to the provider now: gives the address to send the browser to.

        The second request is sent at the same time (TDD 4.9); its receipt is waited for a moment,
        so that the person does not arrive before it. Raises ``OwnMistake`` when no preview waits.
        """
        with self.workflows.watching(exchange) as bell:
            location = await in_turn(self._leave, exchange)
            self.workflows.wake(exchange)
            limit = self.now() + _SECOND_REQUEST_GRACE
            state = State.PREVIEWING
            while state in {State.PREVIEWING, State.SECOND_REQUEST} and self.now() < limit:
                told = await bell.heard(self._patience(exchange))
                state = State(told) if told else (await in_turn(self.book.read, exchange)).state
        return location

    async def returned(self, exchange: str) -> None:
        """The person came back from the provider."""
        await self._told(exchange, Happened.PERSON_RETURNED)

    async def content(self, exchange: str, number: int) -> bytes:
        """All octets of a file; raises ``UnknownExchange`` and, after erasure, ``Gone``."""
        return await in_turn(lambda: octets_of(self.book.content(exchange, number)))

    async def streamed(self, exchange: str, number: int) -> Content:
        """A file that is too big for memory where it lies; raises as ``content`` does."""
        return await in_turn(self.book.content, exchange, number)

    async def settle(self, exchange: str, *, used: bool) -> None:
        """The person attached the evidence, or decided not to use it."""
        happened = Happened.EVIDENCE_ATTACHED if used else Happened.EVIDENCE_DROPPED
        await self._told(exchange, happened)

    async def cancel(self, exchange: str) -> None:
        """End an exchange that has not ended; raises ``UnknownExchange``."""
        await self._told(exchange, Happened.CANCELLED)

    async def arrived(self, message: ArrivedMessage) -> bytes | None:
        """Store a proven message before its receipt leaves, and wake its exchange.

        Gives the receipt of an earlier arrival of the same message, or None. Raises
        ``StoredDifferently`` when its id was used for another message.
        """
        earlier, exchange = await in_turn(
            self.book.arrive, message, purge_at=message.at + self.timeouts.lasts
        )
        if exchange:
            self.workflows.wake(exchange)
        return earlier

    async def resume(self) -> int:
        """After a start: begin again whatever a crash may have cut off; gives how many."""
        open_ = await in_turn(self.book.open_exchanges)
        for exchange in open_:
            await self.workflows.begin(exchange)
        return len(open_)

    async def _told(self, exchange: str, happened: Happened) -> None:
        await in_turn(self._tell, exchange, happened)
        self.workflows.wake(exchange)

    def _tell(self, exchange: str, happened: Happened) -> None:
        self.book.tell(exchange, {"happened": happened.value}, key=f"person {happened.value}")

    def _leave(self, exchange: str) -> str:
        record = self.book.read(exchange)
        if record.state not in _GOING:
            raise OwnMistake(f"exchange {exchange} waits for no preview")
        location = self._browser_location(record)
        self._tell(exchange, Happened.LEFT_FOR_PREVIEW)
        return location

    def _patience(self, exchange: str) -> float:
        """Seconds until the book is looked into, although no bell rang."""
        return _LOOK_AGAIN if self.workflows.runs_here(exchange) else _LOOK_AGAIN_ELSEWHERE

    def _keep(self, offer: EvidenceOffer) -> str:
        return self.payloads.put(offer.to_bytes(), purge_at=self.now() + self.offers_last)

    def _created(
        self,
        token: str,
        *,
        procedure: str,
        subject: NaturalPerson | LegalPerson,
        visit: str,
        asked_at: datetime,
        return_location: str,
        representative: NaturalPerson | LegalPerson | None,
        wanted: WantedForm | None,
        preview_possible: bool,
    ) -> tuple[str, bool]:
        """The id of the exchange, and whether it is new."""
        offer = EvidenceOffer.from_bytes(self.payloads.get(token))
        request = first_request(
            offer,
            request_id=self.new_id(),
            at=asked_at,
            procedure=procedure,
            requester=self.organisation,
            subject=subject,
            representative=representative,
            wanted=wanted,
            preview_possible=preview_possible,
        )
        order = Order.of(
            request,
            receiver=offer.receiver,
            preview_hosts=self.peers.hosts(offer.receiver),
            return_location=return_location,
        )
        new = NewExchange(
            exchange=self.new_id(),
            asked_key=hashlib.sha256(f"{visit}\n{token}".encode()).hexdigest(),
            conversation=self._conversation(request, visit),
            request_id=request.request_id,
            order=order.to_bytes(),
            at=asked_at,
            purge_at=asked_at + self.timeouts.lasts,
            procedure=procedure,
            requester=self.organisation.identifier,
            provider=offer.provider.identifier.value,
            evidence_type=offer.service.classification,
            country=offer.country,
            subject=self.pseudonyms.of(record_key(subject)),
        )
        return self.exchanges.create(new, order)

    def _of_person(
        self, subject: NaturalPerson | LegalPerson
    ) -> tuple[tuple[Record, EvidenceRequest], ...]:
        found = []
        for record in self.book.of_subject(self.pseudonyms.all_of(record_key(subject))):
            try:
                order = Order.from_bytes(self.payloads.get(record.order))
            except Gone:
                continue
            found.append((record, order.request))
        return tuple(found)

    def _reached(self, exchange: str, states: Collection[State]) -> ExchangeStatus | None:
        record, files = self.book.with_files(exchange)
        return self._status_of(record, files) if _is_there(record.state, states) else None

    def _status(self, exchange: str) -> ExchangeStatus:
        return self._status_of(*self.book.with_files(exchange))

    def _status_of(self, record: Record, files: tuple[EvidenceFile, ...]) -> ExchangeStatus:
        location = ""
        if record.state is State.PREVIEWING:
            try:
                location = self._browser_location(record)
            except Gone:
                # Whether the exchange ended, and was erased, since it was read.
                record, files = self.book.with_files(record.exchange)
                if record.state is State.PREVIEWING:
                    raise
        return ExchangeStatus(
            exchange=record.exchange,
            state=record.state,
            files=files,
            preview_location=location,
            problem=record.problem,
            rule=record.rule,
            deadline=record.deadline,
        )

    def _browser_location(self, record: Record) -> str:
        location, order = self.payloads.several(record.preview, record.order)
        return browser_location(order, location.decode())

    def _conversation(self, request: EvidenceRequest, visit: str) -> str:
        """TDD 4.7: the session of one person in line 2.0, the exchange before it.

        Whoever does not hold the store's key learns nothing about the visit from it.
        """
        if not request.line.is_packaged:
            return self.new_id()
        named = self.pseudonyms.of(f"conversation {visit} {record_key(request.subject)}")
        return str(UUID(bytes=hashlib.sha256(named.encode()).digest()[:16], version=4))


def _is_there(state: State, states: Collection[State]) -> bool:
    """Whether an exchange is where it is waited for, or cannot get there any more."""
    return state in states or state.is_end
