"""The ledger of transmissions: which period was handed over under which id.

A correction must carry the id of the first transmission (Implementing Regulation (EU) 2020/1121,
Annex II), so an id is written down before anything is sent under it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from procedures.collect.calls import Call
from procedures.collect.period import Period
from procedures.collect.transmission import Transmission
from procedures.errors import ProceduresMisuse

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS period (
    service TEXT NOT NULL, call TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    unique_id TEXT NOT NULL, digest TEXT, times INTEGER NOT NULL DEFAULT 0, sent_at TEXT,
    PRIMARY KEY (service, call, first, last)
);
CREATE TABLE IF NOT EXISTS attempt (
    service TEXT NOT NULL, call TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    at TEXT NOT NULL, digest TEXT NOT NULL, outcome TEXT NOT NULL
);
"""
_KEY: Final = "service = ? AND call = ? AND first = ? AND last = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One period in the ledger."""

    call: Call
    period: Period
    unique_id: str
    digest: str | None
    """Of what was last taken by the service; none while nothing was."""
    times: int
    """How often it was taken: more than once means corrections."""
    sent_at: datetime | None


class Ledger:
    """A file that remembers ids across processes and machines' crashes."""

    def __init__(self, path: Path, *, service: str) -> None:
        """Open or make the file; ``service`` is the base address, since ids differ by environment.

        Raises `ProceduresMisuse` for a file that is no ledger.
        """
        self._service = service.rstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None, timeout=10)
        try:
            self._database.executescript(_TABLES)
        except sqlite3.DatabaseError:
            self._database.close()
            raise ProceduresMisuse(f"{path.name} is no ledger of transmissions") from None

    def entry(self, call: Call, period: Period) -> Entry | None:
        """What is known about a period."""
        row = self._database.execute(
            f"SELECT call, first, last, unique_id, digest, times, sent_at FROM period WHERE {_KEY}",  # noqa: S608  a constant
            self._key(call, period),
        ).fetchone()
        return None if row is None else _entry(row)

    def entries(self) -> tuple[Entry, ...]:
        """All periods, latest first."""
        rows = self._database.execute(
            "SELECT call, first, last, unique_id, digest, times, sent_at FROM period"
            " WHERE service = ? ORDER BY first DESC, call",
            (self._service,),
        )
        return tuple(_entry(row) for row in rows)

    def reserve(self, call: Call, period: Period, unique_id: str) -> str:
        """Write an id down for a period; gives the one that holds, which may be an earlier one."""
        self._database.execute(
            "INSERT OR IGNORE INTO period (service, call, first, last, unique_id)"
            " VALUES (?, ?, ?, ?, ?)",
            (*self._key(call, period), unique_id),
        )
        held = self.entry(call, period)
        if held is None:
            raise ProceduresMisuse("the ledger lost an id while another process emptied it")
        return held.unique_id

    def taken(self, sent: Transmission, *, at: datetime) -> None:
        """Note that the service took a transmission."""
        with self._together():
            self._attempt(sent, at, "taken")
            self._database.execute(
                f"UPDATE period SET digest = ?, times = times + 1, sent_at = ? WHERE {_KEY}",  # noqa: S608
                (sent.digest, at.isoformat(), *self._key(sent.call, sent.period)),
            )

    def failed(self, sent: Transmission, *, at: datetime, why: str) -> None:
        """Note that a transmission was refused or got no answer; its id stays."""
        self._attempt(sent, at, why)

    def attempts(self, call: Call, period: Period) -> tuple[tuple[datetime, str], ...]:
        """When a period was sent and what came of it, oldest first."""
        rows = self._database.execute(
            f"SELECT at, outcome FROM attempt WHERE {_KEY} ORDER BY rowid",  # noqa: S608
            self._key(call, period),
        )
        return tuple((datetime.fromisoformat(at), outcome) for at, outcome in rows)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _attempt(self, sent: Transmission, at: datetime, outcome: str) -> None:
        self._database.execute(
            "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*self._key(sent.call, sent.period), at.isoformat(), sent.digest, outcome),
        )

    def _key(self, call: Call, period: Period) -> tuple[str, str, str, str]:
        return self._service, call.value, period.first.isoformat(), period.last.isoformat()

    @contextmanager
    def _together(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


def _entry(row: tuple[str, str, str, str, str | None, int, str | None]) -> Entry:
    call, first, last, unique_id, digest, times, sent_at = row
    return Entry(
        call=Call(call),
        period=Period(date.fromisoformat(first), date.fromisoformat(last)),
        unique_id=unique_id,
        digest=digest,
        times=times,
        sent_at=None if sent_at is None else datetime.fromisoformat(sent_at),
    )
