"""The ebMS 3.0 user message: its values, and their one form in XML.

eDelivery AS4 1.15 Common Profile and Four Corner:
https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eDelivery+AS4
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from sdg_connector.as4.errors import As4Misuse, As4Refused, EbmsError
from sdg_connector.content import Content, chunks_of
from xmltrust.errors import SelectionError
from xmltrust.select import Children, at_most_one, every, required_attribute, text_of

EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

DEFAULT_MPC = EB + "defaultMPC"
TEST_SERVICE = EB + "service"
TEST_ACTION = EB + "test"
GZIP = "application/gzip"
GATEWAY_ROLE = "http://sdg.europa.eu/edelivery/gateway"
"""The role of both access points in OOTS (TDD 4.7)."""
OOTS_PARTY_TYPE = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:oots"
FOUR_CORNER_PROPERTIES = ("originalSender", "finalRecipient")

_MESSAGE_ID = re.compile(r"[^\s<>@]{1,200}@[^\s<>@]{1,200}")
_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_CONTENT_ID = re.compile(r"[A-Za-z0-9!#$&'*+/=?^_`{|}~.@:-]{1,255}")
_DEFAULT_ROLE = EB + "defaultRole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An access point (C2 or C3) as a message names it."""

    identifier: str
    """eb:PartyId: exactly one in eDelivery."""
    type: str | None = None
    """eb:PartyId/@type, a URN."""
    role: str = GATEWAY_ROLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """eb:Service: what the receiver is asked to do, with the type that gives the name meaning."""

    name: str
    type: str | None = None


OOTS_SERVICE = Service(name="QueryManager", type="urn:oasis:names:tc:ebcore:ebrs:ebms:binding:1.0")
"""The service of the evidence exchange; its actions are ``OOTS_ACTIONS``."""
LIFE_CYCLE_SERVICE = Service(name="LifecycleManager", type=OOTS_SERVICE.type)
"""The service of the registries behind the Common Services (TDD 3.1.5, 3.2.5)."""
LIFE_CYCLE_ACTIONS = ("SubmitObjectsRequest", "SubmitObjectsResponse", "ExceptionResponse")
OOTS_ACTIONS = ("ExecuteQueryRequest", "ExecuteQueryResponse", "ExceptionResponse")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageProperty:
    """eb:Property of a message or of one of its parts."""

    name: str
    value: str
    type: str | None = None

    def __repr__(self) -> str:
        return f"MessageProperty(name={self.name!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartInfo:
    """eb:PartInfo: one payload as the header announces it."""

    content_id: str
    """The MIME Content-ID without angle brackets; eb:href is ``cid:`` and this."""
    properties: tuple[MessageProperty, ...] = ()

    @property
    def media_type(self) -> str | None:
        """The media type of the payload itself, before any compression."""
        return property_of(self.properties, "MimeType")

    @property
    def compressed(self) -> bool:
        """Whether the part travels as gzip (eDelivery AS4 3.3.1)."""
        return property_of(self.properties, "CompressionType") is not None

    @property
    def character_set(self) -> str | None:
        """The character set of the payload, recommended for XML."""
        return property_of(self.properties, "CharacterSet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A document to send; the first one of a message is its leading document."""

    content_id: str
    media_type: str
    content: Content
    """The octets, or for a big document something that reads them: ``FileContent``."""
    character_set: str | None = None
    properties: tuple[MessageProperty, ...] = ()

    def chunks(self) -> Iterator[bytes]:
        """The octets, a piece at a time."""
        return chunks_of(self.content)

    def __repr__(self) -> str:
        return f"Payload(content_id={self.content_id!r}, media_type={self.media_type!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMessage:
    """eb:UserMessage."""

    message_id: str
    """RFC 2822 msg-id without angle brackets."""
    timestamp: datetime
    sender: Party
    receiver: Party
    service: Service
    action: str
    conversation_id: str
    """For OOTS a UUID (R-EDM-EBMS rules)."""
    ref_to_message_id: str | None = None
    agreement: str | None = None
    mpc: str = DEFAULT_MPC
    properties: tuple[MessageProperty, ...] = ()
    """Four Corner: ``originalSender`` and ``finalRecipient``."""
    parts: tuple[PartInfo, ...] = ()

    @property
    def is_test(self) -> bool:
        """Whether it only asks if we are there (the ebMS test service)."""
        return self.service.name == TEST_SERVICE and self.action == TEST_ACTION


def property_of(properties: tuple[MessageProperty, ...], name: str) -> str | None:
    """The value of the property called ``name``, if there is one; the first of several."""
    return next((item.value for item in properties if item.name == name), None)


def write_user_message(
    message: UserMessage, *, within: etree._Element | None = None
) -> etree._Element:
    """eb:UserMessage for ``message``, by itself or as the last child of ``within``.

    Raises ``As4Misuse`` for values that ebMS forbids.
    """
    _check_before_writing(message)
    user = (
        etree.Element(_eb("UserMessage"), nsmap={"eb": EB})
        if within is None
        else etree.SubElement(within, _eb("UserMessage"))
    )
    if message.mpc != DEFAULT_MPC:
        user.set("mpc", message.mpc)
    info = etree.SubElement(user, _eb("MessageInfo"))
    _add(info, "Timestamp", write_timestamp(message.timestamp))
    _add(info, "MessageId", message.message_id)
    if message.ref_to_message_id:
        _add(info, "RefToMessageId", message.ref_to_message_id)
    parties = etree.SubElement(user, _eb("PartyInfo"))
    for name, party in (("From", message.sender), ("To", message.receiver)):
        side = etree.SubElement(parties, _eb(name))
        _add(side, "PartyId", party.identifier, type=party.type)
        _add(side, "Role", party.role)
    collaboration = etree.SubElement(user, _eb("CollaborationInfo"))
    if message.agreement:
        _add(collaboration, "AgreementRef", message.agreement)
    _add(collaboration, "Service", message.service.name, type=message.service.type)
    _add(collaboration, "Action", message.action)
    _add(collaboration, "ConversationId", message.conversation_id)
    _add_properties(user, "MessageProperties", message.properties)
    if message.parts:
        payloads = etree.SubElement(user, _eb("PayloadInfo"))
        for part in message.parts:
            info = etree.SubElement(payloads, _eb("PartInfo"), href=f"cid:{part.content_id}")
            _add_properties(info, "PartProperties", part.properties)
    return user


def read_user_message(user: etree._Element) -> UserMessage:
    """The values of eb:UserMessage, as the peer wrote them: nothing in it is proven yet.

    Raises ``As4Refused`` (EBMS:0009 and, for payloads outside the message, EBMS:0011).
    """
    try:
        return _read(user)
    except SelectionError as error:
        raise As4Refused(
            EbmsError.INVALID_HEADER, "ebMS 5.2.2", expected=error.expected, found=error.found
        ) from error


def _read(user: etree._Element) -> UserMessage:
    top = Children(user)
    info = Children(top.exactly_one(_eb("MessageInfo")))
    reference = info.at_most_one(_eb("RefToMessageId"))
    collaboration = Children(top.exactly_one(_eb("CollaborationInfo")))
    parties = Children(top.exactly_one(_eb("PartyInfo")))
    service = collaboration.exactly_one(_eb("Service"))
    agreement = collaboration.at_most_one(_eb("AgreementRef"))
    payloads = top.at_most_one(_eb("PayloadInfo"))
    parts = () if payloads is None else every(payloads, _eb("PartInfo"))
    return UserMessage(
        message_id=read_message_id(text_of(info.exactly_one(_eb("MessageId")))),
        timestamp=read_timestamp(text_of(info.exactly_one(_eb("Timestamp")))),
        ref_to_message_id=None if reference is None else read_message_id(text_of(reference)),
        sender=_party(Children(parties.exactly_one(_eb("From")))),
        receiver=_party(Children(parties.exactly_one(_eb("To")))),
        service=Service(name=text_of(service), type=service.get("type")),
        action=text_of(collaboration.exactly_one(_eb("Action"))),
        conversation_id=text_of(collaboration.exactly_one(_eb("ConversationId"))),
        agreement=None if agreement is None else (agreement.text or "").strip() or None,
        mpc=user.get("mpc", DEFAULT_MPC),
        properties=_properties(top.at_most_one(_eb("MessageProperties"))),
        parts=_parts(parts),
    )


def _party(side: Children) -> Party:
    identifier = side.exactly_one(_eb("PartyId"))
    role = side.at_most_one(_eb("Role"))
    return Party(
        identifier=text_of(identifier),
        type=identifier.get("type"),
        role=_DEFAULT_ROLE if role is None else text_of(role),
    )


def _properties(holder: etree._Element | None) -> tuple[MessageProperty, ...]:
    if holder is None:
        return ()
    found = tuple(
        MessageProperty(
            name=required_attribute(item, "name"), value=text_of(item), type=item.get("type")
        )
        for item in every(holder, _eb("Property"))
    )
    if len({item.name for item in found}) != len(found):
        raise SelectionError("ebMS 5.2.2.11", expected="each property once", found="a second one")
    return found


def _parts(elements: tuple[etree._Element, ...]) -> tuple[PartInfo, ...]:
    parts = []
    for element in elements:
        href = required_attribute(element, "href")
        if not href.startswith("cid:"):
            raise As4Refused(
                EbmsError.EXTERNAL_PAYLOAD,
                "eDelivery AS4 3.2.3",
                expected="a payload inside the message (cid:)",
                found="a reference to somewhere else",
            )
        if not _CONTENT_ID.fullmatch(href[4:]):
            raise SelectionError("RFC 2392", expected="a content id", found="other characters")
        properties = _properties(at_most_one(element, _eb("PartProperties")))
        parts.append(PartInfo(content_id=href[4:], properties=properties))
    if len({part.content_id.lower() for part in parts}) != len(parts):
        raise SelectionError("ebMS 5.2.2.13", expected="each part once", found="one part twice")
    return tuple(parts)


def read_message_id(text: str) -> str:
    """A message id that is an RFC 2822 msg-id without angle brackets, or ``As4Refused``."""
    if not _MESSAGE_ID.fullmatch(text):
        raise As4Refused(
            EbmsError.INVALID_HEADER,
            "ebMS 5.2.2.1",
            expected="a message id of the form left@right",
            found="another form",
        )
    return text


def read_timestamp(text: str) -> datetime:
    """xs:dateTime as an aware UTC datetime; no zone counts as UTC. Raises ``As4Refused``."""
    match = _TIMESTAMP.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        fraction = (match[2] or "0")[:6].ljust(6, "0")
        zone = "+00:00" if match[3] in (None, "Z") else match[3]
        return datetime.fromisoformat(f"{match[1]}.{fraction}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise As4Refused(
            EbmsError.INVALID_HEADER,
            "ebMS 5.2.2.1",
            expected="an xs:dateTime",
            found="another form",
        ) from None


def write_timestamp(moment: datetime) -> str:
    """xs:dateTime with milliseconds and Z, the form that Domibus' default pattern reads."""
    if moment.tzinfo is None:
        raise As4Misuse("a timestamp needs a time zone")
    written = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return written.removesuffix("+00:00") + "Z"


def _check_before_writing(message: UserMessage) -> None:
    if not _MESSAGE_ID.fullmatch(message.message_id):
        raise As4Misuse("ebMS 5.2.2.1: a message id has the form left@right, without <>")
    if not message.conversation_id.strip():
        raise As4Misuse("ebMS 5.2.2.8: a message needs a conversation id")
    seen: set[str] = set()
    for part in message.parts:
        if not _CONTENT_ID.fullmatch(part.content_id) or part.content_id.lower() in seen:
            raise As4Misuse("RFC 2392: each part needs a content id of its own, free of spaces")
        seen.add(part.content_id.lower())


def _add_properties(
    parent: etree._Element, name: str, properties: tuple[MessageProperty, ...]
) -> None:
    if properties:
        holder = etree.SubElement(parent, _eb(name))
        for item in properties:
            _add(holder, "Property", item.value, type=item.type).set("name", item.name)


def _add(
    parent: etree._Element,
    name: str,
    text: str,
    *,
    type: str | None = None,  # noqa: A002  eb:@type
) -> etree._Element:
    element = etree.SubElement(parent, _eb(name))
    try:
        element.text = text
        if type:
            element.set("type", type)
    except ValueError as error:
        raise As4Misuse(f"XML 1.0 2.2: {name} holds characters that XML forbids") from error
    return element


def _eb(name: str) -> str:
    return f"{{{EB}}}{name}"
