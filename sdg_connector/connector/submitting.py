"""Register with the Common Services over the access point: send a submission, read its answer.

TDD 3.1.5 and 3.2.5: service ``LifecycleManager``. A submission is stored before it is sent, the
same octets go out until the registry's receipt is there, and it is sent once through any number of
crashes. What the registry took in is final and seen by every Member State.
"""

import hashlib
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from sdg_connector.connector.book import Posted
from sdg_connector.connector.driving import until_end
from sdg_connector.directory import (
    DirectoryFailure,
    DirectoryMisuse,
    DirectoryRefused,
    read_submission,
    read_submission_answer,
)
from sdg_connector.directory.judging import breaches
from sdg_connector.directory.registered import Registry
from sdg_connector.ports import (
    REGISTRY_SERVICE,
    ArrivedMessage,
    Clock,
    Corner,
    NewId,
    OutgoingDocument,
    PackedMessage,
    Run,
    Sent,
    Step,
    Transport,
    Workflows,
)
from sdg_connector.turns import in_turn
from sdg_connector.vocabulary import CommonServicesLine

_log = logging.getLogger(__name__)
_PREFIX: Final = "submission-"
_REQUEST: Final = "SubmitObjectsRequest"


class SubmissionState(StrEnum):
    """How far a submission has come; the first two go on."""

    SENDING = "sending"
    WAITING = "waiting"
    """The registry has it."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The registry answered with a code (LCM:ERR)."""
    BROKEN = "broken"
    """What was answered breaks a rule."""
    UNDELIVERED = "undelivered"
    UNANSWERED = "unanswered"

    @property
    def is_end(self) -> bool:
        """Whether nothing happens to the submission any more."""
        return self not in {SubmissionState.SENDING, SubmissionState.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRecord:
    """One submission as the book has it."""

    name: str
    registry: Registry
    submission_id: str
    """``urn:uuid:…`` of the ``SubmitObjectsRequest``."""
    conversation: str
    state: SubmissionState
    detail: str
    """The code, the rule or the error behind the state."""
    created: datetime
    deadline: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPeer:
    """Where the registries are on the wire."""

    access_point: Corner
    recipient: Corner
    """Corner 4."""


class SubmissionBook(Protocol):
    """The store of submissions; every method is one transaction."""

    def create(self, record: SubmissionRecord, document: bytes, *, purge_at: datetime) -> None:
        """Write a submission down; one with the name of another changes nothing."""
        ...

    def read(self, name: str) -> SubmissionRecord:
        """One submission; raises ``UnknownExchange``."""
        ...

    def document(self, name: str) -> bytes:
        """Its octets; raises ``Gone`` after their erasure."""
        ...

    def post(self, name: str, packed: PackedMessage, *, at: datetime) -> Posted:
        """Store the message; gives the one that stands there already, if any."""
        ...

    def posted(self, name: str) -> Posted | None:
        """The stored message."""
        ...

    def attempted(
        self, name: str, *, receipt: bytes | None, due: datetime | None, at: datetime
    ) -> None:
        """Count an attempt; keep the receipt that proves the delivery, or when the next is due."""
        ...

    def arrive(self, message: ArrivedMessage, *, purge_at: datetime) -> tuple[bytes | None, str]:
        """Store an answer: the receipt of an earlier arrival, and whose answer it is."""
        ...

    def answer(self, name: str) -> ArrivedMessage | None:
        """The answer that arrived."""
        ...

    def settle(
        self,
        name: str,
        state: SubmissionState,
        *,
        detail: str,
        deadline: datetime | None,
        at: datetime,
    ) -> None:
        """Write a state down, and in the record what it means."""
        ...

    def open_submissions(self) -> tuple[str, ...]:
        """Names of the submissions that have not ended."""
        ...


def is_submission_name(name: str) -> bool:
    """Whether a workflow sends a submission."""
    return name.startswith(_PREFIX)


def register(
    data: bytes, *, book: SubmissionBook, now: datetime, new_id: NewId, line: CommonServicesLine
) -> str:
    """Store a submission to be sent; gives its name, the same for the same octets.

    Raises ``DirectoryRefused`` or ``DirectoryMisuse`` for one that breaks a published rule: what a
    registry would refuse is not sent to it.
    """
    submission = read_submission(data)
    broken = breaches(data, line=line)
    if broken:
        raise DirectoryMisuse(f"the submission breaks {', '.join(broken)}")
    name = _PREFIX + hashlib.sha256(data).hexdigest()[:32]
    record = SubmissionRecord(
        name=name,
        registry=submission.registry,
        submission_id=submission.id,
        conversation=new_id(),
        state=SubmissionState.SENDING,
        detail="",
        created=now,
        deadline=None,
    )
    book.create(record, data, purge_at=now + KEEPING)
    return name


KEEPING: Final = timedelta(days=30)
"""How long a submission and its answer stay in the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitting:
    """What drives every submission."""

    registry: RegistryPeer
    sender: Corner
    """Corner 1: who registers."""
    book: SubmissionBook
    transport: Transport
    workflows: Workflows
    domain: str
    """Right-hand side of our message ids."""
    now: Clock
    new_id: NewId
    patience: timedelta = field(default_factory=lambda: timedelta(days=1))
    """From the delivery to the answer."""

    async def submit(
        self, data: bytes, *, line: CommonServicesLine = CommonServicesLine.V2_0
    ) -> str:
        """Send a submission; gives its name. Raises as ``register`` does."""
        name = await in_turn(
            register, data, book=self.book, now=self.now(), new_id=self.new_id, line=line
        )
        await self.workflows.begin(name)
        return name

    async def status(self, name: str) -> SubmissionRecord:
        """How far a submission has come; raises ``UnknownExchange``."""
        return await in_turn(self.book.read, name)

    async def arrived(self, message: ArrivedMessage) -> bytes | None:
        """Store a proven answer before its receipt leaves, and tell its submission.

        Gives the receipt of an earlier arrival. Raises ``StoredDifferently`` when its id was used
        for another message.
        """
        earlier, name = await in_turn(self.book.arrive, message, purge_at=message.at + KEEPING)
        if name:
            self.workflows.wake(name)
        return earlier

    async def resume(self) -> int:
        """Go on with every submission that has no end, also those a command left; how many."""
        open_ = await in_turn(self.book.open_submissions)
        for name in open_:
            await self.workflows.begin(name)
        return len(open_)

    async def run(self, run: Run, name: str) -> str:
        """Drive one submission to its end; gives the end's name."""
        return await until_end(run, name, self._go_on)

    async def _go_on(self, name: str) -> Step:
        record = await in_turn(self.book.read, name)
        if record.state.is_end:
            return Step(record.state.value)
        answer = await in_turn(self.book.answer, name)
        if answer is not None:
            state, detail = understood(answer, record, registry=self.registry)
            return await self._settle(name, state, detail)
        if record.state is SubmissionState.SENDING:
            return await self._send(record)
        left = timedelta(0) if record.deadline is None else record.deadline - self.now()
        if left > timedelta(0):
            return Step(record.state.value, wait=left.total_seconds())
        return await self._settle(name, SubmissionState.UNANSWERED, "TDD 3.1.5")

    async def _send(self, record: SubmissionRecord) -> Step:
        name = record.name
        posted = await in_turn(self._posted, record)
        if not posted.delivered:
            left = timedelta(0) if posted.due is None else posted.due - self.now()
            if left > timedelta(0):
                return Step(record.state.value, wait=left.total_seconds())
            attempt = await self.transport.attempt(posted.packed)
            now, pauses = self.now(), self.transport.pauses(posted.packed)
            delivered = attempt.outcome is Sent.DELIVERED
            again = attempt.outcome is Sent.TRY_AGAIN and posted.attempts < len(pauses)
            due = now + pauses[posted.attempts] if again else None
            receipt = attempt.receipt if delivered else None
            await in_turn(self.book.attempted, name, receipt=receipt, due=due, at=now)
            if due is not None:
                _log.warning("submission=%s not delivered: %s", name, attempt.detail)
                return Step(record.state.value, wait=(due - now).total_seconds())
            if not delivered:
                detail = attempt.detail or "EBMS:0301"
                return await self._settle(name, SubmissionState.UNDELIVERED, detail)
        return await self._settle(
            name, SubmissionState.WAITING, "", deadline=self.now() + self.patience
        )

    def _posted(self, record: SubmissionRecord) -> Posted:
        there = self.book.posted(record.name)
        if there is not None:
            return there
        packed = self.transport.pack(
            OutgoingDocument(
                message_id=f"{self.new_id()}@{self.domain}",
                conversation_id=record.conversation,
                service=REGISTRY_SERVICE,
                action=_REQUEST,
                receiver=self.registry.access_point,
                original_sender=self.sender,
                final_recipient=self.registry.recipient,
                document=self.book.document(record.name),
                at=self.now(),
            )
        )
        return self.book.post(record.name, packed, at=self.now())

    async def _settle(
        self,
        name: str,
        state: SubmissionState,
        detail: str,
        *,
        deadline: datetime | None = None,
    ) -> Step:
        await in_turn(
            self.book.settle, name, state, detail=detail, deadline=deadline, at=self.now()
        )
        _log.info("submission=%s state=%s %s", name, state, detail)
        if state.is_end:
            return Step(state.value)
        left = timedelta(0) if deadline is None else deadline - self.now()
        return Step(state.value, wait=max(left.total_seconds(), 0.0))


_ACTIONS: Final = {True: "SubmitObjectsResponse", False: "ExceptionResponse"}
"""Of an answer that takes a submission in, and of one that does not."""


def understood(
    message: ArrivedMessage, record: SubmissionRecord, *, registry: RegistryPeer
) -> tuple[SubmissionState, str]:
    """What a registry's answer means for a submission; any octets mean something."""
    if message.sender != registry.access_point.value:
        return SubmissionState.BROKEN, "TDD 4.7 sender"
    if message.broken_rule:
        return SubmissionState.BROKEN, message.broken_rule
    try:
        read_submission_answer(message.document, expected_request_id=record.submission_id)
    except DirectoryFailure as failure:
        if message.action != _ACTIONS[False]:
            return SubmissionState.BROKEN, "TDD 4.7 action"
        told = f"{failure.code} {failure.detail or ''}".strip()
        return SubmissionState.REFUSED, told
    except DirectoryRefused as refused:
        return SubmissionState.BROKEN, refused.rule
    if message.action != _ACTIONS[True]:
        return SubmissionState.BROKEN, "TDD 4.7 action"
    return SubmissionState.ACCEPTED, ""
