"""What is written down about each exchange: ids and states, never a person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sdg_connector.content import Content
from sdg_connector.journey import Happened, State
from sdg_connector.ports import ArrivedMessage, PackedMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExchange:
    """An exchange at the moment of the person's explicit request."""

    exchange: str
    asked_key: str
    """Digest of visit and offer: asking again under the same key gives the same exchange."""
    conversation: str
    """Several exchanges of one person's session share it in line 2.0 (TDD 4.7)."""
    request_id: str
    order: bytes = field(repr=False)
    """``Order.to_bytes()``: goes into the encrypted store."""
    at: datetime
    purge_at: datetime
    procedure: str
    requester: str
    provider: str
    evidence_type: str
    country: str
    subject: str
    """Pseudonym of the person."""

    def record(self, *, order: str = "") -> "Record":
        """As the book has it, before anything happens."""
        return Record(
            exchange=self.exchange,
            state=State.FINDING,
            stimulus=-1,
            conversation=self.conversation,
            exchange_id=self.exchange,
            times=0,
            request_id=self.request_id,
            order=order,
            preview="",
            deadline=None,
            problem="",
            rule="",
            created=self.at,
            updated=self.at,
            purge_at=self.purge_at,
            procedure=self.procedure,
            provider=self.provider,
            evidence_type=self.evidence_type,
            country=self.country,
            requester=self.requester,
            subject=self.subject,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One exchange as the book has it."""

    exchange: str
    state: State
    stimulus: int
    """Number of the last stimulus that was taken in: each is taken in once."""
    conversation: str
    exchange_id: str
    """ExchangeId of the messages: that of the exchange, and a new one each time it asks again."""
    times: int
    """How often the provider, which had the evidence later, was asked again."""
    request_id: str
    """Of the request that waits for its answer."""
    order: str
    """Payload id."""
    preview: str
    """Payload id of the preview location; empty before there is one."""
    deadline: datetime | None
    problem: str
    """How it ended otherwise: ``declined``, ``not_found``, ``timeout``, ``unreachable``, …"""
    rule: str
    """The rule or code behind the problem."""
    created: datetime
    updated: datetime
    purge_at: datetime
    """When the exchange and its documents are erased."""
    procedure: str
    provider: str
    evidence_type: str
    country: str
    requester: str
    subject: str
    """Pseudonym of the person."""


@dataclass(frozen=True, slots=True)
class Told:
    """A stimulus that was written down and waits to be taken in."""

    number: int
    """Counts the stimuli of an exchange."""
    stimulus: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A stored outgoing message and what became of it."""

    packed: PackedMessage
    attempts: int
    delivered: bool
    due: datetime | None = None
    """When the next attempt is made; None for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an exchange stands, and what it has to take in next."""

    record: Record
    told: Told | None
    """The stimulus that comes next, if any waits."""
    posted: Posted | None = None
    """The message that was stored with the move to here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """One file that arrived; its octets lie in the encrypted store."""

    number: int
    title: str
    media_type: str
    size: int
    sha256: str
    issued: str
    """ISO 8601 date, empty when the evidence does not say."""
    payload: str
    """Payload id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptMade:
    """One attempt to send."""

    number: int
    """Of the message among those of its exchange."""
    receipt: bytes | None = field(repr=False)
    """What proves the delivery; None when it was not delivered."""
    due: datetime | None
    """When the next attempt is made; None when none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message that leaves because of a move, stored with it."""

    number: int
    """Among the messages of its exchange."""
    packed: PackedMessage
    request_id: str
    """Of the request that it carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A move, with everything that is written down in the same transaction."""

    state: State
    stimulus: int
    at: datetime
    happened: Happened
    deadline: datetime | None = None
    problem: str = ""
    rule: str = ""
    message_id: str = ""
    """Of the message that the move is about, for the journal."""
    preview_location: str = field(default="", repr=False)
    files: tuple[EvidenceFile, ...] = ()
    erase: bool = False
    """Erase the evidence and the order now."""
    digests: tuple[str, ...] = ()
    response_id: str = ""
    """Of the answer that the move is about."""
    keep_until: datetime | None = None
    """The exchange and its order stay until then; None leaves their day of erasure as it is."""
    exchange_id: str = ""
    """Set with the next asking of a provider that had the evidence later."""
    attempt: AttemptMade | None = None
    """The attempt to send that the move follows from."""
    outgoing: Outgoing | None = None
    """The message to send where the exchange stands now."""


def moved_to(record: Record, change: Change) -> Record:
    """The record after a change, but for the payload id of a preview location."""
    return replace(
        record,
        state=change.state,
        stimulus=change.stimulus,
        deadline=change.deadline,
        problem=change.problem,
        rule=change.rule,
        updated=change.at,
        purge_at=change.keep_until or record.purge_at,
        request_id=change.outgoing.request_id if change.outgoing else record.request_id,
        exchange_id=change.exchange_id or record.exchange_id,
        times=record.times + bool(change.exchange_id),
    )


class ExchangeBook(Protocol):
    """The store of exchanges and of their messages; every method is one transaction."""

    def create(self, new: NewExchange, change: Change | None = None) -> Standing | str:
        """Write a new exchange down with its first move, if it is made already.

        Gives the id of the one that has its key already, if there is one.
        """
        ...

    def read(self, exchange: str) -> Record:
        """One exchange; raises ``UnknownExchange``."""
        ...

    def next_of(self, exchange: str) -> Standing:
        """One exchange with what it has to take in next; raises ``UnknownExchange``."""
        ...

    def tell(self, exchange: str, stimulus: Mapping[str, str], *, key: str) -> None:
        """Write a stimulus down; raises ``UnknownExchange``.

        A key counts once, and once more when the provider was asked again meanwhile.
        """
        ...

    def of_subject(self, pseudonyms: Collection[str]) -> tuple[Record, ...]:
        """The exchanges of one person that have not ended, oldest first."""
        ...

    def move(self, record: Record, change: Change) -> Standing:
        """Move an exchange on; raises ``Overtaken`` when it is not where ``record`` says."""
        ...

    def skip(self, record: Record, stimulus: int, *, at: datetime, reason: str) -> Standing:
        """Take a stimulus in without moving; raises ``Overtaken`` likewise."""
        ...

    def posted(self, exchange: str, number: int) -> Posted | None:
        """The outgoing message with this number."""
        ...

    def attempted(self, exchange: str, made: AttemptMade, *, at: datetime) -> None:
        """Count an attempt, and keep the receipt that proves the delivery."""
        ...

    def arrive(self, message: ArrivedMessage, *, purge_at: datetime) -> tuple[bytes | None, str]:
        """Store an arrived message, and that its exchange has to take it in.

        Gives the receipt of an earlier arrival, and whose exchange it is. Raises
        ``StoredDifferently`` when the id was used for another message.
        """
        ...

    def arrived(self, sender: str, message_id: str) -> tuple[ArrivedMessage, tuple[str, ...]]:
        """An arrived message, with the payload ids of its attachments."""
        ...

    def with_files(self, exchange: str) -> tuple[Record, tuple[EvidenceFile, ...]]:
        """One exchange with the evidence that arrived in it; raises ``UnknownExchange``."""
        ...

    def content(self, exchange: str, number: int) -> Content:
        """A file of an exchange; raises ``UnknownExchange`` and, after its erasure, ``Gone``."""
        ...

    def open_exchanges(self) -> tuple[str, ...]:
        """Ids of every exchange that has not ended."""
        ...

    def unheard(self) -> tuple[str, ...]:
        """Ids of the exchanges that have not ended and have a stimulus to take in."""
        ...
