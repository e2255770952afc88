"""The embedded access point as the port ``Transport``, and its inbox."""

from dataclasses import dataclass
from datetime import timedelta

from sdg_connector.adapters.as4_endpoint import DuplicateDiffers
from sdg_connector.adapters.as4_sender import (
    As4Sender,
    Delivered,
    Failed,
    ProbablyDelivered,
    StoredOutgoing,
)
from sdg_connector.adapters.user_messages import Inbound, read_message, write_message
from sdg_connector.as4 import GATEWAY_ROLE, Agreements, Party, ReceivedMessage
from sdg_connector.connector import StoredDifferently
from sdg_connector.content import IN_MEMORY
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import (
    Attachment,
    Attempt,
    Clock,
    OutgoingDocument,
    PackedMessage,
    Sent,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class As4Transport:
    """Packs with the sender's keys and sends through its client."""

    sender: As4Sender
    domain: str
    """Right-hand side of content ids."""

    def pack(self, message: OutgoingDocument) -> PackedMessage:
        """Sign, encrypt and frame once; raises ``OwnMistake`` when nothing was agreed."""
        agreements = self._agreements
        receiver = Party(
            identifier=message.receiver.value, type=message.receiver.type, role=GATEWAY_ROLE
        )
        if not any(party.is_named(receiver) for party in agreements.parties):
            raise OwnMistake("nothing was agreed with the provider's access point")
        user_message, payloads = write_message(
            message, sender=agreements.party(agreements.us).party(GATEWAY_ROLE), domain=self.domain
        )
        stored = self.sender.prepare(user_message, payloads)
        return PackedMessage(
            message_id=stored.message_id,
            receiver=stored.receiver,
            leg=stored.leg,
            content_type=stored.content_type,
            body=stored.body,
            references=stored.references,
        )

    async def attempt(self, packed: PackedMessage) -> Attempt:
        """Send the stored octets once."""
        outcome = await self.sender.attempt(_stored(packed))
        if isinstance(outcome, Delivered):
            return Attempt(Sent.DELIVERED, receipt=outcome.receipt)
        if isinstance(outcome, ProbablyDelivered):
            return Attempt(Sent.DELIVERED, detail=", ".join(outcome.codes))
        if isinstance(outcome, Failed):
            return Attempt(Sent.REFUSED, detail=", ".join(outcome.codes))
        return Attempt(Sent.TRY_AGAIN, detail=outcome.reason)

    def pauses(self, packed: PackedMessage) -> tuple[timedelta, ...]:
        """The pause before each further attempt, as agreed."""
        return self.sender.schedule(_stored(packed))

    @property
    def _agreements(self) -> Agreements:
        agreements = self.sender.agreements
        return agreements() if callable(agreements) else agreements


@dataclass(frozen=True, slots=True)
class As4Inbox:
    """The endpoint's ``InboundHandler``: what arrives goes to the connector's book."""

    inbound: Inbound
    now: Clock

    async def on_user_message(self, received: ReceivedMessage, receipt: bytes) -> bytes | None:
        """Store message and receipt in one transaction; raises ``DuplicateDiffers``."""
        message = read_message(
            received.message,
            [
                Attachment(
                    content_id=one.content_id,
                    media_type=one.media_type,
                    content=one.read() if one.size <= IN_MEMORY else one,
                )
                for one in received.payloads
            ],
            digest=received.digest,
            receipt=receipt,
            at=self.now(),
            element=received.element,
        )
        try:
            return await self.inbound.take(message)
        except StoredDifferently as differs:
            raise DuplicateDiffers from differs


def _stored(packed: PackedMessage) -> StoredOutgoing:
    return StoredOutgoing(
        message_id=packed.message_id,
        receiver=packed.receiver,
        leg=packed.leg,
        content_type=packed.content_type,
        body=packed.body,
        references=packed.references,
    )
