"""The tables of the store: SQLite for one machine, PostgreSQL for several."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.chain import BEGINNING

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(sa.TypeDecorator[datetime]):
    """An aware UTC datetime as microseconds, the same in every database."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        """To the database."""
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))


METADATA = sa.MetaData()

EXCHANGES = sa.Table(
    "exchanges",
    METADATA,
    sa.Column("exchange", sa.String(64), primary_key=True),
    sa.Column("asked_key", sa.String(64), nullable=False, unique=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("exchange_id", sa.String(64), nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("state", sa.String(32), nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("stimulus", sa.Integer, nullable=False),
    sa.Column("order_payload", sa.String(64), nullable=False),
    sa.Column("preview_payload", sa.String(64), nullable=False),
    sa.Column("deadline", Moment),
    sa.Column("problem", sa.String(64), nullable=False),
    sa.Column("rule", sa.String(300), nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("updated", Moment, nullable=False),
    sa.Column("purge_at", Moment, nullable=False),
    sa.Column("procedure", sa.String(64), nullable=False),
    sa.Column("requester", sa.String(300), nullable=False),
    sa.Column("provider", sa.String(300), nullable=False),
    sa.Column("evidence_type", sa.String(300), nullable=False),
    sa.Column("country", sa.String(8), nullable=False),
    sa.Column("subject", sa.String(140), nullable=False, index=True),
    sa.Index(
        "exchanges_open", "open", sqlite_where=sa.text("open"), postgresql_where=sa.text("open")
    ),
    sa.Index("exchanges_created", "created"),
    sa.Index("exchanges_purge", "purge_at"),
)

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("exchange", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("message_id", sa.String(420), nullable=False, unique=True),
    sa.Column("receiver", sa.String(300), nullable=False),
    sa.Column("leg", sa.String(300), nullable=False),
    sa.Column("content_type", sa.String(1000), nullable=False),
    sa.Column("sent_references", sa.Text, nullable=False),
    sa.Column("body_payload", sa.String(64), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("delivered_at", Moment),
    sa.Column("receipt", sa.LargeBinary),
    sa.Column("at", Moment, nullable=False),
    sa.Column("due", Moment),
)

STIMULI = sa.Table(
    "stimuli",
    METADATA,
    sa.Column("exchange", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(730), nullable=False),
    sa.Column("stimulus", sa.Text, nullable=False),
    sa.UniqueConstraint("exchange", "key"),
)
"""What an exchange was told, in the order in which it takes it in."""

INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("sender", sa.String(300), primary_key=True),
    sa.Column("message_id", sa.String(420), primary_key=True),
    sa.Column("exchange", sa.String(64), nullable=False, index=True),
    sa.Column("conversation", sa.String(300), nullable=False),
    sa.Column("ref_to_message_id", sa.String(420)),
    sa.Column("action", sa.String(300), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("receipt", sa.LargeBinary, nullable=False),
    sa.Column("broken_rule", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
)

PARTS = sa.Table(
    "inbox_parts",
    METADATA,
    sa.Column("sender", sa.String(300), primary_key=True),
    sa.Column("message_id", sa.String(420), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("content_id", sa.String(300), nullable=False),
    sa.Column("media_type", sa.String(300), nullable=False),
    sa.Column("payload", sa.String(64), nullable=False),
)

FILES = sa.Table(
    "evidence_files",
    METADATA,
    sa.Column("exchange", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("title_payload", sa.String(64), nullable=False),
    sa.Column("media_type", sa.String(300), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("issued", sa.String(32), nullable=False),
    sa.Column("payload", sa.String(64), nullable=False),
)

REQUESTS = sa.Table(
    "requests",
    METADATA,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("sender", sa.String(300), nullable=False),
    sa.Column("message_id", sa.String(420), nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("judged", sa.Boolean, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("purge_at", Moment, nullable=False),
    sa.Index(
        "requests_open", "open", sqlite_where=sa.text("open"), postgresql_where=sa.text("open")
    ),
    sa.Index("requests_purge", "purge_at"),
    sa.Index(
        "requests_by_id",
        "sender",
        "request_id",
        unique=True,
        sqlite_where=sa.text("request_id <> ''"),
        postgresql_where=sa.text("request_id <> ''"),
    ),
)
"""Requests of others, which this provider answers."""

SUBMISSIONS = sa.Table(
    "submissions",
    METADATA,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("registry", sa.String(8), nullable=False),
    sa.Column("submission_id", sa.String(64), nullable=False),
    sa.Column("conversation", sa.String(64), nullable=False, unique=True),
    sa.Column("document_payload", sa.String(64), nullable=False),
    sa.Column("state", sa.String(32), nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("detail", sa.String(300), nullable=False),
    sa.Column("deadline", Moment),
    sa.Column("created", Moment, nullable=False),
    sa.Column("purge_at", Moment, nullable=False),
)
"""What is registered with the Common Services."""

PREVIEWS = sa.Table(
    "previews",
    METADATA,
    sa.Column("ticket", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, index=True),
    sa.Column("awaited", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("expires", Moment, nullable=False, index=True),
    sa.Column("payload", sa.String(64), nullable=False),
)
"""Evidence that waits for its person's decision, by the digest of its ticket."""

PAYLOADS = sa.Table(
    "payloads",
    METADATA,
    sa.Column("payload", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("key_name", sa.String(64), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("purge_at", Moment, nullable=False, index=True),
)

CHUNKS = sa.Table(
    "payload_chunks",
    METADATA,
    sa.Column(
        "payload",
        sa.String(64),
        sa.ForeignKey("payloads.payload", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
"""A document too big for one row, whose ``sealed`` is then empty: number 0 is its key, sealed under
the store's; from 1 on its octets."""

_AS_IT_IS: Final = sa.DDL(  # type: ignore[no-untyped-call]
    "ALTER TABLE %(table)s ALTER COLUMN sealed SET STORAGE EXTERNAL"
)
"""What is sealed does not compress: PostgreSQL need not try."""
for _sealed in (PAYLOADS, CHUNKS):
    sa.event.listen(_sealed, "after_create", _AS_IT_IS.execute_if(dialect="postgresql"))

JOURNAL = sa.Table(
    "journal",
    METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("exchange", sa.String(64), nullable=False, index=True),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)

JOURNAL_HEAD = sa.Table(
    "journal_head",
    METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)
"""One row: the last entry, which outlives its erasure. Whoever writes the next one waits here."""

CHECKPOINTS = sa.Table(
    "journal_checkpoints",
    METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("erased_at", Moment, nullable=False),
)
"""The last erased entry: the chain goes on from its digest."""


@sa.event.listens_for(METADATA, "after_create")
def _begin_journal(target: sa.MetaData, connection: sa.Connection, **_: object) -> None:
    """A journal has a head from its beginning on."""
    if connection.execute(sa.select(JOURNAL_HEAD.c.number)).first() is None:
        head = {"number": 0, "previous": "", "digest": BEGINNING}
        connection.execute(JOURNAL_HEAD.insert().values(head))


WORKERS = sa.Table(
    "workers",
    METADATA,
    sa.Column("worker", sa.String(64), primary_key=True),
    sa.Column("seen", Moment, nullable=False),
)
