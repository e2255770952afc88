"""Answer the requests that arrive, each once, through any number of crashes.

A request is stored before its receipt leaves; its answer is stored together with the previews that
it opens or ends, and the same octets are sent until the requester's receipt is there.
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final, TypeVar

from sdg_connector.connector.answer_book import AnswerBook, Progress, RequestIdUsed
from sdg_connector.connector.book import Posted
from sdg_connector.connector.driving import until_end
from sdg_connector.connector.errors import Gone, Overtaken
from sdg_connector.connector.matching import Subject
from sdg_connector.connector.persons import record_key
from sdg_connector.connector.providing import Preview, Provider
from sdg_connector.connector.replies import Reply
from sdg_connector.connector.shelf import Shelf
from sdg_connector.content import sha256_of
from sdg_connector.errors import OwnMistake
from sdg_connector.evidence import EdmRefused, EvidenceRequest, read_evidence_request
from sdg_connector.evidence.errors import refused
from sdg_connector.ports import (
    ArrivedMessage,
    Clock,
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
from sdg_connector.vocabulary import EdmErrorCode

_log = logging.getLogger(__name__)
REQUEST_ACTION: Final = "ExecuteQueryRequest"
_PREFIX: Final = "answer-"
_NUMBER: Final = 1
"""Of the one message that answers a request."""
_AGAIN: Final = 20
"""How often a change is tried that others overtake."""
_Result = TypeVar("_Result")


def request_name(sender: str, message_id: str) -> str:
    """The name under which a request is answered; the same for the same message."""
    return _PREFIX + hashlib.sha256(f"{sender}\n{message_id}".encode()).hexdigest()[:40]


def is_request_name(name: str) -> bool:
    """Whether a workflow answers a request."""
    return name.startswith(_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """The provider side of an access point."""

    provider: Provider
    book: AnswerBook
    transport: Transport
    workflows: Workflows
    domain: str
    """Right-hand side of our message ids."""
    now: Clock
    new_id: NewId
    pseudonym: Callable[[str], str]
    """Gives a name for a person that says nothing to whoever lacks the store's keys."""
    keeping: timedelta = field(default_factory=lambda: timedelta(days=1))
    """How long a request and its answer stay in the encrypted store."""
    _new: dict[str, ArrivedMessage] = field(default_factory=dict, init=False, repr=False)
    """Requests that were stored a moment ago, until they are judged."""

    async def arrived(self, message: ArrivedMessage) -> bytes | None:
        """Store a proven request before its receipt leaves, and see to its answer.

        Gives the receipt of an earlier arrival. Raises ``StoredDifferently`` when its id was used
        for another message.
        """
        name = request_name(message.sender, message.message_id)
        earlier = await in_turn(
            self.book.take, message, name=name, purge_at=message.at + self.keeping
        )
        # What is attached may be files, which are closed when the receipt leaves.
        if earlier is None and not message.attachments:
            self._new[name] = message
        await self.workflows.begin(name, new=earlier is None)
        return earlier

    async def preview_of(self, ticket: str) -> Preview | None:
        """The preview behind an address, while its person may still decide."""
        return await in_turn(self._provider(Shelf(self.book)).preview_of, ticket)

    def belongs_to(self, preview: Preview, person: Subject) -> bool:
        """Whether a person who logged in again is the one whom the request named (TDD 4.9)."""
        return self.provider.belongs_to(preview, person)

    async def decide(self, ticket: str, keep: Collection[int]) -> None:
        """The person keeps these of ``held``, once; the answer leaves when it is awaited.

        Raises ``EdmRefused`` for a preview that is over or a number that it does not have.
        """
        name = await in_turn(self._until_settled, lambda: self._decided(ticket, frozenset(keep)))
        if name:
            self.workflows.wake(name)

    async def resume(self) -> int:
        """After a start: go on with every request that has no end; gives how many."""
        open_ = await in_turn(self.book.open_requests)
        for name in open_:
            await self.workflows.begin(name)
        return len(open_)

    async def run(self, run: Run, name: str) -> str:
        """Answer one request; gives how it ended."""
        return await until_end(run, name, self._go_on)

    async def _go_on(self, name: str) -> Step:
        found = await in_turn(self._answer, name)
        if isinstance(found, timedelta):
            return Step("", wait=found.total_seconds())
        if found is None:
            return await self._end(name, "closed_without_answer", "")
        return await self._send(name, found)

    def _answer(self, name: str) -> Posted | timedelta | None:
        """The answer, or how long it is waited for; None when there is none to send."""
        progress = self._judged(name)
        if progress.posted is None and progress.due is not None:
            left = progress.due - self.now()
            if left > timedelta(0):
                return left
            progress = self._until_settled(lambda: self._give_up(name))
        return progress.posted

    async def _send(self, name: str, posted: Posted) -> Step:
        packed = posted.packed
        if posted.delivered:
            return await self._end(name, "answer_delivered", "")
        left = timedelta(0) if posted.due is None else posted.due - self.now()
        if left > timedelta(0):
            return Step("", wait=left.total_seconds())
        attempt = await self.transport.attempt(packed)
        now, pauses = self.now(), self.transport.pauses(packed)
        delivered = attempt.outcome is Sent.DELIVERED
        again = attempt.outcome is Sent.TRY_AGAIN and posted.attempts < len(pauses)
        due = now + pauses[posted.attempts] if again else None
        end = "" if again else "answer_delivered" if delivered else "answer_not_delivered"
        if not delivered:
            _log.warning(
                "request=%s message=%s not delivered: %s", name, packed.message_id, attempt.detail
            )
        await in_turn(
            self.book.attempted,
            name,
            receipt=attempt.receipt if delivered else None,
            due=due,
            at=now,
            end=end,
            detail="" if delivered or again else attempt.detail or "EBMS:0301",
        )
        return Step(end, wait=None if due is None else (due - now).total_seconds())

    async def _end(self, name: str, event: str, detail: str) -> Step:
        await in_turn(self.book.close_request, name, event=event, detail=detail, at=self.now())
        return Step(event)

    def _until_settled(self, work: Callable[[], _Result]) -> _Result:
        for _ in range(_AGAIN):
            try:
                return work()
            except Overtaken:
                continue
        raise Overtaken("a preview is changed by too many at once")

    def _judged(self, name: str) -> Progress:
        """How far the answer is, once the provider has looked at the request."""
        asked = self._new.pop(name, None)
        if asked is None:
            progress = self.book.progress(name)
            if progress.judged:
                return progress
            asked = self.book.asked(name)
        request: EvidenceRequest | None = None
        try:
            request = read_evidence_request(asked.document)
            facts = self._facts(request)
        except EdmRefused as error:
            facts = {"rule": error.rule}

        def settled() -> Progress:
            try:
                return self._received(name, asked, request, asked.broken_rule, facts)
            except RequestIdUsed:
                return self._received(name, asked, request, "TDD 4.4 request id", facts)
            except Overtaken:
                there = self.book.progress(name)
                if not there.judged:
                    raise
                return there  # by another worker

        return self._until_settled(settled)

    def _received(
        self,
        name: str,
        asked: ArrivedMessage,
        request: EvidenceRequest | None,
        broken_rule: str,
        facts: Mapping[str, str],
    ) -> Progress:
        shelf = Shelf(self.book)
        reply = self._provider(shelf).receive(
            asked.document,
            specification=dict(asked.properties).get("SpecificationId", ""),
            broken_rule=broken_rule,
            request=request,
        )
        claimed = request.request_id if request is not None and not broken_rule else ""
        try:
            return self._settle(name, asked, shelf, reply, facts=facts, request_id=claimed)
        except Gone:
            if request is None:
                raise
            # What was decided on was erased meanwhile, or cannot be opened: the preview is over.
            over = self.provider.replies.error(request, EdmErrorCode.TIMEOUT)
            shelf = Shelf(self.book)
            return self._settle(name, asked, shelf, over, facts=facts, request_id=claimed)

    def _facts(self, request: EvidenceRequest) -> dict[str, str]:
        """Who asked for what on whose explicit request (IR (EU) 2022/1463, article 17)."""
        return {
            "request": request.request_id,
            "requester": request.evidence_requester.identifier.value,
            "procedure": request.procedure or "",
            "evidence_type": request.evidence_type.classification,
            "explicit": "yes" if request.explicit_request else "no",
            "subject": self.pseudonym(record_key(request.subject)),
        }

    def _decided(self, ticket: str, keep: frozenset[int]) -> str:
        shelf = Shelf(self.book)
        reply = self._provider(shelf).decide(ticket, keep)
        name = self.book.waits(ticket)
        try:
            self._settle(name, self.book.asked(name) if reply and name else None, shelf, reply)
        except Gone:
            raise refused("TDD 4.9 decision", "documents that are still there", "none") from None
        return name

    def _give_up(self, name: str) -> Progress:
        shelf = Shelf(self.book, tickets=self.book.tickets(name))
        replies = self._provider(shelf).overdue()
        return self._settle(name, self.book.asked(name), shelf, replies[0] if replies else None)

    def _settle(
        self,
        name: str,
        asked: ArrivedMessage | None,
        shelf: Shelf,
        reply: Reply | None,
        *,
        facts: Mapping[str, str] = MappingProxyType({}),
        request_id: str = "",
    ) -> Progress:
        event = "preview_decided" if asked is None else "preview_awaited"
        if reply is not None:
            event = "response_written" if reply.code is None else "error_written"
        packed = None
        if reply is not None and asked is not None:
            try:
                packed = self._packed(asked, reply)
            except OwnMistake as unsendable:
                # An answer repeats the ids of the header, so that one which breaks a rule cannot
                # be answered without breaking it too (R-EDM-ebMS-017, -037).
                _log.warning("request=%s cannot be answered: %s", name, unsendable)
                event, facts = "request_refused", {"rule": asked.broken_rule, **facts}
        code = "" if reply is None or reply.code is None else reply.code.value
        return self.book.settle(
            name if asked is not None else "",
            changes=shelf.changes,
            answer=packed,
            event=event,
            digests=tuple(
                sha256_of(one.content) for one in (() if reply is None else reply.attachments)
            ),
            facts={name: value for name, value in {**facts, "code": code}.items() if value},
            at=self.now(),
            purge_at=(self.now() if asked is None else asked.at) + self.keeping,
            request_id=request_id,
        )

    def _packed(self, message: ArrivedMessage, reply: Reply) -> PackedMessage:
        """Four corners: whoever sent is answered; the other properties repeat (TDD 4.7)."""
        return self.transport.pack(
            OutgoingDocument(
                message_id=f"{self.new_id()}@{self.domain}",
                conversation_id=message.conversation_id,
                action=reply.action,
                receiver=message.access_point,
                original_sender=message.final_recipient,
                final_recipient=message.original_sender,
                document=reply.document,
                attachments=reply.attachments,
                properties=message.properties,
                ref_to_message_id=message.message_id,
                at=self.now(),
            )
        )

    def _provider(self, shelf: Shelf) -> Provider:
        return replace(self.provider, previews=shelf)
