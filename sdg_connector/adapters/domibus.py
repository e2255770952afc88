"""An existing Domibus or Harmony access point, through its WS plugin.

SOAP 1.2, namespaces bound by URI only: the prefixes of real answers vary. A message is marked as
downloaded only after it was stored, since Domibus deletes what is downloaded.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

import httpx
from lxml import etree

from sdg_connector.adapters.domibus_soap import LIFTED, SoapMessage, SoapReader
from sdg_connector.as4 import (
    As4Refused,
    EbmsError,
    MessageProperty,
    PartInfo,
    Payload,
    UserMessage,
)
from sdg_connector.as4.message import EB, SOAP, read_user_message, write_user_message
from sdg_connector.content import (
    IN_MEMORY,
    Content,
    arriving,
    chunks_of,
    octets_of,
    regrouped,
    size_of,
)
from sdg_connector.errors import NobodyAnswered, PeerMistake
from xmltrust import XmlRefused, at_most_one, every, exactly_one

WS_PLUGIN = "http://eu.domibus.wsplugin/"
_MAX_ANSWER = 2 * 1024**3
_BASE64_STEP = 192 * 1024
"""Octets that are encoded at once: a multiple of three, so that only the end is padded."""
_REFUSING = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
CONTENT_TYPE = "application/soap+xml; charset=UTF-8"


class MessageStatus(StrEnum):
    """What Domibus says of a message."""

    READY_TO_SEND = "READY_TO_SEND"
    READY_TO_PULL = "READY_TO_PULL"
    BEING_PULLED = "BEING_PULLED"
    SEND_ENQUEUED = "SEND_ENQUEUED"
    SEND_IN_PROGRESS = "SEND_IN_PROGRESS"
    WAITING_FOR_RECEIPT = "WAITING_FOR_RECEIPT"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ACKNOWLEDGED_WITH_WARNING = "ACKNOWLEDGED_WITH_WARNING"
    SEND_ATTEMPT_FAILED = "SEND_ATTEMPT_FAILED"
    SEND_FAILURE = "SEND_FAILURE"
    NOT_FOUND = "NOT_FOUND"
    WAITING_FOR_RETRY = "WAITING_FOR_RETRY"
    RECEIVED = "RECEIVED"
    RECEIVED_WITH_WARNINGS = "RECEIVED_WITH_WARNINGS"
    DELETED = "DELETED"
    DOWNLOADED = "DOWNLOADED"

    @property
    def is_delivered(self) -> bool:
        """Whether the other access point's receipt is there."""
        return self in (MessageStatus.ACKNOWLEDGED, MessageStatus.ACKNOWLEDGED_WITH_WARNING)


class DomibusFault(PeerMistake):
    """Domibus answered with a SOAP fault; ``wire_code`` is its code, such as WS_PLUGIN:0005."""


class DomibusUnreachable(NobodyAnswered):
    """Domibus did not answer, or not with SOAP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomibusPayload:
    """A payload as Domibus hands it out: decrypted and decompressed."""

    content_id: str
    media_type: str
    content: Content = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomibusMessage:
    """A message that Domibus received and proved for us."""

    message: UserMessage
    payloads: tuple[DomibusPayload, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedError:
    """An entry of Domibus' error log for a message."""

    code: str
    detail: str = field(repr=False)


class DomibusInbox(Protocol):
    """Whoever stores what Domibus received."""

    async def on_domibus_message(self, received: DomibusMessage) -> None:
        """Store it before returning; the same message id may come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domibus:
    """The WS plugin of one access point."""

    url: str
    """``https://…/domibus/services/wsplugin``."""
    client: httpx.AsyncClient
    """Carries TLS, with our client certificate where Domibus asks for one."""
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    """User and password of a plugin user, for Basic authentication."""

    async def __aenter__(self) -> Self:
        """Use the client for as long as the block lasts."""
        await self.client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the client."""
        await self.client.__aexit__(kind, error, trace)

    async def submit(self, message: UserMessage, payloads: Sequence[Payload]) -> str:
        """Hand a message over for sending; gives the message id that Domibus keeps.

        With a message id of ours a repeated call is refused by Domibus as a duplicate: see
        ``status`` before submitting again after a crash.
        """
        return read_submission(await self.post(write_submission(message, payloads)))

    async def list_pending(self, *, conversation_id: str | None = None) -> tuple[str, ...]:
        """Message ids that wait to be retrieved."""
        request = etree.Element(_ws("listPendingMessagesRequest"), nsmap={"ws": WS_PLUGIN})
        if conversation_id is not None:
            etree.SubElement(request, "conversationId").text = conversation_id
        return _message_ids(await self._call(request, "listPendingMessagesResponse"))

    async def retrieve(self, message_id: str) -> DomibusMessage:
        """Read a message without consuming it (markAsDownloaded is false)."""
        request = _about("retrieveMessageRequest", message_id)
        request.set("markAsDownloaded", "false")
        message = await self._exchange(request)
        return read_received(message, _answer(message.root, "retrieveMessageResponse"))

    async def mark_downloaded(self, message_id: str) -> None:
        """Tell Domibus that the message is stored with us."""
        request = _about("markMessageAsDownloadedRequest", message_id)
        await self._call(request, "markMessageAsDownloadedResponse")

    async def status(self, message_id: str, *, sending: bool = True) -> MessageStatus:
        """Where a message stands, as its sender or as its receiver."""
        request = _about("statusRequestWithAccessPointRole", message_id)
        etree.SubElement(request, "accessPointRole").text = "SENDING" if sending else "RECEIVING"
        answer = await self._call(request, "getStatusResponse")
        try:
            return MessageStatus((answer.text or "").strip())
        except ValueError:
            raise _unexpected("a message status", "another word") from None

    async def errors(self, message_id: str, *, sending: bool = True) -> tuple[ReportedError, ...]:
        """What Domibus' error log says about a message."""
        request = _about("getErrorsRequestWithAccessPointRole", message_id)
        etree.SubElement(request, "accessPointRole").text = "SENDING" if sending else "RECEIVING"
        answer = await self._call(request, "getMessageErrorsResponse")
        return tuple(
            ReportedError(
                code=item.findtext("domibusErrorCode", ""), detail=item.findtext("errorDetail", "")
            )
            for item in every(answer, "item")
        )

    async def collect(self, inbox: DomibusInbox) -> int:
        """Fetch all that waits: store each message, then mark it. Gives how many were stored.

        A crash in between leaves the message pending: it comes again, and nothing is lost.
        """
        pending = await self.list_pending()
        for message_id in pending:
            await inbox.on_domibus_message(await self.retrieve(message_id))
            await self.mark_downloaded(message_id)
        return len(pending)

    async def post(self, body: Content) -> SoapMessage:
        """Send an envelope as it stands; raises ``DomibusUnreachable``."""
        try:
            async with self.client.stream(
                "POST",
                self.url,
                content=body if isinstance(body, bytes) else arriving(body),
                headers={"content-type": CONTENT_TYPE, "content-length": str(size_of(body))},
                auth=self.credentials,
            ) as response:
                if response.status_code in _REFUSING:
                    raise DomibusUnreachable(f"Domibus refuses us: HTTP {response.status_code}")
                reader, size = SoapReader(response.headers.get("content-type", "")), 0
                async for chunk in response.aiter_bytes():
                    reader.feed(chunk)
                    size += len(chunk)
                    if size > _MAX_ANSWER:
                        raise DomibusUnreachable("Domibus answered with more than was agreed")
            return reader.close()
        except httpx.HTTPError as error:
            raise DomibusUnreachable(f"Domibus did not answer: {type(error).__name__}") from error
        except (XmlRefused, As4Refused) as error:
            raise DomibusUnreachable(f"Domibus did not answer with SOAP: {error}") from error

    async def _call(self, request: etree._Element, answer: str) -> etree._Element:
        return _answer((await self._exchange(request)).root, answer)

    async def _exchange(self, request: etree._Element) -> SoapMessage:
        return await self.post(write_envelope(request))


@dataclass(frozen=True, slots=True)
class Submission:
    """An envelope with payloads too big for memory, which are encoded as it is read."""

    texts: tuple[bytes, ...] = field(repr=False)
    """What stands before, between and behind the payloads."""
    contents: tuple[Content, ...] = field(repr=False)

    @property
    def size(self) -> int:
        """How many octets."""
        encoded = sum(-(-size_of(one) // 3) * 4 for one in self.contents)
        return encoded + sum(len(one) for one in self.texts)

    def chunks(self) -> Iterator[bytes]:
        """The octets from the start."""
        yield self.texts[0]
        for content, text in zip(self.contents, self.texts[1:], strict=True):
            for piece in regrouped(chunks_of(content), _BASE64_STEP):
                yield base64.b64encode(piece)
            yield text


def write_submission(message: UserMessage, payloads: Sequence[Payload]) -> Content:
    """The envelope that hands a message over for sending."""
    request = etree.Element(_ws("submitRequest"), nsmap={"ws": WS_PLUGIN})
    for number, payload in enumerate(payloads):
        element = etree.SubElement(
            request,
            "payload",
            payloadId=f"cid:{payload.content_id}",
            contentType=payload.media_type,
        )
        etree.SubElement(element, "value").text = f"{LIFTED}{number}"
    announced = replace(message, parts=tuple(_announce(one) for one in payloads))
    rest = write_envelope(request, header=write_user_message(announced))
    texts = []
    for number in range(len(payloads)):
        before, _, rest = rest.partition(f"<value>{LIFTED}{number}".encode("ascii"))
        texts.append(before + b"<value>")
    submission = Submission((*texts, rest), tuple(one.content for one in payloads))
    return octets_of(submission) if submission.size <= IN_MEMORY else submission


def read_submission(message: SoapMessage) -> str:
    """The message id in the answer to a submission; raises ``DomibusFault``."""
    found = _message_ids(_answer(message.root, "submitResponse"))
    if len(found) != 1:
        raise _unexpected("one message id", str(len(found)))
    return found[0]


def read_received(message: SoapMessage, body: etree._Element) -> DomibusMessage:
    """A message that Domibus received, from its header and the payloads in ``body``."""
    try:
        header = exactly_one(message.root, _soap("Header"))
        messaging = exactly_one(header, f"{{{EB}}}Messaging")
        user = read_user_message(exactly_one(messaging, f"{{{EB}}}UserMessage"))
        return DomibusMessage(message=user, payloads=_payloads(user, message, body))
    except (XmlRefused, As4Refused) as error:
        raise _unexpected(error.expected, error.found) from error


def write_envelope(request: etree._Element, *, header: etree._Element | None = None) -> bytes:
    """An envelope of the WS plugin."""
    root = etree.Element(_soap("Envelope"), nsmap={"soap": SOAP, "eb": EB})
    head = etree.SubElement(root, _soap("Header"))
    if header is not None:
        etree.SubElement(head, f"{{{EB}}}Messaging").append(header)
    etree.SubElement(root, _soap("Body")).append(request)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _answer(envelope: etree._Element, name: str) -> etree._Element:
    try:
        body = exactly_one(envelope, _soap("Body"))
        fault = at_most_one(body, _soap("Fault"))
        if fault is None:
            return exactly_one(body, _ws(name))
    except XmlRefused as error:
        raise _unexpected(error.expected, error.found) from error
    detail = fault.find(f".//{_ws('FaultDetail')}")
    code = "" if detail is None else detail.findtext("code", "")
    raise DomibusFault(
        rule="Domibus WS plugin", expected=name, found=f"the fault {code}".strip(), wire_code=code
    )


def _payloads(
    message: UserMessage, soap: SoapMessage, body: etree._Element
) -> tuple[DomibusPayload, ...]:
    found = {
        str(one.get("payloadId", "")).lower().removeprefix("cid:"): one
        for one in every(body, "payload")
    }
    payloads = []
    for part in message.parts:
        element = found.get(part.content_id.lower())
        if element is None:
            raise _unexpected("a payload for every eb:PartInfo", "one missing")
        payloads.append(
            DomibusPayload(
                content_id=part.content_id,
                media_type=part.media_type
                or element.get("contentType")
                or "application/octet-stream",
                content=soap.content(exactly_one(element, "value")),
            )
        )
    return tuple(payloads)


def _announce(payload: Payload) -> PartInfo:
    kind = MessageProperty(name="MimeType", value=payload.media_type)
    return PartInfo(content_id=payload.content_id, properties=(kind, *payload.properties))


def _message_ids(answer: etree._Element) -> tuple[str, ...]:
    return tuple(text for one in every(answer, "messageID") if (text := (one.text or "").strip()))


def _about(name: str, message_id: str) -> etree._Element:
    request = etree.Element(_ws(name), nsmap={"ws": WS_PLUGIN})
    etree.SubElement(request, "messageID").text = message_id
    return request


def _unexpected(expected: str, found: str) -> DomibusFault:
    return DomibusFault(
        rule="Domibus WS plugin",
        expected=expected,
        found=found,
        wire_code=EbmsError.OTHER.code,
    )


def _ws(name: str) -> str:
    return f"{{{WS_PLUGIN}}}{name}"


def _soap(name: str) -> str:
    return f"{{{SOAP}}}{name}"
