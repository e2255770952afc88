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
from sdg_connector.adapters.store.mailbox import BY_OWNER, Mailbox
from sdg_connector.adapters.store.payloads import Payloads, with_document
from sdg_connector.adapters.store.previewed import PreviewedDocument
from sdg_connector.adapters.store.statements import (
    adding,
    changing,
    erasing,
    is_open,
    rows_of,
)
from sdg_connector.adapters.store.tables import OUTBOX, PREVIEWS, REQUESTS
from sdg_connector.adapters.store.transaction import Values
from sdg_connector.adapters.store.writes import Writes
from sdg_connector.connector import Gone, Overtaken, UnknownExchange
from sdg_connector.connector.answer_book import Progress, RequestIdUsed
from sdg_connector.connector.book import AttemptMade, Posted
from sdg_connector.connector.providing import Preview
from sdg_connector.connector.shelf import Changed, Shelved, read_preview, write_preview
from sdg_connector.content import Content, octets_of
from sdg_connector.ports import ArrivedMessage, Corner, PackedMessage

_NUMBER = 1
_DROPPED = erasing(PREVIEWS, "ticket", "version").returning(PREVIEWS.c.ticket)
_CHANGED = changing(PREVIEWS, "ticket", "version").returning(PREVIEWS.c.ticket)
_JUDGED = changing(REQUESTS, "name").returning(REQUESTS.c.name)
_CLOSED = changing(REQUESTS, "name", "open").returning(REQUESTS.c.name)
_PREVIEW = rows_of(PREVIEWS, "ticket")
_DUE = sa.select(sa.func.min(PREVIEWS.c.expires)).where(
    PREVIEWS.c.name == sa.bindparam("name", type_=sa.String), PREVIEWS.c.awaited
)
_PROGRESS = sa.select(REQUESTS.c.judged, _DUE.scalar_subquery().label("due")).where(
    REQUESTS.c.name == sa.bindparam("name", type_=sa.String)
)
_SENDER = sa.select(REQUESTS.c.sender).where(
    REQUESTS.c.name == sa.bindparam("name", type_=sa.String)
)
_WITH_ID = (
    rows_of(REQUESTS, "request_id")
    .where(REQUESTS.c.sender == _SENDER.scalar_subquery())
    .where(sa.text("requests.request_id <> ''"))
)
"""In the words of its index: SQLite uses it for no others."""
_UNSENT = sa.exists().where(
    OUTBOX.c.exchange == REQUESTS.c.name, OUTBOX.c.number == _NUMBER, OUTBOX.c.attempts == 0
)
_OPEN = sa.select(REQUESTS.c.name).where(is_open(REQUESTS))
_PREVIEWED = with_document(PREVIEWS, PREVIEWS.c.payload, "ticket")
_AWAITED = with_document(PREVIEWS, PREVIEWS.c.payload, "name").where(PREVIEWS.c.awaited)
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
        then = Writes()
        values = {
            "name": name,
            "sender": message.sender,
            "message_id": message.message_id,
            "request_id": "",
            "judged": False,
            "open": True,
            "created": message.at,
            "purge_at": purge_at,
        }
        then.add(adding(REQUESTS), values)
        facts = {"message": message.message_id, "sender": message.sender}
        self._note(then, name, "request_received", at=message.at, facts=facts)
        header = _write_header(message)
        earlier = self.mailbox.arrive(
            message, owner=name, purge_at=purge_at, then=then, header=header
        )
        return None if earlier is None else earlier[0]

    def asked(self, name: str) -> ArrivedMessage:
        """The message of one request; raises ``UnknownExchange``."""
        found = self.mailbox.arrived(self.database.read(BY_OWNER, {"exchange": name}).all())
        return _with_header(found.message, found.header)

    def progress(self, name: str) -> Progress:
        """How far the answer to a request is; raises ``UnknownExchange``."""
        row = self.database.read(_PROGRESS, {"name": name}).first()
        if row is None:
            raise UnknownExchange("no request has this name")
        if not row.judged:
            return Progress(judged=False, posted=None, due=None)
        posted = self.mailbox.posted(self.database.read, name, _NUMBER)
        return Progress(judged=True, posted=posted, due=row.due)

    def preview(self, ticket: str) -> Shelved | None:
        """The preview behind a ticket; None as well when it was erased."""
        row = self.database.read(_PREVIEWED, {"ticket": _digest(ticket)}).first()
        if row is None:
            return None
        try:
            found = read_preview(
                self._opened(row),
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
        rows = self.database.read(_AWAITED, {"name": name})
        return tuple(str(json.loads(self._opened(row))["ticket"]) for row in rows)

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
        purge_at: datetime,
        request_id: str = "",
    ) -> Progress:
        """Write previews and answer down together; raises ``Overtaken`` and ``RequestIdUsed``."""
        then, finding = Writes(), []
        for ticket, change in changes.items():
            finding += self._change(then, ticket, change, name)
        if name:
            claimed = {"request_id": request_id} if request_id else {}
            judged = {"of_name": name, "judged": True} | claimed
            if finding:
                then.add(_JUDGED, judged)
            else:
                finding.append((_JUDGED, judged))
        if answer is not None:
            self.mailbox.post_in(then, name, _NUMBER, answer, at=at, purge_at=purge_at)
        if event:
            message = "" if answer is None else answer.message_id
            self._note(then, name, event, at=at, message=message, digests=digests, facts=facts)
        try:
            self._settle(finding, then)
        except Overtaken:
            if request_id and self._has_another(name, request_id):
                raise RequestIdUsed("another request of this sender had this id") from None
            raise
        if answer is not None:
            posted = Posted(packed=answer, attempts=0, delivered=False)
            return Progress(judged=True, posted=posted, due=None)
        due = self.database.read(_DUE, {"name": name}).one()[0] if name else None
        return Progress(judged=True, posted=None, due=due)

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
        made = AttemptMade(number=_NUMBER, receipt=receipt, due=due)
        if end:
            then = Writes()
            self.mailbox.attempted_in(then, name, made, at=at)
            if self._closed(name, then, event=end, detail=detail, at=at):
                return
        with self.database.writing() as connection:
            self.mailbox.attempted_in(connection, name, made, at=at)

    def close_request(self, name: str, *, event: str, detail: str, at: datetime) -> None:
        """The request has ended; saying so again changes nothing."""
        self._closed(name, Writes(), event=event, detail=detail, at=at)

    def open_requests(self) -> tuple[str, ...]:
        """Names of the requests that have not ended."""
        return tuple(row.name for row in self.database.read(_OPEN))

    def unheard(self) -> tuple[str, ...]:
        """Names of the requests whose answer was decided and not sent yet."""
        return tuple(row.name for row in self.database.read(_UNHEARD))

    def _closed(self, name: str, then: Writes, *, event: str, detail: str, at: datetime) -> bool:
        """Whether it was open, and ``then`` was written with its end."""
        self._note(then, name, event, at=at, detail=detail)
        which = {"of_name": name, "of_open": True}
        return self.database.write(_CLOSED, which | {"open": False}, then) is not None

    def _settle(self, finding: list[tuple[sa.Executable, Values]], then: Writes) -> None:
        """Write all of it, or nothing when a row is not there as it was."""
        gone = Overtaken("a preview was changed meanwhile, or a request erased")
        if not finding:
            with self.database.writing() as connection:
                then.write_to(connection)
            return
        first, *others = finding
        for statement, values in others:
            then.add(statement, values, otherwise=gone)
        if self.database.write(*first, then) is None:
            raise gone

    def _has_another(self, name: str, request_id: str) -> bool:
        """Whether another request of the same sender has this id."""
        row = self.database.read(_WITH_ID, {"name": name, "request_id": request_id}).first()
        return row is not None and row.name != name

    def _change(
        self, then: Writes, ticket: str, change: Changed, name: str
    ) -> list[tuple[sa.Executable, Values]]:
        """Puts what a change adds to ``then``, and gives what must find its row.

        The version stands in the statement that changes: what was read may be old by now.
        """
        key = _digest(ticket)
        owner = f"preview-{key[:32]}"
        which = {"of_ticket": key, "of_version": change.seen}
        preview = change.preview
        if preview is None:
            self.payloads.erase_in(then, owner)
            return [(_DROPPED, {"ticket": key, "version": change.seen})] if change.seen else []
        stored = self._stored(then, preview, owner)
        values = {
            "awaited": preview.awaited and preview.kept is None,
            "version": change.seen + 1,
            "expires": preview.expires,
            "payload": stored[-1],
        }
        if not change.seen:
            then.add(adding(PREVIEWS), {"ticket": key, "name": name} | values)
            return []
        self.payloads.erase_in(then, owner, but=stored)
        return [(_CHANGED, which | values | ({"name": name} if name else {}))]

    def _opened(self, row: Any) -> bytes:
        """The preview in its row and document; raises ``Gone``."""
        return octets_of(self.payloads.opened(row, row.payload, self.database.read))

    def _stored(self, then: Writes, preview: Preview, owner: str) -> list[str]:
        """The payloads of a preview, its own last."""
        payloads: list[str] = []

        def put(content: Content) -> str:
            if isinstance(content, PreviewedDocument):
                payloads.append(content.payload)
            else:
                payloads.append(
                    self.payloads.put_in(then, content, purge_at=preview.expires, owner=owner)
                )
            return payloads[-1]

        put(write_preview(preview, put=put))
        return payloads

    def _note(
        self,
        then: Writes,
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
        self.journal.append_in(then, at=at, exchange=name, content=content)


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
