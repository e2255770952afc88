"""Feedback kept at home: one JSON line for each answer, appended and flushed to the disk."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from procedures.feedback import Category, Feedback

RETENTION: Final = timedelta(days=3 * 365)
"""How long feedback is kept (Implementing Regulation (EU) 2020/1121, article 11)."""


@dataclass(slots=True)
class FeedbackFile:
    """A file of answers, tied to a page and to nobody.

    Free text stays in this file: `Feedback.to_collect` leaves it out of what is sent.
    """

    path: Path
    source: str = ""
    """Address of the page that the answers are about."""
    category: Category = Category.PROCEDURE
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def put(self, *, rating: int, text: str, language: str, at: datetime) -> None:
        """Keep one answer; when this returns it survives the process.

        Raises `procedures.ProceduresMisuse` for a rating that no form offers.
        """
        feedback = Feedback(
            source=self.source,
            category=self.category,
            rating=rating,
            text=text,
            language=language,
            at=at,
        )
        self._append(_line(feedback))

    def kept(self) -> Iterator[Feedback]:
        """Every answer, oldest first; a line that a dying process left half written is skipped."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n"):
                    yield _feedback(line)

    def forget(self, *, now: datetime, after: timedelta = RETENTION) -> int:
        """Delete what is older than the retention time; gives how many answers went."""
        with self._lock:
            every = tuple(self.kept())
            young = tuple(one for one in every if one.at is not None and now - one.at < after)
            if len(young) < len(every):
                self._replace("".join(_line(one) for one in young))
            return len(every) - len(young)

    def _append(self, line: str) -> None:
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                if _ends_midline(descriptor):
                    line = f"\n{line}"
                os.write(descriptor, line.encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _replace(self, text: str) -> None:
        fresh = self.path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)


def _ends_midline(descriptor: int) -> bool:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _line(feedback: Feedback) -> str:
    at = None if feedback.at is None else feedback.at.isoformat()
    kept = {
        "source": feedback.source,
        "category": feedback.category.value,
        "rating": feedback.rating,
        "text": feedback.text,
        "language": feedback.language,
        "at": at,
    }
    return json.dumps(kept, ensure_ascii=False) + "\n"


def _feedback(line: str) -> Feedback:
    kept = json.loads(line)
    return Feedback(
        source=kept["source"],
        category=Category(kept["category"]),
        rating=kept["rating"],
        text=kept["text"],
        language=kept["language"],
        at=datetime.fromisoformat(kept["at"]),
    )
