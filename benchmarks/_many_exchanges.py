"""Stores with many ended exchanges: what one left behind, copied under other names."""

import sqlite3
from contextlib import closing
from typing import Final

_NAMES: Final = frozenset(
    {
        "asked_key",
        "body_payload",
        "conversation",
        "exchange",
        "exchange_id",
        "message_id",
        "name",
        "order_payload",
        "owner",
        "payload",
        "preview_payload",
        "request_id",
        "subject",
        "title_payload",
        "workflow_uuid",
    }
)
"""Columns that tell one exchange from another."""
_LONG: Final = frozenset({"receipt", "sealed", "sent_references"})
_OCTETS: Final = 200
"""So much is copied of documents and receipts, which no statement looks into."""
_OF_ONE: Final = {
    "lv": {
        "exchanges": "exchange",
        "outbox": "exchange",
        "inbox": "exchange",
        "inbox_parts": "message_id",
        "stimuli": "exchange",
        "evidence_files": "exchange",
        "payloads": "owner",
        "journal": "exchange",
    },
    "es": {
        "requests": "name",
        "outbox": "exchange",
        "inbox": "exchange",
        "inbox_parts": "message_id",
        "payloads": "owner",
        "journal": "exchange",
    },
}


def store_many(store: str, engine: str, *, side: str, count: int) -> None:
    """Copy an ended exchange, or the answers to its requests, so many times.

    One of which the workflow engine was told, so that its tables hold as many.
    """
    table, column = ("exchanges", "exchange") if side == "lv" else ("requests", "name")
    with closing(_opened(store)) as database, closing(_opened(engine)) as workflows:
        told = [row[0] for row in workflows.execute("SELECT workflow_uuid FROM workflow_status")]
        ended = database.execute(f"SELECT {column} FROM {table} WHERE NOT open")  # noqa: S608
        name = next(row[0] for row in ended.fetchall() if row[0] in told)
        for copied, key in _OF_ONE[side].items():
            for one in _messages(database, name) if key == "message_id" else [name]:
                _copy(database, copied, key, one, count)
            database.commit()
        database.execute("UPDATE journal_head SET number = (SELECT max(number) FROM journal)")
        database.commit()
        _copy(workflows, "workflow_status", "workflow_uuid", name, count)
        workflows.commit()


def _messages(database: sqlite3.Connection, name: str) -> list[str]:
    rows = database.execute("SELECT message_id FROM inbox WHERE exchange = ?", (name,))
    return [row[0] for row in rows.fetchall()]


def _opened(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=60)
    database.execute("PRAGMA synchronous=OFF")
    database.execute("PRAGMA cache_size=-400000")
    return database


def _copy(database: sqlite3.Connection, table: str, key: str, name: str, count: int) -> None:
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(_value(table, column) for column in columns)
    database.execute(
        f"WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < :count)"  # noqa: S608
        f" INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}, copy"
        f" WHERE {table}.{key} = :name",
        {"count": count, "name": name},
    )


def _value(table: str, column: str) -> str:
    if table == "journal" and column == "number":
        # Behind what stands there, whatever the order in which the copies are made.
        return "(SELECT max(number) FROM journal) + (n - 1) * 100 + journal.number"
    if column in _NAMES:
        return f"{table}.{column} || '-' || n"
    return f"substr({column}, 1, {_OCTETS})" if column in _LONG else f"{table}.{column}"
