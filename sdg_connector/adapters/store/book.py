"""The book of exchanges over a database: each method is one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database, once_more
from sdg_connector.adapters.store.exchange_rows import record_of, row_after, row_of
from sdg_connector.adapters.store.journal import Journal
from sdg_connector.adapters.store.mailbox import BY_ID, Mailbox
from sdg_connector.adapters.store.payloads import Payloads, with_document
from sdg_connector.adapters.store.statements import (
    adding,
    adding_where,
    changing,
    erasing,
    is_open,
    rows_of,
)
from sdg_connector.adapters.store.stimuli import (
    NEXT_TOLD,
    TELL,
    THIS,
    WAITS,
    telling,
    told_in,
)
from sdg_connector.adapters.store.tables import EXCHANGES, FILES, PAYLOADS, STIMULI
from sdg_connector.adapters.store.writes import Writes
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
    moved_to,
)
from sdg_connector.content import Content, octets_of
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
_CREATED: Final = rows_of(EXCHANGES, "asked_key").with_only_columns(EXCHANGES.c.exchange)
_CREATE: Final = adding_where(
    EXCHANGES, tuple(column.name for column in EXCHANGES.columns), ~_CREATED.exists()
)
_MOVE: Final = changing(EXCHANGES, "exchange", "state", "stimulus").returning(*NEXT_TOLD)
_TELL: Final = TELL.returning(STIMULI.c.number)
_WITH_FILES: Final = (
    sa.select(
        EXCHANGES,
        *(column for column in FILES.columns if column.name != "exchange"),
        PAYLOADS.c.sealed,
        PAYLOADS.c.key_name,
    )
    .select_from(
        EXCHANGES.outerjoin(FILES, FILES.c.exchange == EXCHANGES.c.exchange).outerjoin(
            PAYLOADS, PAYLOADS.c.payload == FILES.c.title_payload
        )
    )
    .where(EXCHANGES.c.exchange == THIS)
    .order_by(FILES.c.number)
)
"""An exchange, in a row for each of its files, if any, with the file's sealed title."""
_FILE: Final = with_document(FILES, FILES.c.payload, "exchange", "number")
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
    def create(self, new: NewExchange, change: Change | None = None) -> Standing | str:
        """Write a new exchange down with its first move, if it is made already.

        Gives the id of the one that has its key already, if there is one.
        """
        then, posted = Writes(), None
        order = self.payloads.put_in(then, new.order, purge_at=new.purge_at, owner=new.exchange)
        record = new.record(order=order)
        if change is not None:
            record, posted = self._changed(then, record, change)
        row = row_of(record, asked_key=new.asked_key)
        if self.database.write(_CREATE, row, then) is not None:
            return Standing(record=record, told=None, posted=posted)
        known = self.database.read(_CREATED, {"asked_key": new.asked_key}).first()
        if known is None:
            raise Overtaken("an exchange was erased while another was asked for like it")
        return str(known.exchange)

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
        return Standing(record=record_of(row), told=told_in(row))

    @once_more
    def tell(self, exchange: str, stimulus: Mapping[str, str], *, key: str) -> None:
        """Write a stimulus down, if its key is new; raises ``UnknownExchange``."""
        if self.database.write(_TELL, telling(exchange, stimulus, key=key)) is None:
            self.read(exchange)

    def move(self, record: Record, change: Change) -> Standing:
        """Move an exchange on; raises ``Overtaken`` when it is not where ``record`` says."""
        then = Writes()
        moved, posted = self._changed(then, record, change)
        return replace(self._moved(record, moved, then), posted=posted)

    def skip(self, record: Record, stimulus: int, *, at: datetime, reason: str) -> Standing:
        """Take a stimulus in without moving; a reason goes into the journal."""
        then = Writes()
        if reason:
            content = {"event": "ignored", "state": record.state.value, "detail": reason}
            self.journal.append_in(then, at=at, exchange=record.exchange, content=content)
        return self._moved(record, replace(record, stimulus=stimulus, updated=at), then)

    def posted(self, exchange: str, number: int) -> Posted | None:
        """The outgoing message with this number."""
        return self.mailbox.posted(self.database.read, exchange, number)

    def attempted(self, exchange: str, made: AttemptMade, *, at: datetime) -> None:
        """Count an attempt, and keep the receipt that proves the delivery."""
        with self.database.writing() as connection:
            self.mailbox.attempted_in(connection, exchange, made, at=at)

    @once_more
    def arrive(self, message: ArrivedMessage, *, purge_at: datetime) -> tuple[bytes | None, str]:
        """Store an arrived message with its stimulus; raises ``StoredDifferently``."""
        exchange = self.mailbox.exchange_of(message)
        then = Writes()
        if exchange:
            arrival = {"sender": message.sender, "message": message.message_id}
            key = f"{message.sender} {message.message_id}"
            then.add(TELL, telling(exchange, arrival, key=key))
        else:
            content = {"event": "response_refused", "detail": "no such conversation"}
            content["message"] = message.message_id
            self.journal.append_in(then, at=message.at, exchange="", content=content)
        earlier = self.mailbox.arrive(
            message, owner=exchange, purge_at=purge_at, then=then, of_exchange=bool(exchange)
        )
        return earlier or (None, exchange)

    def arrived(self, sender: str, message_id: str) -> tuple[ArrivedMessage, tuple[str, ...]]:
        """An arrived message, with the payload ids of its attachments."""
        which = {"sender": sender, "message_id": message_id}
        found = self.mailbox.arrived(self.database.read(BY_ID, which).all())
        return found.message, found.attachments

    def with_files(self, exchange: str) -> tuple[Record, tuple[EvidenceFile, ...]]:
        """One exchange with the evidence that arrived in it; raises ``UnknownExchange``."""
        rows = self.database.read(_WITH_FILES, {"exchange": exchange}).all()
        if not rows:
            raise UnknownExchange("no exchange has this id")
        files = tuple(self._file(row) for row in rows if row.number is not None)
        return record_of(rows[0]), files

    def content(self, exchange: str, number: int) -> Content:
        """A file of an exchange; raises ``UnknownExchange`` and, after its erasure, ``Gone``."""
        row = self.database.read(_FILE, {"exchange": exchange, "number": number}).first()
        if row is None:
            raise UnknownExchange(f"exchange {exchange} has no file {number}")
        return self.payloads.opened(row, row.payload, self.database.read)

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
            .where(EXCHANGES.c.subject.in_(pseudonyms), is_open(EXCHANGES))
            .order_by(EXCHANGES.c.created)
        )
        return tuple(record_of(row) for row in self.database.read(query))

    def _changed(
        self, then: Writes, record: Record, change: Change
    ) -> tuple[Record, Posted | None]:
        """The exchange after a change, and the message that it sends; the rest is in ``then``."""
        change = replace(change, rule=change.rule[:_RULE_LENGTH])
        moved = moved_to(record, change)
        if change.preview_location:
            location = change.preview_location.encode()
            moved = replace(moved, preview=self._put(then, moved, location))
        if change.attempt is not None:
            self.mailbox.attempted_in(then, record.exchange, change.attempt, at=change.at)
        if change.keep_until:
            self.payloads.keep_in(then, record.order, until=change.keep_until)
        if change.outgoing is not None:
            self._post(then, moved, change.outgoing)
        if change.erase:
            self.payloads.erase_in(then, record.exchange)
            then.add(erasing(FILES, "exchange"), {"exchange": record.exchange})
        for file in change.files:
            then.add(adding(FILES), self._file_values(then, moved, file))
        self._note(then, moved, change)
        if change.outgoing is None:
            return moved, None
        return moved, Posted(packed=change.outgoing.packed, attempts=0, delivered=False)

    def _moved(self, record: Record, after: Record, then: Writes) -> Standing:
        values = {
            "of_exchange": record.exchange,
            "of_state": record.state.value,
            "of_stimulus": record.stimulus,
            "told_of": record.exchange,
            "told_after": after.stimulus,
            **row_after(after),
        }
        row = self.database.write(_MOVE, values, then)
        if row is None:
            raise Overtaken(f"exchange {record.exchange} was moved on by another worker")
        return Standing(record=after, told=None if after.state.is_end else told_in(row))

    def _post(self, then: Writes, moved: Record, outgoing: Outgoing) -> None:
        self.mailbox.post_in(
            then,
            moved.exchange,
            outgoing.number,
            outgoing.packed,
            at=moved.updated,
            purge_at=moved.purge_at,
        )

    def _put(self, then: Writes, moved: Record, content: bytes) -> str:
        return self.payloads.put_in(then, content, purge_at=moved.purge_at, owner=moved.exchange)

    def _note(self, then: Writes, moved: Record, change: Change) -> None:
        content: dict[str, Any] = {"event": _JOURNAL[change.happened], "state": change.state.value}
        if change.happened is Happened.EXPLICIT_REQUEST_GIVEN:
            content |= _asked(moved)
        named = {
            "message": change.message_id,
            "response": change.response_id,
        }
        content |= {name: value for name, value in named.items() if value}
        if change.rule:
            content["rule"] = change.rule
        if change.digests:
            content["sha256"] = list(change.digests)
        self.journal.append_in(then, at=change.at, exchange=moved.exchange, content=content)

    def _file_values(self, then: Writes, moved: Record, file: EvidenceFile) -> dict[str, Any]:
        """A provider may write anything into a title, so it is stored like a document."""
        title = self._put(then, moved, file.title.encode())
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


def _asked(record: Record) -> dict[str, str]:
    """Who asked whom for what, on whose explicit request and when (IR 2022/1463, article 17).

    Whose request it was is a pseudonym that names nobody.
    """
    return {
        "subject": record.subject,
        "requester": record.requester,
        "provider": record.provider,
        "country": record.country,
        "procedure": record.procedure,
        "evidence_type": record.evidence_type,
        "conversation": record.conversation,
        "request": record.request_id,
        "asked_at": record.created.isoformat(),
    }
