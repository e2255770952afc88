"""What the connector needs from the world outside: protocols that adapters fulfil."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from sdg_connector.content import Content

EVIDENCE_SERVICE: Final = "QueryManager"
"""The ebMS service of the evidence exchange (TDD 4.7)."""
REGISTRY_SERVICE: Final = "LifecycleManager"
"""The ebMS service of the registries behind the Common Services (TDD 3.1.5, 3.2.5)."""
Clock = Callable[[], datetime]
"""Gives the present moment, aware, in UTC."""
NewId = Callable[[], str]
"""Gives a fresh UUID."""


class Observed(Protocol):
    """Something that is being watched while it lasts."""

    outcome: str
    """How it ended, one of few words: ``delivered``, ``EBMS:0101``."""

    def tell(self, **about: str) -> None:
        """What is known only now."""


class Observer(Protocol):
    """Whoever counts and times what happens; it is told ids, states and rules, never a person."""

    def during(self, what: str, **about: str) -> AbstractContextManager[Observed]:
        """Watch a piece of work; ``about`` names it in a trace (ids), not in a metric."""
        ...

    def count(self, what: str, **labels: str) -> None:
        """Count one happening; each label has few values."""
        ...


@dataclass(slots=True)
class _Unseen:
    outcome: str = ""

    def tell(self, **about: str) -> None:
        """Let it pass."""


class Unobserved:
    """Nobody watches."""

    @contextmanager
    def during(self, what: str, **about: str) -> Iterator[Observed]:
        """Let it pass."""
        yield _Unseen()

    def count(self, what: str, **labels: str) -> None:
        """Let it pass."""


@dataclass(frozen=True, slots=True)
class Corner:
    """A party behind an access point (corner 1 or 4), as message properties name it."""

    value: str
    type: str
    """URN of the scheme."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels beside the leading document of a message."""

    content_id: str
    media_type: str
    content: Content = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDocument:
    """One message to send, before any access point's packing."""

    message_id: str
    conversation_id: str
    action: str
    service: str = EVIDENCE_SERVICE
    receiver: Corner
    """The peer's access point (corner 3)."""
    original_sender: Corner
    final_recipient: Corner
    document: bytes = field(repr=False)
    attachments: tuple[Attachment, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    """Further message properties: ``ExchangeId`` and ``SpecificationId`` in line 2.0."""
    ref_to_message_id: str | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedMessage:
    """A message as it is stored before the first attempt; every attempt sends these octets."""

    message_id: str
    receiver: str
    leg: str
    content_type: str
    body: Content = field(repr=False)
    references: str = field(repr=False)


class Sent(StrEnum):
    """How one attempt to send ended."""

    DELIVERED = "delivered"
    TRY_AGAIN = "try again"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send."""

    outcome: Sent
    detail: str = ""
    """What stood in the way: a code or the name of an error, never content."""
    receipt: bytes = field(default=b"", repr=False)


class Transport(Protocol):
    """An access point, embedded or somebody else's."""

    def pack(self, message: OutgoingDocument) -> PackedMessage:
        """Sign, encrypt and frame once; raises ``OwnMistake`` when nothing was agreed."""
        ...

    async def attempt(self, packed: PackedMessage) -> Attempt:
        """Send the stored octets once; safe to repeat after a crash."""
        ...

    def pauses(self, packed: PackedMessage) -> Sequence[timedelta]:
        """The pause before each further attempt."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedMessage:
    """A proven message of a peer, with the receipt that it is answered with."""

    sender: str
    message_id: str
    conversation_id: str
    ref_to_message_id: str | None
    action: str
    digest: str
    """Tells a resend from another message under the same id."""
    receipt: bytes = field(repr=False)
    document: bytes = field(repr=False)
    attachments: tuple[Attachment, ...] = ()
    at: datetime
    sender_type: str = ""
    """URN of the scheme of ``sender``."""
    original_sender: Corner = Corner("", "")
    """Corner 1: whom an answer is for."""
    final_recipient: Corner = Corner("", "")
    """Corner 4: who answers."""
    service: str = EVIDENCE_SERVICE
    properties: tuple[tuple[str, str], ...] = ()
    """Further message properties, which an answer repeats (TDD 4.7)."""
    broken_rule: str = ""
    """The first published rule about its header that the message breaks (EDM-ebMS)."""

    @property
    def access_point(self) -> Corner:
        """Corner 2: the access point that an answer goes to."""
        return Corner(self.sender, self.sender_type)


class Pseudonyms(Protocol):
    """Names for persons that say nothing to whoever lacks the store's keys."""

    def of(self, person: str) -> str:
        """The pseudonym under the current key."""
        ...

    def all_of(self, person: str) -> frozenset[str]:
        """The pseudonyms under every key at hand, for a search."""
        ...


class Bell:
    """Rings for one who waits; what rings meanwhile is heard by the next wait."""

    __slots__ = ("_rung", "_told")

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._told = ""

    def ring(self, told: str = "") -> None:
        """Ring, in the loop of whoever waits, and say what for, if that is known."""
        self._told = told
        self._rung.set()

    async def heard(self, seconds: float) -> str:
        """Until it rings, or the time has passed; gives what the last ring said, or nothing."""
        if not self._rung.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._rung.wait()
        self._rung.clear()
        told, self._told = self._told, ""
        return told


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to."""

    state: str
    """Where it led; empty where nobody is told."""
    wait: float | None = None
    """How many seconds to wait, unless woken; None when it was the last."""


class Workflows(Protocol):
    """Runs an exchange to its end, whatever happens to the process."""

    async def begin(self, exchange: str, *, new: bool = False) -> None:
        """Start the exchange, once however often it is asked for.

        ``new`` says that the caller has just written it down, so that nobody can have begun it.
        """
        ...

    def wake(self, exchange: str) -> None:
        """Have the exchange look, at once if it runs here, at what was written down for it."""
        ...

    def watching(self, exchange: str) -> AbstractContextManager[Bell]:
        """A bell that rings whenever the exchange has gone a step here, and says where it stands.

        Whoever hears no word looks into the book.
        """
        ...

    def rests_in(self, exchange: str) -> str:
        """The state in which an exchange waits here; empty while it goes on or is elsewhere."""
        ...

    def runs_here(self, exchange: str) -> bool:
        """Whether the exchange is run in this process, so that its bell rings."""
        ...


class Run(Protocol):
    """The life of one exchange, as its own code sees it."""

    async def step(self, name: str, work: Callable[[], Awaitable[Step]]) -> Step:
        """The result of the work, which is done at least once and bears repetition."""
        ...

    async def wait(self, seconds: float) -> None:
        """Until the exchange is woken, or the time has passed."""
        ...


class Driver(Protocol):
    """What is run durably: exchanges of ours, answers to others."""

    async def run(self, run: Run, name: str, /) -> str:
        """Drive one to its end, however often it is begun; gives the end's name."""
        ...


class PayloadStore(Protocol):
    """Where documents lie, encrypted, until their day of erasure."""

    def put(self, content: Content, *, purge_at: datetime, owner: str = "") -> str:
        """Store octets under a new id; ``owner`` is the exchange that they belong to."""
        ...

    def get(self, payload: str) -> bytes:
        """All octets; raises ``Gone`` after their erasure."""
        ...

    def several(self, *payloads: str) -> tuple[bytes, ...]:
        """All octets of each, in one reading; raises ``Gone`` after the erasure of any."""
        ...

    def content(self, payload: str) -> Content:
        """The octets, or where they can be read a piece at a time; raises ``Gone``."""
        ...
