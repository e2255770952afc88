"""The sandbox's access point: takes AS4 messages in, sends the register's answers out."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sdg_connector.adapters.as4_endpoint import DuplicateDiffers
from sdg_connector.adapters.as4_sender import As4Sender
from sdg_connector.as4 import (
    LIFE_CYCLE_SERVICE,
    MessageProperty,
    Payload,
    ReceivedMessage,
    UserMessage,
)
from sdg_connector.errors import ConnectorError
from sdg_connector.evidence import EvidenceRequest
from sdg_connector.sandbox.data_service import EBRS, DataService, Reply
from sdg_connector.sandbox.preview import PREVIEW_TIME, Preview
from sdg_connector.sandbox.registry import Registry

_log = logging.getLogger(__name__)
_INVERTED: Final = {"originalSender": "finalRecipient", "finalRecipient": "originalSender"}


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A second request that waits for the person's decision."""

    request: EvidenceRequest
    header: UserMessage


@dataclass(slots=True, kw_only=True)
class AccessPoint:
    """Stores what arrives, asks the data service, answers in the same conversation."""

    data_service: DataService
    registry: Registry
    sender: As4Sender
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    received: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    """Receipts by sender and message id, with the digest of the message."""
    waiting: dict[str, WaitingRequest] = field(default_factory=dict)
    """Second requests by the ticket of their preview."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def on_user_message(self, received: ReceivedMessage, receipt: bytes) -> bytes | None:
        """Keep the message once; a repeated one gets its first receipt again."""
        key = (received.message.sender.identifier, received.message.message_id)
        known = self.received.get(key)
        if known is not None:
            if known[0] != received.digest:
                raise DuplicateDiffers
            return known[1]
        self.received[key] = (received.digest, receipt)
        document = received.payloads[0].read() if received.payloads else b""
        self._later(self._answer(received.message, document))
        return None

    async def decided(self, preview: Preview) -> None:
        """Answer the second request that waits for this decision, if it has come already."""
        waiting = self.waiting.pop(preview.ticket, None)
        if waiting is not None:
            reply = self.data_service.decided_answer(waiting.request, preview)
            self._later(self._send(waiting.header, reply))

    async def _answer(self, header: UserMessage, document: bytes) -> None:
        if header.service == LIFE_CYCLE_SERVICE:
            await self._send(header, self.registry.answer(document))
            return
        request, reply = self.data_service.first_answer(document)
        if reply is not None:
            await self._send(header, reply)
        elif request is not None:
            preview = self.data_service.preview_of(request)
            if preview is not None:
                waiting = WaitingRequest(request, header)
                self.waiting[preview.ticket] = waiting
                self._later(self._give_up(preview.ticket, waiting))

    async def _give_up(self, ticket: str, waiting: WaitingRequest) -> None:
        """TDD 4.4.3, T2: a person who does not decide in time ends the request."""
        await asyncio.sleep(PREVIEW_TIME.total_seconds())
        if self.waiting.get(ticket) is waiting:
            del self.waiting[ticket]
            await self._send(waiting.header, self.data_service.timeout_answer(waiting.request))

    async def _send(self, header: UserMessage, reply: Reply) -> None:
        message = UserMessage(
            message_id=f"{self.new_id()}@{self.data_service.country.lower()}.sandbox.example",
            timestamp=self.now(),
            sender=header.receiver,
            receiver=header.sender,
            service=header.service,
            action=reply.action,
            conversation_id=header.conversation_id,
            ref_to_message_id=header.message_id,
            properties=tuple(_answered(one) for one in header.properties),
        )
        payloads = [
            Payload(
                content_id=f"{self.new_id()}@{self.data_service.country.lower()}.sandbox.example",
                media_type=EBRS,
                content=reply.document,
            ),
            *(
                Payload(content_id=content_id, media_type=file.media_type, content=file.content)
                for content_id, file in reply.attachments
            ),
        ]
        try:
            await self.sender.submit(message, payloads)
        except ConnectorError as failed:
            _log.warning("answer not delivered message=%s %s", message.message_id, failed)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("an answer failed: %s", type(task.exception()).__name__)

    async def stop(self) -> None:
        """Drop what is still waiting."""
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def _answered(property_: MessageProperty) -> MessageProperty:
    """Four corners: whoever sent is answered; the other properties repeat (TDD 4.7)."""
    return MessageProperty(
        name=_INVERTED.get(property_.name, property_.name),
        value=property_.value,
        type=property_.type,
    )
