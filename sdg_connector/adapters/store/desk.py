"""The provider's desk over a database: requests, previews, answers; each method a transaction."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database, once_more
from sdg_connector.adapters.store.journal import Journal
from sdg_connector.adapters.store.mailbox import Mailbox
from sdg_connector.adapters.store.payloads import Payloads
from sdg_connector.adapters.store.previewed import PreviewedDocument
from sdg_connector.adapters.store.statements import (
    adding,
    changing,
    erasing,
    is_open,
    rows_of,
)
from sdg_connector.adapters.store.tables import OUTBOX, PREVIEWS, REQUESTS
from sdg_connector.adapters.store.transaction import Transaction
from sdg_connector.connector import Gone, Overtaken, UnknownExchange
from sdg_connector.connector.answer_book import Progress, RequestIdUsed
from sdg_connector.connector.book import AttemptMade, Posted
from sdg_connector.connector.providing import Preview
from sdg_connector.connector.shelf import Changed, Shelved, read_preview, write_preview
from sdg_connector.content import Content
from sdg_connector.ports import ArrivedMessage, Corner, PackedMessage

_NUMBER = 1
_DROPPED = erasing(PREVIEWS, "ticket", "version").returning(PREVIEWS.c.name)
_PREVIEW = rows_of(PREVIEWS, "ticket")
_DUE = sa.select(sa.func.min(PREVIEWS.c.expires)).where(
    PREVIEWS.c.name == sa.bindparam("name", type_=sa.String), PREVIEWS.c.awaited
)
_WITH_ID = rows_of(REQUESTS, "sender", "request_id").where(sa.text("request_id <> ''"))
"""In the words of its index: SQLite uses it for no others."""
_UNSENT = sa.exists().where(
    OUTBOX.c.exchange == REQUESTS.c.name, OUTBOX.c.number == _NUMBER, OUTBOX.c.attempts == 0
)
_OPEN = sa.select(REQUESTS.c.name).where(is_open(REQUESTS))
_AWAITED = sa.select(PREVIEWS.c.payload).where(
    PREVIEWS.c.name == sa.bindparam("name", type_=sa.String), PREVIEWS.c.awaited
)
_UNHEARD = sa.select(REQUESTS.c.name).where(is_open(REQUESTS), _UNSENT)


@dataclass(frozen=True, slots=True)
class Desk:
    """The port ``AnswerBook`` over a database."""

    database: Database
    payloads: Payloads
    mailbox: Mailbox
    journal: Journal

    @once_more
    def take(self, message: ArrivedMessage, *, name: str, purge_at: datetime) -> bytes | None:
        """Store a request; the receipt of an earlier arrival. Raises ``StoredDifferently``."""
        with self.database.writing() as connection:
            earlier, _ = self.mailbox.arrive_in(connection, message, purge_at=purge_at, owner=name)
            if earlier is not None:
                return earlier
            header = self.payloads.put_in(
                connection, _write_header(message), purge_at=purge_at, owner=name
            )
            connection.execute(
                adding(REQUESTS),
                {
                    "name": name,
                    "sender": message.sender,
                    "message_id": message.message_id,
                    "header_payload": header,
                    "request_id": "",
                    "judged": False,
                    "open": True,
                    "created": message.at,
                    "purge_at": purge_at,
                },
            )
            facts = {"message": message.message_id, "sender": message.sender}
            self._note(connection, name, "request_received", at=message.at, facts=facts)
            return None

    def asked(self, name: str) -> ArrivedMessage:
        """The message of one request; raises ``UnknownExchange``."""
        with self.database.reading() as connection:
            row = self._row(connection, name)
            message, _ = self.mailbox.arrived_in(connection, row.sender, row.message_id)
            header = self.payloads.get_in(connection, row.header_payload)
            return _with_header(message, header)

    def progress(self, name: str) -> Progress:
        """How far the answer to a request is; raises ``UnknownExchange``."""
        with self.database.reading() as connection:
            row = self._row(connection, name)
            return Progress(
                judged=row.judged,
                posted=self.mailbox.posted_in(connection, name, _NUMBER) if row.judged else None,
                due=connection.scalar(_DUE, {"name": name}) if row.judged else None,
            )

    def preview(self, ticket: str) -> Shelved | None:
        """The preview behind a ticket; None as well when it was erased."""
        with self.database.reading() as connection:
            row = connection.execute(_PREVIEW, {"ticket": _digest(ticket)}).first()
            if row is None:
                return None
            try:
                found = read_preview(
                    self.payloads.get_in(connection, row.payload),
                    get=lambda payload, size: PreviewedDocument(self.payloads, payload, size),
                )
            except Gone:
                return None
            return Shelved(found, row.version)

    def waits(self, ticket: str) -> str:
        """The request that waits for the decision on this preview; empty when none does."""
        row = self.database.read(_PREVIEW, {"ticket": _digest(ticket)}).first()
        return row.name if row is not None and row.awaited else ""

    def tickets(self, name: str) -> tuple[str, ...]:
        """Tickets of the previews that a request waits for."""
        with self.database.reading() as connection:
            return tuple(
                str(json.loads(self.payloads.get_in(connection, payload))["ticket"])
                for payload in connection.scalars(_AWAITED, {"name": name})
            )

    def settle(
        self,
        name: str,
        *,
        changes: Mapping[str, Changed],
        answer: PackedMessage | None,
        event: str,
        digests: tuple[str, ...],
        facts: Mapping[str, str],
        at: datetime,
        request_id: str = "",
    ) -> Progress:
        """Write previews and answer down together; raises ``Overtaken`` and ``RequestIdUsed``."""
        with self.database.writing() as connection:
            for ticket, change in changes.items():
                self._change(connection, ticket, change, name)
            if name:
                row = self._row(connection, name)
                if answer is not None:
                    self._post(connection, row, answer, at)
                if request_id:
                    self._claim(connection, row, request_id)
                connection.execute(changing(REQUESTS, "name"), {"of_name": name, "judged": True})
            if event:
                message_id = "" if answer is None else answer.message_id
                self._note(
                    connection,
                    name,
                    event,
                    at=at,
                    message=message_id,
                    digests=digests,
                    facts=facts,
                )
            due = None if answer is not None else connection.scalar(_DUE, {"name": name})
        posted = None if answer is None else Posted(packed=answer, attempts=0, delivered=False)
        return Progress(judged=True, posted=posted, due=due)

    def attempted(
        self,
        name: str,
        *,
        receipt: bytes | None,
        due: datetime | None,
        at: datetime,
        end: str = "",
        detail: str = "",
    ) -> None:
        """Count an attempt, keep the receipt that proves the delivery, and end the request."""
        with self.database.writing() as connection:
            made = AttemptMade(number=_NUMBER, receipt=receipt, due=due)
            self.mailbox.attempted_in(connection, name, made, at=at)
            if end:
                self._close(connection, name, event=end, detail=detail, at=at)

    def close_request(self, name: str, *, event: str, detail: str, at: datetime) -> None:
        """The request has ended; saying so again changes nothing."""
        with self.database.writing() as connection:
            self._close(connection, name, event=event, detail=detail, at=at)

    def open_requests(self) -> tuple[str, ...]:
        """Names of the requests that have not ended."""
        return tuple(row.name for row in self.database.read(_OPEN))

    def unheard(self) -> tuple[str, ...]:
        """Names of the requests whose answer was decided and not sent yet."""
        return tuple(row.name for row in self.database.read(_UNHEARD))

    def _close(
        self, connection: Transaction, name: str, *, event: str, detail: str, at: datetime
    ) -> None:
        which = {"of_name": name, "of_open": True}
        ends = changing(REQUESTS, "name", "open")
        if connection.execute(ends, which | {"open": False}).rowcount:
            self._note(connection, name, event, at=at, detail=detail)

    def _row(self, connection: Transaction, name: str) -> Any:
        row = connection.execute(rows_of(REQUESTS, "name"), {"name": name}).first()
        if row is None:
            raise UnknownExchange("no request has this name")
        return row

    @staticmethod
    def _claim(connection: Transaction, row: Any, request_id: str) -> None:
        which = {"sender": row.sender, "request_id": request_id}
        if connection.execute(_WITH_ID, which).first() is not None:
            raise RequestIdUsed("another request of this sender had this id")
        connection.execute(
            changing(REQUESTS, "name"), {"of_name": row.name, "request_id": request_id}
        )

    def _post(self, connection: Transaction, row: Any, answer: PackedMessage, at: datetime) -> None:
        """One that stands there already is another worker's: ``writing`` raises ``Overtaken``."""
        self.mailbox.post_in(connection, row.name, _NUMBER, answer, at=at, purge_at=row.purge_at)

    def _change(self, connection: Transaction, ticket: str, change: Changed, name: str) -> None:
        key = _digest(ticket)
        owner = f"preview-{key[:32]}"
        which = {"ticket": key, "version": change.seen}
        was_for = connection.execute(_DROPPED, which).first() if change.seen else None
        if change.seen and was_for is None:
            # The version stands in the statement that changes: what was read may be old by now.
            raise Overtaken("a preview was changed meanwhile")
        preview = change.preview
        if preview is None:
            self.payloads.erase_in(connection, owner)
            return
        stored = self._stored(connection, preview, owner)
        self.payloads.erase_in(connection, owner, but=stored)
        connection.execute(
            adding(PREVIEWS),
            {
                "ticket": key,
                "name": name or (was_for and was_for.name),
                "awaited": preview.awaited and preview.kept is None,
                "version": change.seen + 1,
                "expires": preview.expires,
                "payload": stored[-1],
            },
        )

    def _stored(self, connection: Transaction, preview: Preview, owner: str) -> list[str]:
        """The payloads of a preview, its own last."""
        payloads: list[str] = []

        def put(content: Content) -> str:
            if isinstance(content, PreviewedDocument):
                payloads.append(content.payload)
            else:
                payloads.append(
                    self.payloads.put_in(connection, content, purge_at=preview.expires, owner=owner)
                )
            return payloads[-1]

        put(write_preview(preview, put=put))
        return payloads

    def _note(
        self,
        connection: Transaction,
        name: str,
        event: str,
        *,
        at: datetime,
        message: str = "",
        detail: str = "",
        digests: tuple[str, ...] = (),
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        content: dict[str, Any] = {"event": event, **facts}
        if message:
            content["message"] = message
        if detail:
            content["detail"] = detail
        if digests:
            content["sha256"] = list(digests)
        self.journal.append_in(connection, at=at, exchange=name, content=content)


def _digest(ticket: str) -> str:
    """A ticket opens a preview, so that only its digest stands readable."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def _write_header(message: ArrivedMessage) -> bytes:
    corners = (message.original_sender, message.final_recipient)
    return json.dumps(
        {
            "sender_type": message.sender_type,
            "corners": [[one.value, one.type] for one in corners],
            "properties": [list(one) for one in message.properties],
        }
    ).encode()


def _with_header(message: ArrivedMessage, header: bytes) -> ArrivedMessage:
    stored = json.loads(header)
    original_sender, final_recipient = (Corner(*one) for one in stored["corners"])
    return replace(
        message,
        sender_type=stored["sender_type"],
        original_sender=original_sender,
        final_recipient=final_recipient,
        properties=tuple((name, value) for name, value in stored["properties"]),
    )
