"""Messages that leave and arrive, each stored before anybody is told that it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.payloads import Payloads, Read, with_document
from sdg_connector.adapters.store.statements import adding, adding_where, changing
from sdg_connector.adapters.store.tables import EXCHANGES, INBOX, OUTBOX, PARTS, PAYLOADS
from sdg_connector.adapters.store.writes import Adding, Writes
from sdg_connector.connector import Overtaken, StoredDifferently, UnknownExchange
from sdg_connector.connector.book import AttemptMade, Posted
from sdg_connector.content import Content, octets_of
from sdg_connector.ports import ArrivedMessage, Attachment, PackedMessage

_KNOWN: Final = sa.select(INBOX.c.digest, INBOX.c.receipt, INBOX.c.exchange).where(
    INBOX.c.sender == sa.bindparam("sender", type_=sa.String),
    INBOX.c.message_id == sa.bindparam("message_id", type_=sa.String),
)
_ARRIVES: Final = adding_where(
    INBOX, tuple(column.name for column in INBOX.columns), ~_KNOWN.exists()
)
_ARRIVES_FOR: Final = adding_where(
    INBOX,
    tuple(column.name for column in INBOX.columns),
    ~_KNOWN.exists(),
    sa.exists().where(EXCHANGES.c.exchange == sa.bindparam("exchange", type_=sa.String)),
)
_HEADER: Final = -2
_DOCUMENT: Final = -1
"""Numbers of what is no attachment among the parts of a message."""
_ARRIVAL: Final = (
    sa.select(
        INBOX,
        PARTS.c.number,
        PARTS.c.content_id,
        PARTS.c.media_type,
        PARTS.c.payload,
        PAYLOADS.c.sealed,
        PAYLOADS.c.key_name,
    )
    .select_from(
        INBOX.join(
            PARTS,
            sa.and_(PARTS.c.sender == INBOX.c.sender, PARTS.c.message_id == INBOX.c.message_id),
        ).outerjoin(PAYLOADS, PAYLOADS.c.payload == PARTS.c.payload)
    )
    .order_by(PARTS.c.number)
)
BY_ID: Final = _ARRIVAL.where(
    INBOX.c.sender == sa.bindparam("sender", type_=sa.String),
    INBOX.c.message_id == sa.bindparam("message_id", type_=sa.String),
)
BY_OWNER: Final = _ARRIVAL.where(INBOX.c.exchange == sa.bindparam("exchange", type_=sa.String))
"""An arrived message with all its parts, a row each."""
_POSTED: Final = with_document(OUTBOX, OUTBOX.c.body_payload, "exchange", "number")
_OF_CONVERSATION: Final = sa.select(EXCHANGES.c.exchange, EXCHANGES.c.exchange_id).where(
    EXCHANGES.c.conversation == sa.bindparam("conversation", type_=sa.String)
)
_ATTEMPTED: Final = changing(OUTBOX, "exchange", "number").values(attempts=OUTBOX.c.attempts + 1)


@dataclass(frozen=True, slots=True)
class Arrived:
    """An arrived message as it is stored."""

    message: ArrivedMessage
    attachments: tuple[str, ...]
    """Payload ids."""
    header: bytes


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Outbox and inbox of a database."""

    payloads: Payloads

    def post_in(
        self,
        connection: Adding,
        exchange: str,
        number: int,
        packed: PackedMessage,
        *,
        at: datetime,
        purge_at: datetime,
    ) -> None:
        """Store a packed message that was not there."""
        body = self.payloads.put_in(connection, packed.body, purge_at=purge_at, owner=exchange)
        connection.add(
            adding(OUTBOX),
            {
                "exchange": exchange,
                "number": number,
                "message_id": packed.message_id,
                "receiver": packed.receiver,
                "leg": packed.leg,
                "content_type": packed.content_type,
                "sent_references": packed.references,
                "body_payload": body,
                "attempts": 0,
                "at": at,
            },
        )

    def posted(self, read: Read, exchange: str, number: int) -> Posted | None:
        """The outgoing message with this number."""
        row = read(_POSTED, {"exchange": exchange, "number": number}).first()
        if row is None:
            return None
        return Posted(
            packed=PackedMessage(
                message_id=row.message_id,
                receiver=row.receiver,
                leg=row.leg,
                content_type=row.content_type,
                body=self.payloads.opened(row, row.body_payload, read),
                references=row.sent_references,
            ),
            attempts=row.attempts,
            delivered=row.delivered_at is not None,
            due=row.due,
        )

    def attempted_in(
        self, connection: Adding, exchange: str, made: AttemptMade, *, at: datetime
    ) -> None:
        """Count an attempt, and keep the receipt."""
        values: dict[str, Any] = {"due": made.due}
        if made.receipt is not None:
            values |= {"delivered_at": at, "receipt": made.receipt}
        where = {"of_exchange": exchange, "of_number": made.number}
        connection.add(_ATTEMPTED, where | values)

    def arrive(
        self,
        message: ArrivedMessage,
        *,
        owner: str,
        purge_at: datetime,
        then: Writes,
        header: bytes = b"",
        of_exchange: bool = False,
    ) -> tuple[bytes, str] | None:
        """Store an arrived message, what a ``header`` says beside it, and ``then`` more.

        Gives the receipt and the owner that it has already: nothing is written then. Raises
        ``StoredDifferently``, and ``Overtaken`` when it is ``of_exchange`` and that was erased.
        """
        which = {"sender": message.sender, "message_id": message.message_id}
        parts: list[tuple[int, str, str, Content]] = [(_DOCUMENT, "", "", message.document)]
        parts += [
            (number, part.content_id, part.media_type, part.content)
            for number, part in enumerate(message.attachments)
        ]
        if header:
            parts.append((_HEADER, "", "", header))
        for number, content_id, media_type, content in parts:
            payload = self.payloads.put_in(then, content, purge_at=purge_at, owner=owner)
            about = {"content_id": content_id, "media_type": media_type, "payload": payload}
            then.add(adding(PARTS), which | {"number": number} | about)
        values = which | {
            "exchange": owner,
            "conversation": message.conversation_id,
            "ref_to_message_id": message.ref_to_message_id,
            "action": message.action,
            "digest": message.digest,
            "receipt": message.receipt,
            "broken_rule": message.broken_rule,
            "at": message.at,
        }
        first = _ARRIVES_FOR if of_exchange else _ARRIVES
        if self.payloads.database.write(first, values, then) is not None:
            return None
        known = self.payloads.database.read(_KNOWN, which).first()
        if known is None:
            raise Overtaken("the exchange of a message was erased")
        if known.digest != message.digest:
            raise StoredDifferently("a message id was used for another message")
        return known.receipt, known.exchange

    def arrived(self, rows: Sequence[Any]) -> Arrived:
        """An arrived message; raises ``UnknownExchange`` when there are no rows of it."""
        read = self.payloads.database.read
        if not rows:
            raise UnknownExchange("no such message is in the inbox")
        content = {row.number: self.payloads.opened(row, row.payload, read) for row in rows}
        attached = [row for row in rows if row.number >= 0]
        row = rows[0]
        message = ArrivedMessage(
            sender=row.sender,
            message_id=row.message_id,
            conversation_id=row.conversation,
            ref_to_message_id=row.ref_to_message_id,
            action=row.action,
            digest=row.digest,
            receipt=row.receipt,
            document=octets_of(content[_DOCUMENT]),
            attachments=tuple(
                Attachment(
                    content_id=part.content_id,
                    media_type=part.media_type,
                    content=content[part.number],
                )
                for part in attached
            ),
            at=row.at,
            broken_rule=row.broken_rule,
        )
        header = octets_of(content.get(_HEADER, b""))
        return Arrived(message, tuple(part.payload for part in attached), header)

    def exchange_of(self, message: ArrivedMessage) -> str:
        """The exchange that a message is for; a message to no conversation of ours has none.

        In line 2.0 the exchanges of one session share a conversation, and ExchangeId tells them
        apart (R-EDM-ebMS-037); in 1.x each has a conversation of its own.
        """
        which = {"conversation": message.conversation_id}
        candidates = self.payloads.database.read(_OF_CONVERSATION, which).all()
        named = dict(message.properties).get("ExchangeId")
        if named is None:
            return str(candidates[0].exchange) if len(candidates) == 1 else ""
        return next((str(one.exchange) for one in candidates if one.exchange_id == named), "")
