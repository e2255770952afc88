"""Feedback kept at home: one JSON line for each answer, appended and flushed to the disk."""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from procedures.errors import ProceduresError
from procedures.feedback.answers import Feedback, Survey
from procedures.feedback.forms import Category

RETENTION: Final = timedelta(days=3 * 365)
"""How long feedback is kept (Implementing Regulation (EU) 2020/1121, article 11)."""


@dataclass(slots=True)
class FeedbackFile:
    """A file of answers, tied to pages and to nobody; several processes may share it.

    Free text stays in this file: `Feedback.to_collect` leaves it out of what is sent.
    """

    path: Path
    source: str = ""
    """Address of the page that `put` is about."""
    category: Category = Category.PROCEDURE
    """Kind of service that `put` is about."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def put(self, *, rating: int, text: str, language: str, at: datetime) -> None:
        """Keep one answer about the file's own page; when this returns it survives the process.

        Raises `procedures.ProceduresMisuse` for a rating that no form offers.
        """
        self.keep(
            Feedback(
                source=self.source,
                category=self.category,
                rating=rating,
                text=text,
                language=language,
                at=at,
            )
        )

    def keep(self, answer: Feedback | Survey) -> None:
        """Keep one answer about any page; when this returns it survives the process."""
        self._append(_line(answer))

    def kept(self) -> Iterator[Feedback]:
        """Every first answer, oldest first; a line that a dying process left half is skipped."""
        return (one for one in self._answers() if isinstance(one, Feedback))

    def surveys(self) -> Iterator[Survey]:
        """Every answer to a survey, oldest first."""
        return (one for one in self._answers() if isinstance(one, Survey))

    def forget(self, *, now: datetime, after: timedelta = RETENTION) -> int:
        """Delete what is older than the retention time; gives how many answers went."""
        with self._lock:
            every = tuple(self._answers())
            young = tuple(one for one in every if one.at is not None and now - one.at < after)
            if len(young) < len(every):
                self._replace("".join(_line(one) for one in young))
            return len(every) - len(young)

    def _answers(self) -> Iterator[Feedback | Survey]:
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                answer = _answer(line)
                if answer is not None:
                    yield answer

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


def _line(answer: Feedback | Survey) -> str:
    kept: dict[str, object] = {
        "source": answer.source,
        "category": answer.category.value,
        "at": None if answer.at is None else answer.at.isoformat(),
    }
    if isinstance(answer, Survey):
        kept["survey"] = dict(answer.answers)
    else:
        kept |= {"rating": answer.rating, "text": answer.text, "language": answer.language}
        kept |= {} if answer.found is None else {"found": answer.found}
    return json.dumps(kept, ensure_ascii=False) + "\n"


def _answer(line: str) -> Feedback | Survey | None:
    """The answer of a line; none for half a line, or one that somebody else wrote into the file."""
    try:
        kept = json.loads(line)
        return _survey(kept) if "survey" in kept else _feedback(kept)
    except (ValueError, TypeError, KeyError, ProceduresError):
        return None


def _feedback(kept: Mapping[str, Any]) -> Feedback:
    return Feedback(
        source=kept["source"],
        category=Category(kept["category"]),
        rating=kept["rating"],
        found=kept.get("found"),
        text=kept["text"],
        language=kept["language"],
        at=datetime.fromisoformat(kept["at"]),
    )


def _survey(kept: Mapping[str, Any]) -> Survey:
    return Survey(
        source=kept["source"],
        category=Category(kept["category"]),
        answers=kept["survey"],
        at=datetime.fromisoformat(kept["at"]),
    )
