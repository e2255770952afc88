"""Answers handed over one by one as they come (Implementing Regulation (EU) 2020/1121, article 10).

The law leaves the choice: in real time, or in bulk for each month. A file of answers is handed over
in one of the two ways, never both, or the Commission would count it twice.
"""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from procedures.collect.calls import Call
from procedures.errors import GatewayRefused, GatewaySilent, ProceduresMisuse
from procedures.feedback.answers import Feedback, Survey
from procedures.feedback.box import FeedbackFile

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS answered (
    digest TEXT PRIMARY KEY, times INTEGER NOT NULL, refused INTEGER NOT NULL DEFAULT 0
);
"""


class Collects(Protocol):
    """Who takes answers; `procedures.clients.CollectClient` is one."""

    def post(self, call: Call, body: Mapping[str, object]) -> None:
        """Send one body; raises `GatewayRefused` or `GatewaySilent`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """What came of one round."""

    sent: int
    refused: tuple[str, ...]
    """Why the service does not take an answer; such an answer is not tried again."""
    waiting: int
    """Answers that stay for the next round, because the service was silent."""


class ForwardingJournal:
    """Remembers, beside a file of answers, which of them the Commission has; no answer is in it."""

    def __init__(self, path: Path) -> None:
        """Open or make the journal; raises `ProceduresMisuse` for a file that is none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(
            path, isolation_level=None, timeout=10, check_same_thread=False
        )
        try:
            self._database.executescript(_TABLE)
        except sqlite3.DatabaseError:
            self._database.close()
            raise ProceduresMisuse(f"{path} is no journal of forwarded answers") from None

    @staticmethod
    def beside(box: Path) -> Path:
        """Where the journal of a file of answers lies."""
        return box.with_suffix(".forwarded.db")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def times(self, digest: str) -> int:
        """How often an answer of these very words was dealt with."""
        row = self._database.execute("SELECT times FROM answered WHERE digest = ?", (digest,))
        found = row.fetchone()
        return 0 if found is None else int(found[0])

    def note(self, digest: str, *, refused: bool) -> None:
        """An answer was taken, or refused for good; when this returns it survives the process."""
        self._database.execute(
            "INSERT INTO answered VALUES (?, 1, ?) ON CONFLICT (digest) DO UPDATE"
            " SET times = times + 1, refused = refused + excluded.refused",
            (digest, int(refused)),
        )


def waiting(box: FeedbackFile, journal: ForwardingJournal) -> Iterator[Feedback | Survey]:
    """The answers that nobody has handed over yet, oldest first."""
    seen: Counter[str] = Counter()
    answers: tuple[Feedback | Survey, ...] = (*box.kept(), *box.surveys())
    for answer in answers:
        digest = _digest(answer)
        seen[digest] += 1
        if seen[digest] > journal.times(digest):
            yield answer


def forward(box: FeedbackFile, *, journal: ForwardingJournal, to: Collects) -> Forwarded:
    """Hand every waiting answer over, without a word of its free text.

    A silent service ends the round and loses nothing. An answer is noted after it was taken, so a
    process that dies in between may hand one over twice, and never none.
    """
    sent = 0
    refused: list[str] = []
    held = tuple(waiting(box, journal))
    for done, answer in enumerate(held):
        call = Call.SURVEY if isinstance(answer, Survey) else Call.FEEDBACK
        try:
            to.post(call, answer.to_collect())
            sent += 1
            journal.note(_digest(answer), refused=False)
        except GatewaySilent:
            return Forwarded(sent=sent, refused=tuple(refused), waiting=len(held) - done)
        except GatewayRefused as problem:
            refused.append(f"{answer.source}: {problem}")
            journal.note(_digest(answer), refused=True)
    return Forwarded(sent=sent, refused=tuple(refused), waiting=0)


def _digest(answer: Feedback | Survey) -> str:
    at = "" if answer.at is None else answer.at.isoformat()
    text = json.dumps([answer.to_collect(), at], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
