"""Messages that leave and arrive, each stored before anybody is told that it was."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.payloads import Payloads, with_document
from sdg_connector.adapters.store.statements import adding, changing, rows_of
from sdg_connector.adapters.store.tables import EXCHANGES, INBOX, OUTBOX, PARTS
from sdg_connector.adapters.store.transaction import Transaction
from sdg_connector.connector import StoredDifferently, UnknownExchange
from sdg_connector.connector.book import AttemptMade, Posted
from sdg_connector.ports import ArrivedMessage, Attachment, PackedMessage

_KNOWN: Final = sa.select(INBOX.c.digest, INBOX.c.receipt, INBOX.c.exchange).where(
    INBOX.c.sender == sa.bindparam("sender", type_=sa.String),
    INBOX.c.message_id == sa.bindparam("message_id", type_=sa.String),
)
_ARRIVAL: Final = with_document(INBOX, INBOX.c.document_payload, "sender", "message_id")
_PARTS: Final = with_document(PARTS, PARTS.c.payload, "sender", "message_id").order_by(
    PARTS.c.number
)
_POSTED: Final = with_document(OUTBOX, OUTBOX.c.body_payload, "exchange", "number")
_ATTEMPTED: Final = changing(OUTBOX, "exchange", "number").values(attempts=OUTBOX.c.attempts + 1)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Outbox and inbox of a database."""

    payloads: Payloads

    def post_in(
        self,
        connection: Transaction,
        exchange: str,
        number: int,
        packed: PackedMessage,
        *,
        at: datetime,
        purge_at: datetime,
    ) -> None:
        """Store a packed message that was not there."""
        body = self.payloads.put_in(connection, packed.body, purge_at=purge_at, owner=exchange)
        connection.execute(
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

    def posted_in(self, connection: Transaction, exchange: str, number: int) -> Posted | None:
        """The outgoing message with this number."""
        which = {"exchange": exchange, "number": number}
        row = connection.execute(_POSTED, which).first()
        if row is None:
            return None
        return Posted(
            packed=PackedMessage(
                message_id=row.message_id,
                receiver=row.receiver,
                leg=row.leg,
                content_type=row.content_type,
                body=self.payloads.opened(row, row.body_payload, connection.execute),
                references=row.sent_references,
            ),
            attempts=row.attempts,
            delivered=row.delivered_at is not None,
            due=row.due,
        )

    def attempted_in(
        self, connection: Transaction, exchange: str, made: AttemptMade, *, at: datetime
    ) -> None:
        """Count an attempt, and keep the receipt."""
        values: dict[str, Any] = {"due": made.due}
        if made.receipt is not None:
            values |= {"delivered_at": at, "receipt": made.receipt}
        where = {"of_exchange": exchange, "of_number": made.number}
        connection.execute(_ATTEMPTED, where | values)

    def arrive_in(
        self,
        connection: Transaction,
        message: ArrivedMessage,
        *,
        purge_at: datetime,
        owner: str | None = None,
    ) -> tuple[bytes | None, str]:
        """Store an arrived message, or give the receipt that it had before.

        Without an ``owner`` it belongs to the exchange of its conversation.
        """
        which = {"sender": message.sender, "message_id": message.message_id}
        known = connection.execute(_KNOWN, which).first()
        if known is not None:
            if known.digest != message.digest:
                raise StoredDifferently("a message id was used for another message")
            return known.receipt, known.exchange
        exchange = self._exchange_of(connection, message) if owner is None else owner
        document = self.payloads.put_in(
            connection, message.document, purge_at=purge_at, owner=exchange
        )
        connection.execute(
            adding(INBOX),
            {
                "sender": message.sender,
                "message_id": message.message_id,
                "exchange": exchange,
                "conversation": message.conversation_id,
                "ref_to_message_id": message.ref_to_message_id,
                "action": message.action,
                "digest": message.digest,
                "receipt": message.receipt,
                "document_payload": document,
                "broken_rule": message.broken_rule,
                "at": message.at,
            },
        )
        parts = [
            {
                "sender": message.sender,
                "message_id": message.message_id,
                "number": number,
                "content_id": part.content_id,
                "media_type": part.media_type,
                "payload": self.payloads.put_in(
                    connection, part.content, purge_at=purge_at, owner=exchange
                ),
            }
            for number, part in enumerate(message.attachments)
        ]
        connection.execute(adding(PARTS), parts)
        return None, exchange

    def arrived_in(
        self, connection: Transaction, sender: str, message_id: str
    ) -> tuple[ArrivedMessage, tuple[str, ...]]:
        """An arrived message, with the payload ids of its attachments."""
        which = {"sender": sender, "message_id": message_id}
        row = connection.execute(_ARRIVAL, which).first()
        if row is None:
            raise UnknownExchange(f"no message {message_id} is in the inbox")
        parts = connection.execute(_PARTS, which).all()
        return (
            ArrivedMessage(
                sender=sender,
                message_id=message_id,
                conversation_id=row.conversation,
                ref_to_message_id=row.ref_to_message_id,
                action=row.action,
                digest=row.digest,
                receipt=row.receipt,
                document=self.payloads.octets_in(connection, row, row.document_payload),
                attachments=tuple(
                    Attachment(
                        content_id=part.content_id,
                        media_type=part.media_type,
                        content=self.payloads.opened(part, part.payload, connection.execute),
                    )
                    for part in parts
                ),
                at=row.at,
                broken_rule=row.broken_rule,
            ),
            tuple(part.payload for part in parts),
        )

    @staticmethod
    def _exchange_of(connection: Transaction, message: ArrivedMessage) -> str:
        """The exchange that a message is for; a message to no conversation of ours has none.

        In line 2.0 the exchanges of one session share a conversation, and ExchangeId tells them
        apart (R-EDM-ebMS-037); in 1.x each has a conversation of its own.
        """
        which = {"conversation": message.conversation_id}
        candidates = connection.execute(rows_of(EXCHANGES, "conversation"), which).all()
        named = dict(message.properties).get("ExchangeId")
        if named is None:
            return str(candidates[0].exchange) if len(candidates) == 1 else ""
        return next((str(one.exchange) for one in candidates if one.exchange_id == named), "")
