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
from sdg_connector.as4 import (
    GATEWAY_ROLE,
    OOTS_SERVICE,
    Agreements,
    MessageProperty,
    Party,
    Payload,
    ReceivedMessage,
    UserMessage,
)
from sdg_connector.as4.message import FOUR_CORNER_PROPERTIES
from sdg_connector.connector import Connector, StoredDifferently
from sdg_connector.connector.answering import REQUEST_ACTION, Answering
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import (
    ArrivedMessage,
    Attachment,
    Attempt,
    Clock,
    Corner,
    OutgoingDocument,
    PackedMessage,
    Sent,
)

_CORNERS = frozenset(FOUR_CORNER_PROPERTIES)
EBRS = "application/x-ebrs+xml"
"""Media type of RegRep documents (TDD 4.7)."""


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
        user_message = UserMessage(
            message_id=message.message_id,
            timestamp=message.at,
            sender=agreements.party(agreements.us).party(GATEWAY_ROLE),
            receiver=receiver,
            service=OOTS_SERVICE,
            action=message.action,
            conversation_id=message.conversation_id,
            ref_to_message_id=message.ref_to_message_id,
            properties=(
                MessageProperty(
                    name="originalSender",
                    value=message.original_sender.value,
                    type=message.original_sender.type,
                ),
                MessageProperty(
                    name="finalRecipient",
                    value=message.final_recipient.value,
                    type=message.final_recipient.type,
                ),
                *(MessageProperty(name=name, value=value) for name, value in message.properties),
            ),
        )
        leading = Payload(
            content_id=f"{message.message_id.partition('@')[0]}.0@{self.domain}",
            media_type=EBRS,
            content=message.document,
        )
        attached = [
            Payload(content_id=one.content_id, media_type=one.media_type, content=one.content)
            for one in message.attachments
        ]
        stored = self.sender.prepare(user_message, [leading, *attached])
        return PackedMessage(
            message_id=stored.message_id,
            receiver=stored.receiver,
            leg=stored.leg,
            content_type=stored.content_type,
            body=stored.body if isinstance(stored.body, bytes) else stored.body.read_bytes(),
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

    connector: Connector
    now: Clock
    answering: Answering | None = None
    """Where requests of others go, when this organisation provides evidence."""

    async def on_user_message(self, received: ReceivedMessage, receipt: bytes) -> bytes | None:
        """Store message and receipt in one transaction; raises ``DuplicateDiffers``."""
        header = received.message
        leading, *attached = [
            Attachment(content_id=one.content_id, media_type=one.media_type, content=one.read())
            for one in received.payloads
        ] or [Attachment(content_id="", media_type="", content=b"")]
        message = ArrivedMessage(
            sender=header.sender.identifier,
            sender_type=header.sender.type or "",
            message_id=header.message_id,
            conversation_id=header.conversation_id,
            ref_to_message_id=header.ref_to_message_id,
            action=header.action,
            digest=received.digest,
            receipt=receipt,
            document=leading.content,
            attachments=tuple(attached),
            at=self.now(),
            original_sender=_corner(header, "originalSender"),
            final_recipient=_corner(header, "finalRecipient"),
            properties=tuple(
                (one.name, one.value) for one in header.properties if one.name not in _CORNERS
            ),
        )
        try:
            if self.answering is not None and header.action == REQUEST_ACTION:
                return await self.answering.arrived(message)
            return await self.connector.arrived(message)
        except StoredDifferently as differs:
            raise DuplicateDiffers from differs


def _corner(header: UserMessage, name: str) -> Corner:
    for one in header.properties:
        if one.name == name:
            return Corner(one.value, one.type or "")
    return Corner("", "")


def _stored(packed: PackedMessage) -> StoredOutgoing:
    return StoredOutgoing(
        message_id=packed.message_id,
        receiver=packed.receiver,
        leg=packed.leg,
        content_type=packed.content_type,
        body=packed.body,
        references=packed.references,
    )
