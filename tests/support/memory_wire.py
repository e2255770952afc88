"""Two access points without a wire between them, for tests of what happens on either side."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from contextvars import Context
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sdg_connector.adapters.system import utc_now
from sdg_connector.as4 import OOTS_PARTY_TYPE
from sdg_connector.ports import (
    ArrivedMessage,
    Attempt,
    OutgoingDocument,
    PackedMessage,
    Sent,
)

Take = Callable[[ArrivedMessage], Coroutine[Any, Any, bytes | None]]
_PAUSE = timedelta(seconds=0.3)
_ATTEMPTS = 400


@dataclass
class MemoryWire:
    """The port ``Transport``: what is packed here is taken there, the trouble there included."""

    us: str
    """The party at this end."""
    take: Take | None = None
    """What takes at the other end; set when there is one."""
    packed: dict[str, OutgoingDocument] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    """Ids of the messages that were new at the other end."""

    def pack(self, message: OutgoingDocument) -> PackedMessage:
        """Keep the message; its octets are its id."""
        self.packed[message.message_id] = message
        return PackedMessage(
            message_id=message.message_id,
            receiver=message.receiver.value,
            leg=message.action,
            content_type="text/plain",
            body=message.message_id.encode(),
            references="",
        )

    async def attempt(self, packed: PackedMessage) -> Attempt:
        """Hand it over; whatever goes wrong there is a reason to try again."""
        message = self.packed[packed.body.decode()]
        receipt = f"receipt of {message.message_id}".encode()
        assert self.take is not None
        arriving = self.take(self._arrived(message, receipt))
        try:
            # The peer is another process: it knows nothing of the workflow that sends.
            earlier = await asyncio.create_task(arriving, context=Context())
        except Exception as error:  # noqa: BLE001  a peer that fails, in whatever way
            return Attempt(Sent.TRY_AGAIN, detail=type(error).__name__)
        if earlier is None:
            self.taken.append(message.message_id)
        return Attempt(Sent.DELIVERED, receipt=earlier or receipt)

    def pauses(self, packed: PackedMessage) -> list[timedelta]:
        """Short and many."""
        return [_PAUSE] * _ATTEMPTS

    def _arrived(self, message: OutgoingDocument, receipt: bytes) -> ArrivedMessage:
        return ArrivedMessage(
            sender=self.us,
            sender_type=OOTS_PARTY_TYPE,
            message_id=message.message_id,
            conversation_id=message.conversation_id,
            ref_to_message_id=message.ref_to_message_id,
            action=message.action,
            digest=hashlib.sha256(message.document).hexdigest(),
            receipt=receipt,
            document=message.document,
            attachments=message.attachments,
            at=utc_now(),
            original_sender=message.original_sender,
            final_recipient=message.final_recipient,
            properties=message.properties,
        )
