"""Between the connector's documents and ebMS user messages, whichever access point carries them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import etree

from sdg_connector.as4 import (
    GATEWAY_ROLE,
    OOTS_SERVICE,
    MessageProperty,
    Party,
    Payload,
    Service,
    UserMessage,
)
from sdg_connector.as4.header_rules import EBRS, forbid_broken_header, rule_broken_by
from sdg_connector.as4.message import FOUR_CORNER_PROPERTIES, PartInfo
from sdg_connector.connector import Connector
from sdg_connector.connector.answering import REQUEST_ACTION, Answering
from sdg_connector.connector.submitting import Submitting
from sdg_connector.content import beginning_of
from sdg_connector.ports import (
    REGISTRY_SERVICE,
    ArrivedMessage,
    Attachment,
    Corner,
    OutgoingDocument,
)
from sdg_connector.regrep.reader import LIMITS

_LARGEST_DOCUMENT = LIMITS.max_bytes + 1
"""Octets of a RegRep document that are looked at: one of so many is refused whatever follows."""
_CORNERS = frozenset(FOUR_CORNER_PROPERTIES)


@dataclass(frozen=True, slots=True)
class Inbound:
    """Takes what arrived to the side that it is for."""

    connector: Connector
    answering: Answering | None
    """Where requests of others go, when this organisation provides evidence."""
    submitting: Submitting | None = None
    """Where a registry's answers go, when this organisation registers over AS4."""

    async def take(self, message: ArrivedMessage) -> bytes | None:
        """Store it; the receipt of an earlier arrival. Raises ``StoredDifferently``."""
        if self.submitting is not None and message.service == REGISTRY_SERVICE:
            return await self.submitting.arrived(message)
        if self.answering is not None and message.action == REQUEST_ACTION:
            return await self.answering.arrived(message)
        return await self.connector.arrived(message)


def write_message(
    document: OutgoingDocument, *, sender: Party, domain: str
) -> tuple[UserMessage, list[Payload]]:
    """The user message and its payloads, the leading document first (TDD 4.7).

    Raises ``As4Misuse`` for a header that breaks a published rule (EDM-ebMS).
    """
    message = UserMessage(
        message_id=document.message_id,
        timestamp=document.at,
        sender=sender,
        receiver=Party(
            identifier=document.receiver.value, type=document.receiver.type, role=GATEWAY_ROLE
        ),
        service=Service(name=document.service, type=OOTS_SERVICE.type),
        action=document.action,
        conversation_id=document.conversation_id,
        ref_to_message_id=document.ref_to_message_id,
        properties=(
            _corner_property("originalSender", document.original_sender),
            _corner_property("finalRecipient", document.final_recipient),
            *(MessageProperty(name=name, value=value) for name, value in document.properties),
        ),
    )
    leading = Payload(
        content_id=f"{document.message_id.partition('@')[0]}.0@{domain}",
        media_type=EBRS,
        content=document.document,
    )
    attached = [
        Payload(content_id=one.content_id, media_type=one.media_type, content=one.content)
        for one in document.attachments
    ]
    payloads = [leading, *attached]
    forbid_broken_header(replace(message, parts=tuple(_part(one) for one in payloads)))
    return message, payloads


def read_message(
    header: UserMessage,
    payloads: Sequence[Attachment],
    *,
    digest: str,
    receipt: bytes,
    at: datetime,
    element: etree._Element | None = None,
) -> ArrivedMessage:
    """What a proven user message says to the connector; ``element`` is what it was read from."""
    leading, *attached = payloads or [Attachment(content_id="", media_type="", content=b"")]
    return ArrivedMessage(
        sender=header.sender.identifier,
        sender_type=header.sender.type or "",
        message_id=header.message_id,
        conversation_id=header.conversation_id,
        ref_to_message_id=header.ref_to_message_id,
        action=header.action,
        service=header.service.name,
        digest=digest,
        receipt=receipt,
        document=beginning_of(leading.content, _LARGEST_DOCUMENT),
        attachments=tuple(attached),
        at=at,
        original_sender=_corner(header, "originalSender"),
        final_recipient=_corner(header, "finalRecipient"),
        properties=tuple(
            (one.name, one.value) for one in header.properties if one.name not in _CORNERS
        ),
        broken_rule=rule_broken_by(header, header=element),
    )


def _part(payload: Payload) -> PartInfo:
    named = MessageProperty(name="MimeType", value=payload.media_type)
    return PartInfo(content_id=payload.content_id, properties=(named,))


def _corner_property(name: str, corner: Corner) -> MessageProperty:
    return MessageProperty(name=name, value=corner.value, type=corner.type)


def _corner(header: UserMessage, name: str) -> Corner:
    for one in header.properties:
        if one.name == name:
            return Corner(one.value, one.type or "")
    return Corner("", "")
