"""Domibus as the port ``Transport``, and what it received as the connector's arrivals.

Domibus sends, repeats and proves; we hand a message over once under an id of our own, and ask where
it stands. After a crash the same octets are handed over only when Domibus does not know the id.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sdg_connector.adapters.domibus import (
    CONTENT_TYPE,
    Domibus,
    DomibusFault,
    DomibusMessage,
    DomibusUnreachable,
    MessageStatus,
    read_submission,
    write_submission,
)
from sdg_connector.adapters.user_messages import Inbound, read_message, write_message
from sdg_connector.as4 import GATEWAY_ROLE, EbmsError, Party
from sdg_connector.connector import StoredDifferently
from sdg_connector.content import sha256_of
from sdg_connector.ports import (
    Attachment,
    Attempt,
    Clock,
    Corner,
    OutgoingDocument,
    PackedMessage,
    Sent,
)

_log = logging.getLogger(__name__)
_FAILED: Final = frozenset({MessageStatus.SEND_FAILURE})
_SOON: Final = (timedelta(seconds=1),) * 5 + (timedelta(seconds=3),) * 10
_LATER: Final = (timedelta(seconds=15),) * 56
"""Beyond the twelve minutes and a half in which Domibus repeats by its usual agreement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomibusTransport:
    """Hands messages over to the WS plugin."""

    domibus: Domibus
    us: Corner
    """Our party id, as the PMode of Domibus names it."""
    domain: str
    """Right-hand side of content ids."""

    def pack(self, message: OutgoingDocument) -> PackedMessage:
        """The request to send it, written once; whom it may go to, Domibus' PMode says."""
        sender = Party(identifier=self.us.value, type=self.us.type, role=GATEWAY_ROLE)
        user_message, payloads = write_message(message, sender=sender, domain=self.domain)
        return PackedMessage(
            message_id=message.message_id,
            receiver=message.receiver.value,
            leg=message.action,
            content_type=CONTENT_TYPE,
            body=write_submission(user_message, payloads),
            references="",
        )

    async def attempt(self, packed: PackedMessage) -> Attempt:
        """Hand over what Domibus does not know yet, and say how far it is."""
        try:
            status = await self.domibus.status(packed.message_id)
            if status is MessageStatus.NOT_FOUND:
                read_submission(await self.domibus.post(packed.body))
                status = await self.domibus.status(packed.message_id)
            if status.is_delivered:
                return Attempt(Sent.DELIVERED, detail=status.value)
            if status in _FAILED:
                return Attempt(Sent.REFUSED, detail=await self._codes(packed.message_id))
        except DomibusUnreachable as away:
            _log.warning("domibus: %s", away)
            return Attempt(Sent.TRY_AGAIN, detail=type(away).__name__)
        except DomibusFault as fault:
            return Attempt(Sent.REFUSED, detail=fault.wire_code or EbmsError.OTHER.code)
        return Attempt(Sent.TRY_AGAIN, detail=status.value)

    def pauses(self, packed: PackedMessage) -> Sequence[timedelta]:
        """When to ask again where the message stands."""
        return _SOON + _LATER

    async def _codes(self, message_id: str) -> str:
        codes = {one.code for one in await self.domibus.errors(message_id)}
        return ", ".join(sorted(codes)) or MessageStatus.SEND_FAILURE.value


@dataclass(frozen=True, slots=True, kw_only=True)
class DomibusArrivals:
    """Stores what Domibus received, then lets Domibus forget it."""

    domibus: Domibus
    inbound: Inbound
    now: Clock

    async def on_domibus_message(self, received: DomibusMessage) -> None:
        """Store a message; one that came before changes nothing."""
        message = read_message(
            received.message,
            [
                Attachment(
                    content_id=one.content_id, media_type=one.media_type, content=one.content
                )
                for one in received.payloads
            ],
            digest=_digest(received),
            receipt=b"",
            at=self.now(),
        )
        try:
            earlier = await self.inbound.take(message)
        except StoredDifferently:
            _log.error("domibus message=%s came before with another content", message.message_id)
            return
        kind = "new" if earlier is None else "again"
        _log.info("domibus received message=%s %s", message.message_id, kind)

    async def fetch(self, message_id: str) -> None:
        """Store one message, then mark it as downloaded."""
        await self.on_domibus_message(await self.domibus.retrieve(message_id))
        await self.domibus.mark_downloaded(message_id)

    async def keep_collecting(self, every: timedelta) -> None:
        """Ask for what waits, again and again, whatever Domibus answers."""
        while True:
            try:
                await self.collect()
            except (DomibusUnreachable, DomibusFault) as problem:
                _log.warning("domibus: nothing was collected: %s", problem)
            await asyncio.sleep(every.total_seconds())

    async def collect(self) -> int:
        """Fetch all that waits; gives how many messages were stored.

        One that cannot be read stays with Domibus, and does not hold the others up.
        """
        stored = 0
        for message_id in await self.domibus.list_pending():
            try:
                await self.fetch(message_id)
            except DomibusFault as problem:
                _log.error("domibus message=%s stays there: %s", message_id, problem)
            except Exception as trouble:  # noqa: BLE001  the store's trouble, whatever it is
                _log.error("domibus message=%s not stored: %s", message_id, type(trouble).__name__)
            else:
                stored += 1
        return stored


@dataclass(frozen=True, slots=True, kw_only=True)
class DomibusAccess:
    """How an existing Domibus or Harmony is used: the other choice beside the embedded endpoint."""

    domibus: Domibus
    us: Corner
    push_user: str = ""
    """With user and password Domibus may push (``wsplugin.push.auth.*``); else it is asked only."""
    push_password: str = field(default="", repr=False)
    every: timedelta = timedelta(seconds=5)
    """Between two questions for what waits: beside the push, too, for a push may get lost."""


def _digest(received: DomibusMessage) -> str:
    """Tells the same message that came again from another under its id."""
    lines = [received.message.action, received.message.conversation_id]
    lines += [f"{one.content_id} {sha256_of(one.content)}" for one in received.payloads]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
