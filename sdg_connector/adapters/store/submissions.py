"""The book of submissions to the registries over a database: each method is one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database, once_more
from sdg_connector.adapters.store.journal import Journal
from sdg_connector.adapters.store.mailbox import BY_ID, Mailbox
from sdg_connector.adapters.store.payloads import Payloads
from sdg_connector.adapters.store.statements import rows_of
from sdg_connector.adapters.store.tables import INBOX, SUBMISSIONS
from sdg_connector.adapters.store.transaction import Transaction
from sdg_connector.adapters.store.writes import Writes
from sdg_connector.connector import UnknownExchange
from sdg_connector.connector.book import AttemptMade, Posted
from sdg_connector.connector.submitting import SubmissionRecord, SubmissionState
from sdg_connector.directory.registered import Registry
from sdg_connector.ports import ArrivedMessage, PackedMessage

_NUMBER: Final = 1
"""Of the one message that carries a submission."""
_DETAIL: Final = 300
_OF_CONVERSATION: Final = rows_of(SUBMISSIONS, "conversation")
_FIRST_ANSWER: Final = rows_of(INBOX, "exchange").order_by(INBOX.c.at)


@dataclass(frozen=True, slots=True)
class Submissions:
    """The port ``SubmissionBook`` over a database."""

    database: Database
    payloads: Payloads
    mailbox: Mailbox
    journal: Journal

    @once_more
    def create(self, record: SubmissionRecord, document: bytes, *, purge_at: datetime) -> None:
        """Write a submission down; one with the name of another changes nothing."""
        with self.database.writing() as connection:
            if self._row(connection, record.name) is not None:
                return
            payload = self.payloads.put_in(
                connection, document, purge_at=purge_at, owner=record.name
            )
            connection.execute(
                SUBMISSIONS.insert().values(
                    name=record.name,
                    registry=record.registry.value,
                    submission_id=record.submission_id,
                    conversation=record.conversation,
                    document_payload=payload,
                    state=record.state.value,
                    open=True,
                    detail=record.detail,
                    deadline=record.deadline,
                    created=record.created,
                    purge_at=purge_at,
                )
            )
            self._note(connection, record.name, record.state, "", at=record.created)

    def read(self, name: str) -> SubmissionRecord:
        """One submission; raises ``UnknownExchange``."""
        with self.database.reading() as connection:
            return _record(self._known(connection, name))

    def document(self, name: str) -> bytes:
        """Its octets; raises ``Gone`` after their erasure."""
        with self.database.reading() as connection:
            row = self._known(connection, name)
            return self.payloads.get_in(connection, row.document_payload)

    @once_more
    def post(self, name: str, packed: PackedMessage, *, at: datetime) -> Posted:
        """Store the message; gives the one that stands there already, if any."""
        with self.database.writing() as connection:
            there = self.mailbox.posted(connection.execute, name, _NUMBER)
            if there is not None:
                return there
            purge_at = self._known(connection, name).purge_at
            self.mailbox.post_in(connection, name, _NUMBER, packed, at=at, purge_at=purge_at)
            return Posted(packed=packed, attempts=0, delivered=False, due=None)

    def posted(self, name: str) -> Posted | None:
        """The stored message."""
        return self.mailbox.posted(self.database.read, name, _NUMBER)

    def attempted(
        self, name: str, *, receipt: bytes | None, due: datetime | None, at: datetime
    ) -> None:
        """Count an attempt; keep the receipt that proves the delivery, or when the next is due."""
        made = AttemptMade(number=_NUMBER, receipt=receipt, due=due)
        with self.database.writing() as connection:
            self.mailbox.attempted_in(connection, name, made, at=at)

    @once_more
    def arrive(self, message: ArrivedMessage, *, purge_at: datetime) -> tuple[bytes | None, str]:
        """Store an answer; raises ``StoredDifferently``."""
        row = self.database.read(
            _OF_CONVERSATION, {"conversation": message.conversation_id}
        ).first()
        owner = "" if row is None else str(row.name)
        earlier = self.mailbox.arrive(message, owner=owner, purge_at=purge_at, then=Writes())
        return earlier or (None, owner)

    def answer(self, name: str) -> ArrivedMessage | None:
        """The answer that arrived first."""
        row = self.database.read(_FIRST_ANSWER, {"exchange": name}).first()
        if row is None:
            return None
        which = {"sender": row.sender, "message_id": row.message_id}
        return self.mailbox.arrived(self.database.read(BY_ID, which).all()).message

    def settle(
        self,
        name: str,
        state: SubmissionState,
        *,
        detail: str,
        deadline: datetime | None,
        at: datetime,
    ) -> None:
        """Write a state down, and in the record what it means; doing so again changes nothing."""
        with self.database.writing() as connection:
            changed = connection.execute(
                SUBMISSIONS.update()
                .where(SUBMISSIONS.c.name == name, SUBMISSIONS.c.state != state.value)
                .values(
                    state=state.value,
                    open=not state.is_end,
                    detail=detail[:_DETAIL],
                    deadline=deadline,
                )
            )
            if changed.rowcount:
                self._note(connection, name, state, detail, at=at)

    def open_submissions(self) -> tuple[str, ...]:
        """Names of the submissions that have not ended."""
        query = sa.select(SUBMISSIONS.c.name).where(SUBMISSIONS.c.open)
        return tuple(row.name for row in self.database.read(query))

    def recent(self, *, limit: int) -> tuple[SubmissionRecord, ...]:
        """The newest, for an operator."""
        query = sa.select(SUBMISSIONS).order_by(SUBMISSIONS.c.created.desc()).limit(limit)
        return tuple(_record(row) for row in self.database.read(query))

    def _note(
        self,
        connection: Transaction,
        name: str,
        state: SubmissionState,
        detail: str,
        *,
        at: datetime,
    ) -> None:
        content = {"event": f"submission_{state}"}
        if detail:
            content["detail"] = detail[:_DETAIL]
        self.journal.append_in(connection, at=at, exchange=name, content=content)

    def _known(self, connection: Transaction, name: str) -> Any:
        row = self._row(connection, name)
        if row is None:
            raise UnknownExchange("no submission has this name")
        return row

    @staticmethod
    def _row(connection: Transaction, name: str) -> Any:
        return connection.execute(sa.select(SUBMISSIONS).where(SUBMISSIONS.c.name == name)).first()


def _record(row: Any) -> SubmissionRecord:
    return SubmissionRecord(
        name=row.name,
        registry=Registry(row.registry),
        submission_id=row.submission_id,
        conversation=row.conversation,
        state=SubmissionState(row.state),
        detail=row.detail,
        created=row.created,
        deadline=row.deadline,
    )
