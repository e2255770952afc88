"""The book of exchanges over a database: each method is one transaction."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database, once_more
from sdg_connector.adapters.store.exchange_rows import record_of, row_after, row_of
from sdg_connector.adapters.store.journal import Journal
from sdg_connector.adapters.store.mailbox import Mailbox
from sdg_connector.adapters.store.payloads import Payloads, with_document
from sdg_connector.adapters.store.statements import (
    adding,
    changing,
    erasing,
    is_open,
    rows_of,
)
from sdg_connector.adapters.store.stimuli import THIS, WAITS, tell_in, told_in
from sdg_connector.adapters.store.tables import (
    EXCHANGES,
    FILES,
    STIMULI,
    SUBJECTS,
)
from sdg_connector.adapters.store.transaction import Transaction
from sdg_connector.connector import Overtaken, UnknownExchange
from sdg_connector.connector.book import (
    AttemptMade,
    Change,
    EvidenceFile,
    NewExchange,
    Outgoing,
    Posted,
    Record,
    Standing,
    Told,
    moved_to,
)
from sdg_connector.content import octets_of
from sdg_connector.journey import Happened
from sdg_connector.ports import ArrivedMessage

_RULE_LENGTH: Final = 300
_JOURNAL: Final = {
    Happened.EXPLICIT_REQUEST_GIVEN: "explicit_request",
    Happened.RECEIPT_CAME: "request_sent",
    Happened.NOT_DELIVERED: "request_not_delivered",
    Happened.PREVIEW_REQUIRED: "preview_required",
    Happened.LEFT_FOR_PREVIEW: "left_for_preview",
    Happened.PERSON_RETURNED: "returned_from_preview",
    Happened.EVIDENCE_ARRIVED: "response_received",
    Happened.EVIDENCE_LATER: "evidence_later",
    Happened.EVIDENCE_TOO_LATE: "evidence_later",
    Happened.DUE: "asked_again",
    Happened.NOTHING_GIVEN: "response_received",
    Happened.PROVIDER_REFUSED: "error_received",
    Happened.ANSWER_BROKEN: "response_refused",
    Happened.EVIDENCE_ATTACHED: "evidence_delivered",
    Happened.EVIDENCE_DROPPED: "evidence_dropped",
    Happened.TIME_UP: "expired",
    Happened.CANCELLED: "cancelled",
}


_EXCHANGE: Final = rows_of(EXCHANGES, "exchange")
_FILES: Final = with_document(FILES, FILES.c.title_payload, "exchange").order_by(FILES.c.number)
_STANDING: Final = (
    sa.select(EXCHANGES, STIMULI.c.number, STIMULI.c.stimulus.label("told"))
    .select_from(EXCHANGES.outerjoin(STIMULI, WAITS))
    .where(EXCHANGES.c.exchange == THIS)
    .order_by(STIMULI.c.number)
    .limit(1)
)
_OPEN: Final = sa.select(EXCHANGES.c.exchange).where(is_open(EXCHANGES))
_UNHEARD: Final = sa.select(EXCHANGES.c.exchange).where(
    is_open(EXCHANGES), sa.exists().where(WAITS)
)


@dataclass(frozen=True, slots=True)
class Book:
    """The port ``ExchangeBook`` over a database."""

    database: Database
    payloads: Payloads
    mailbox: Mailbox
    journal: Journal

    @once_more
    def create(self, new: NewExchange) -> str:
        """Write a new exchange down; gives the id of the one that has its key already."""
        with self.database.writing() as connection:
            known = connection.scalar(rows_of(EXCHANGES, "asked_key"), {"asked_key": new.asked_key})
            if known is not None:
                return str(known)
            order = self.payloads.put_in(
                connection, new.order, purge_at=new.purge_at, owner=new.exchange
            )
            subject = {"exchange": new.exchange, "subject": new.subject}
            connection.execute(adding(SUBJECTS), subject)
            connection.execute(adding(EXCHANGES), row_of(new, order=order))
            return new.exchange

    def read(self, exchange: str) -> Record:
        """One exchange; raises ``UnknownExchange``."""
        row = self.database.read(_EXCHANGE, {"exchange": exchange}).first()
        if row is None:
            raise UnknownExchange("no exchange has this id")
        return record_of(row)

    def next_of(self, exchange: str) -> Standing:
        """One exchange with the stimulus that it has to take in next; ``UnknownExchange``."""
        row = self.database.read(_STANDING, {"exchange": exchange}).first()
        if row is None:
            raise UnknownExchange("no exchange has this id")
        told = None if row.number is None else Told(row.number, json.loads(row.told))
        return Standing(record=record_of(row), told=told)

    @once_more
    def tell(self, exchange: str, stimulus: Mapping[str, str], *, key: str) -> None:
        """Write a stimulus down, once for each key; raises ``UnknownExchange``."""
        with self.database.writing() as connection:
            tell_in(connection, exchange, stimulus, key=key)

    def move(self, record: Record, change: Change) -> Standing:
        """Move an exchange on; raises ``Overtaken`` when it is not where ``record`` says."""
        change = replace(change, rule=change.rule[:_RULE_LENGTH])
        moved = moved_to(record, change)
        with self.database.writing() as connection:
            if change.attempt is not None:
                self.mailbox.attempted_in(connection, record.exchange, change.attempt, at=change.at)
            if change.preview_location:
                preview = self.payloads.put_in(
                    connection,
                    change.preview_location.encode(),
                    purge_at=moved.purge_at,
                    owner=record.exchange,
                )
                moved = replace(moved, preview=preview)
            if change.keep_until:
                self.payloads.keep_in(connection, record.order, until=change.keep_until)
            if change.outgoing is not None:
                self._post(connection, moved, change.outgoing)
            self._update(connection, record, moved)
            if change.erase:
                self.payloads.erase_in(connection, record.exchange)
                connection.execute(erasing(FILES, "exchange"), {"exchange": record.exchange})
            for file in change.files:
                values = self._file_values(connection, moved, file)
                connection.execute(adding(FILES), values)
            self._note(connection, record, change)
            told = told_in(connection, moved)
        posted = None
        if change.outgoing is not None:
            posted = Posted(packed=change.outgoing.packed, attempts=0, delivered=False)
        return Standing(record=moved, told=told, posted=posted)

    def skip(self, record: Record, stimulus: int, *, at: datetime, reason: str) -> Standing:
        """Take a stimulus in without moving; a reason goes into the journal."""
        after = replace(record, stimulus=stimulus, updated=at)
        with self.database.writing() as connection:
            self._update(connection, record, after)
            if reason:
                content = {"event": "ignored", "state": record.state.value, "detail": reason}
                self.journal.append_in(connection, at=at, exchange=record.exchange, content=content)
            return Standing(record=after, told=told_in(connection, after))

    def posted(self, exchange: str, number: int) -> Posted | None:
        """The outgoing message with this number."""
        with self.database.reading() as connection:
            return self.mailbox.posted_in(connection, exchange, number)

    def attempted(self, exchange: str, made: AttemptMade, *, at: datetime) -> None:
        """Count an attempt, and keep the receipt that proves the delivery."""
        with self.database.writing() as connection:
            self.mailbox.attempted_in(connection, exchange, made, at=at)

    @once_more
    def arrive(self, message: ArrivedMessage, *, purge_at: datetime) -> tuple[bytes | None, str]:
        """Store an arrived message with its stimulus; raises ``StoredDifferently``."""
        with self.database.writing() as connection:
            earlier, exchange = self.mailbox.arrive_in(connection, message, purge_at=purge_at)
            if earlier is None and exchange:
                arrival = {"sender": message.sender, "message": message.message_id}
                key = f"{message.sender} {message.message_id}"
                tell_in(connection, exchange, arrival, key=key)
            if earlier is None and not exchange:
                content = {"event": "response_refused", "detail": "no such conversation"}
                self.journal.append_in(
                    connection,
                    at=message.at,
                    exchange="",
                    content=content | {"message": message.message_id},
                )
            return earlier, exchange

    def arrived(self, sender: str, message_id: str) -> tuple[ArrivedMessage, tuple[str, ...]]:
        """An arrived message, with the payload ids of its attachments."""
        with self.database.reading() as connection:
            return self.mailbox.arrived_in(connection, sender, message_id)

    def files(self, exchange: str) -> tuple[EvidenceFile, ...]:
        """The evidence that arrived in an exchange."""
        rows = self.database.read(_FILES, {"exchange": exchange})
        return tuple(self._file(row) for row in rows)

    def open_exchanges(self) -> tuple[str, ...]:
        """Ids of every exchange that has not ended."""
        return tuple(row.exchange for row in self.database.read(_OPEN))

    def unheard(self) -> tuple[str, ...]:
        """Ids of the exchanges that have not ended and have a stimulus to take in."""
        return tuple(row.exchange for row in self.database.read(_UNHEARD))

    def of_subject(self, pseudonyms: Collection[str]) -> tuple[Record, ...]:
        """The exchanges of one person that have not ended, oldest first."""
        query = (
            sa.select(EXCHANGES)
            .join(SUBJECTS, SUBJECTS.c.exchange == EXCHANGES.c.exchange)
            .where(SUBJECTS.c.subject.in_(pseudonyms), is_open(EXCHANGES))
            .order_by(EXCHANGES.c.created)
        )
        return tuple(record_of(row) for row in self.database.read(query))

    def _post(self, connection: Transaction, moved: Record, outgoing: Outgoing) -> None:
        self.mailbox.post_in(
            connection,
            moved.exchange,
            outgoing.number,
            outgoing.packed,
            at=moved.updated,
            purge_at=moved.purge_at,
        )

    def _update(self, connection: Transaction, record: Record, after: Record) -> None:
        where = {
            "of_exchange": record.exchange,
            "of_state": record.state.value,
            "of_stimulus": record.stimulus,
        }
        result = connection.execute(
            changing(EXCHANGES, "exchange", "state", "stimulus"), {**where, **row_after(after)}
        )
        if result.rowcount != 1:
            raise Overtaken(f"exchange {record.exchange} was moved on by another worker")

    def _note(self, connection: Transaction, record: Record, change: Change) -> None:
        content: dict[str, Any] = {"event": _JOURNAL[change.happened], "state": change.state.value}
        if change.happened is Happened.EXPLICIT_REQUEST_GIVEN:
            content |= _asked(connection, record.exchange)
        named = {
            "message": change.message_id,
            "response": change.response_id,
        }
        content |= {name: value for name, value in named.items() if value}
        if change.rule:
            content["rule"] = change.rule
        if change.digests:
            content["sha256"] = list(change.digests)
        self.journal.append_in(connection, at=change.at, exchange=record.exchange, content=content)

    def _file_values(
        self, connection: Transaction, moved: Record, file: EvidenceFile
    ) -> dict[str, Any]:
        """A provider may write anything into a title, so it is stored like a document."""
        title = self.payloads.put_in(
            connection,
            file.title.encode(),
            purge_at=moved.purge_at,
            owner=moved.exchange,
        )
        return {
            "exchange": moved.exchange,
            "number": file.number,
            "title_payload": title,
            "media_type": file.media_type,
            "size": file.size,
            "sha256": file.sha256,
            "issued": file.issued,
            "payload": file.payload,
        }

    def _file(self, row: Any) -> EvidenceFile:
        title = self.payloads.opened(row, row.title_payload, self.database.read)
        return EvidenceFile(
            number=row.number,
            title=octets_of(title).decode(),
            media_type=row.media_type,
            size=row.size,
            sha256=row.sha256,
            issued=row.issued,
            payload=row.payload,
        )


def _asked(connection: Transaction, exchange: str) -> dict[str, str]:
    """Who asked whom for what, on whose explicit request and when (IR 2022/1463, article 17).

    Whose request it was is a pseudonym that names nobody.
    """
    row = connection.execute(_EXCHANGE, {"exchange": exchange}).one()
    subject = connection.execute(rows_of(SUBJECTS, "exchange"), {"exchange": exchange}).one()
    return {
        "subject": subject.subject,
        "requester": row.requester,
        "provider": row.provider,
        "country": row.country,
        "procedure": row.procedure,
        "evidence_type": row.evidence_type,
        "conversation": row.conversation,
        "request": row.request_id,
        "asked_at": row.created.isoformat(),
    }
