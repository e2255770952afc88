"""User messages on the wire: pack what we send, accept what comes.

Order of work on receipt: unpack, agree (PMode), prove the signature and what it covers, decrypt,
prove each part's digest, decompress. Nothing is decrypted for a signer we do not know.
"""

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO

from lxml import etree

from sdg_connector.as4.attachments import open_part, seal_part
from sdg_connector.as4.compression import InflationCaps
from sdg_connector.as4.envelope import (
    Envelope,
    invalid,
    new_envelope,
    read_envelope,
    write_envelope,
)
from sdg_connector.as4.errors import As4Misuse, As4Refused
from sdg_connector.as4.message import (
    EB,
    GZIP,
    MessageProperty,
    PartInfo,
    Payload,
    UserMessage,
    read_user_message,
    write_user_message,
)
from sdg_connector.as4.mime import (
    SOAP_CONTENT_TYPE,
    MimeCaps,
    MimeMessage,
    MimePart,
    NewSpool,
    multipart_size,
    multipart_type,
    read_mime,
    refused,
    write_multipart,
)
from sdg_connector.as4.pmode import AccessPoint, Agreements, Keys, Leg, Match
from sdg_connector.as4.wssecurity import (
    ContentKeyFor,
    SecurityHeader,
    verify_security,
    write_security,
)
from sdg_connector.content import pieces
from xmltrust import ContentEncryption
from xmltrust.content import new_content_key
from xmltrust.references import Reference

NewId = Callable[[], str]
_CHARACTER_SET = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,60}")
_RESERVED = frozenset({"MimeType", "CompressionType", "CharacterSet"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message ready for the wire: keep its octets, for a retry must send the same ones."""

    message_id: str
    receiver: AccessPoint
    leg: Leg
    content_type: str
    references: tuple[Reference, ...]
    """What was signed: a receipt must repeat exactly this."""
    root: bytes = field(repr=False)
    parts: tuple[MimePart, ...] = field(repr=False)
    boundary: str
    root_id: str

    def chunks(self) -> Iterator[bytes]:
        """The octets of the HTTP body; may be asked for again."""
        if not self.parts:
            return iter((self.root,))
        return write_multipart(self.root, self.parts, boundary=self.boundary, root_id=self.root_id)

    @property
    def size(self) -> int:
        """Octets of the HTTP body."""
        if not self.parts:
            return len(self.root)
        return multipart_size(self.root, self.parts, boundary=self.boundary, root_id=self.root_id)

    @property
    def body(self) -> bytes:
        """The whole HTTP body in memory."""
        return b"".join(self.chunks())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPayload:
    """A payload of a proven message, decrypted and decompressed."""

    content_id: str
    media_type: str
    character_set: str | None
    properties: tuple[MessageProperty, ...]
    """The sender's own part properties; those of compression are not shown (3.3.1)."""
    content: BinaryIO = field(repr=False)
    size: int

    def chunks(self) -> Iterator[bytes]:
        """The octets from the start, a piece at a time."""
        self.content.seek(0)
        return pieces(self.content)

    def read(self) -> bytes:
        """All octets, from the start."""
        return b"".join(self.chunks())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """A user message whose sender, header and payloads are proven."""

    message: UserMessage
    payloads: tuple[ReceivedPayload, ...]
    match: Match
    references: tuple[Reference, ...]
    """What its sender signed: the receipt repeats it."""
    element: etree._Element = field(repr=False, compare=False)
    """The proven eb:UserMessage that ``message`` was read from."""

    @property
    def digest(self) -> str:
        """SHA-256 over what was signed: tells a resend from another message with the same id."""
        lines = sorted(f"{one.uri} {one.digest.hex()}" for one in self.references)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def is_test(self) -> bool:
        """Whether it is a ping: answered with a receipt, handed to nobody (ebMS 5.2.2.8)."""
        return self.message.is_test


def pack_user_message(
    message: UserMessage,
    payloads: Sequence[Payload],
    *,
    agreements: Agreements,
    keys: Keys,
    new_id: NewId,
    new_spool: NewSpool = io.BytesIO,
) -> OutgoingMessage:
    """A message as its agreement says: compressed, signed, encrypted, framed.

    Raises ``As4Misuse`` when no agreement covers it or a value is not allowed.
    """
    match = agreements.match_outgoing(message)
    leg = match.pmode.leg
    message = replace(
        message, parts=tuple(_announce(one, compress=leg.compress) for one in payloads)
    )
    unique = hashlib.sha256(message.message_id.encode()).hexdigest()
    envelope = new_envelope(messaging_id=f"_1{unique}", body_id=f"_2{unique}")
    write_user_message(message, within=envelope.messaging)
    key = (
        ContentKeyFor(
            key=new_content_key(ContentEncryption.AES128_GCM), recipient=match.receiver.recipient
        )
        if leg.encrypt and payloads
        else None
    )
    sealed = [
        seal_part(
            payload,
            compressed=leg.compress,
            content_key=None if key is None else key.key,
            new_spool=new_spool,
        )
        for payload in payloads
    ]
    references = write_security(
        envelope,
        parts=[part for part, _ in sealed],
        keys=keys,
        profile=leg.profile,
        token=leg.token,
        content_key=key,
    )
    fresh = new_id()
    boundary, root_id = f"as4-{fresh}", f"root-{fresh}"
    return OutgoingMessage(
        message_id=message.message_id,
        receiver=match.receiver,
        leg=leg,
        content_type=multipart_type(boundary=boundary, root_id=root_id)
        if payloads
        else SOAP_CONTENT_TYPE,
        references=references,
        root=write_envelope(envelope),
        parts=tuple(part for _, part in sealed),
        boundary=boundary,
        root_id=root_id,
    )


def accept_message(
    content_type: str,
    chunks: Iterable[bytes],
    *,
    agreements: Agreements,
    keys: Keys,
    now: datetime,
    caps: MimeCaps | None = None,
    new_spool: NewSpool = io.BytesIO,
) -> ReceivedMessage:
    """A user message from the wire to proven values; raises ``As4Refused``."""
    wire = read_mime(content_type, chunks, caps=caps, new_spool=new_spool)
    return accept_wire(wire, agreements=agreements, keys=keys, now=now, new_spool=new_spool)


def accept_wire(
    wire: MimeMessage,
    *,
    agreements: Agreements,
    keys: Keys,
    now: datetime,
    new_spool: NewSpool = io.BytesIO,
) -> ReceivedMessage:
    """As ``accept_message``, for a message that a ``MimeReader`` has unpacked."""
    envelope = read_envelope(wire.root)
    message = read_user_message(_only_user_message(envelope))
    try:
        return _accept(
            envelope,
            message,
            wire,
            agreements=agreements,
            keys=keys,
            now=now,
            new_spool=new_spool,
        )
    except As4Refused as error:
        error.message_id = message.message_id
        raise


def _accept(
    envelope: Envelope,
    message: UserMessage,
    wire: MimeMessage,
    *,
    agreements: Agreements,
    keys: Keys,
    now: datetime,
    new_spool: NewSpool,
) -> ReceivedMessage:
    match = agreements.match_incoming(message)
    parts = _matched_parts(message, wire)
    security = verify_security(
        envelope,
        content_ids=[part.content_id for part in message.parts],
        signer=match.sender,
        profile=match.pmode.leg.profile,
        encrypt=match.pmode.leg.encrypt,
        decryption=keys.decryption,
        now=now,
    )
    caps = InflationCaps(max_octets=match.pmode.leg.max_payload)
    payloads = tuple(
        _open(info, parts[info.content_id], security, caps, new_spool) for info in message.parts
    )
    return ReceivedMessage(
        message=message,
        payloads=payloads,
        match=match,
        references=security.verified.references,
        element=envelope.messaging[0],
    )


def _open(
    info: PartInfo,
    part: MimePart,
    security: SecurityHeader,
    caps: InflationCaps,
    new_spool: NewSpool,
) -> ReceivedPayload:
    content, size = open_part(info, part, security, caps=caps, new_spool=new_spool)
    return ReceivedPayload(
        content_id=info.content_id,
        media_type=info.media_type or "application/octet-stream",
        character_set=info.character_set,
        properties=tuple(one for one in info.properties if one.name not in _RESERVED),
        content=content,
        size=size,
    )


def _only_user_message(envelope: Envelope) -> etree._Element:
    children = list(envelope.messaging)
    if [child.tag for child in children] != [f"{{{EB}}}UserMessage"]:
        raise invalid("eDelivery AS4 3.2", "one user message", "something else")
    return children[0]


def _matched_parts(message: UserMessage, wire: MimeMessage) -> dict[str, MimePart]:
    found = {part.content_id: part for part in wire.parts}
    if set(found) != {part.content_id for part in message.parts}:
        raise refused("the attachments that the header announces", "others")
    for part in message.parts:
        compression = [one.value for one in part.properties if one.name == "CompressionType"]
        if compression not in ([], [GZIP]):
            raise invalid("eDelivery AS4 3.3.1", f"the compression {GZIP}", "another")
        if part.compressed and not part.media_type:
            raise invalid("eDelivery AS4 3.3.1", "the property MimeType", "none")
        if part.character_set is not None and not _CHARACTER_SET.fullmatch(part.character_set):
            raise invalid("XML 1.0 4.3.3", "the name of an encoding", "something else")
    return found


def _announce(payload: Payload, *, compress: bool) -> PartInfo:
    if any(one.name in _RESERVED for one in payload.properties):
        raise As4Misuse("eDelivery AS4 3.3.1: MimeType and CompressionType are set for you")
    described = [("MimeType", payload.media_type)]
    if payload.character_set:
        if not _CHARACTER_SET.fullmatch(payload.character_set):
            raise As4Misuse("XML 1.0 4.3.3: a character set has the name of an encoding")
        described.append(("CharacterSet", payload.character_set))
    if compress:
        described.append(("CompressionType", GZIP))
    return PartInfo(
        content_id=payload.content_id,
        properties=(
            *(MessageProperty(name=name, value=value) for name, value in described),
            *payload.properties,
        ),
    )
