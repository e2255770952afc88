"""What people corrected, kept for ever and found again, exactly or nearly."""

import difflib
import sqlite3
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from translations.errors import Misuse
from translations.languages import read_code

_SCHEMA = """
create table if not exists unit (
    id integer primary key,
    source text not null, target text not null,
    original text not null, translated text not null,
    key text not null, origin text not null, at text not null,
    unique (source, target, key)
);
create table if not exists gram (
    source text not null, target text not null, gram text not null, unit integer not null
        references unit (id) on delete cascade,
    primary key (source, target, gram, unit)
) without rowid;
create table if not exists gram_count (
    source text not null, target text not null, gram text not null, units integer not null,
    primary key (source, target, gram)
) without rowid;
"""
_RAREST = 6
"""How many of a sentence's rarest words lead to candidates."""
_CANDIDATES = 200


class UnitOrigin(StrEnum):
    """Who wrote the translation of a unit."""

    HUMAN = "human"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One sentence with its translation."""

    source: str
    """Language of the original, as a code."""
    target: str
    original: str
    translated: str
    origin: UnitOrigin
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A unit that resembles a sentence, and where they differ."""

    unit: Unit
    score: float
    """1 for the same words; under that, the share of characters in common."""
    changes: tuple[tuple[str, str], ...]
    """What the unit's original says, and what the sentence says instead."""


class Memory:
    """A translation memory in SQLite; safe to share between threads."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        """Open a memory, and make it when the file is new."""
        self._lock = threading.RLock()
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False)
            self._connection.execute("pragma foreign_keys = on")
            self._connection.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise Misuse(f"the memory cannot be opened: {error}") from None

    def close(self) -> None:
        """Close the file; the memory is of no use after that."""
        with self._lock:
            self._connection.close()

    def remember(self, units: Iterable[Unit]) -> int:
        """Keep units; a later one replaces what was kept for its sentence. How many were kept."""
        kept = 0
        with self._writing() as connection:
            for unit in units:
                self._keep(connection, unit)
                kept += 1
        return kept

    def corrected(self, text: str, *, source: str, target: str) -> str | None:
        """What a person wrote for exactly this sentence and pair of languages, or None."""
        with self._lock:
            row = self._connection.execute(
                "select translated from unit where source = ? and target = ? and key = ?",
                (read_code(source), read_code(target), _key(text)),
            ).fetchone()
        return None if row is None else str(row[0])

    def similar(
        self, text: str, *, source: str, target: str, at_least: float = 0.75, limit: int = 5
    ) -> tuple[Match, ...]:
        """The units whose originals resemble the text, best first; never of another pair."""
        found = []
        key = _key(text)
        for unit in self._candidates(text, read_code(source), read_code(target)):
            matcher = difflib.SequenceMatcher(None, _key(unit.original), key, autojunk=False)
            if matcher.quick_ratio() < at_least:
                continue
            score = matcher.ratio()
            if score >= at_least:
                found.append(
                    Match(unit=unit, score=round(score, 3), changes=_changes(unit.original, text))
                )
        return tuple(sorted(found, key=lambda match: -match.score)[:limit])

    def units(self) -> Iterator[Unit]:
        """Everything that is kept, in the order in which it came."""
        with self._lock:
            rows = self._connection.execute(
                "select source, target, original, translated, origin, at from unit order by id"
            ).fetchall()
        yield from (_unit(row) for row in rows)

    def forget(self, text: str, *, source: str, target: str) -> bool:
        """Remove what is kept for a sentence; whether there was anything."""
        with self._writing() as connection:
            found = connection.execute(
                "select id from unit where source = ? and target = ? and key = ?",
                (read_code(source), read_code(target), _key(text)),
            ).fetchone()
            if found is None:
                return False
            _drop(connection, int(found[0]))
            return True

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._connection:
            yield self._connection

    def _keep(self, connection: sqlite3.Connection, unit: Unit) -> None:
        if unit.at.tzinfo is None:
            raise Misuse("the time of a unit must carry its time zone")
        source, target, key = read_code(unit.source), read_code(unit.target), _key(unit.original)
        old = connection.execute(
            "select id from unit where source = ? and target = ? and key = ?", (source, target, key)
        ).fetchone()
        if old is not None:
            _drop(connection, int(old[0]))
        made = connection.execute(
            "insert into unit (source, target, original, translated, key, origin, at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (source, target, unit.original, unit.translated, key, unit.origin, unit.at.isoformat()),
        ).lastrowid
        for gram in _grams(key):
            connection.execute("insert into gram values (?, ?, ?, ?)", (source, target, gram, made))
            connection.execute(
                "insert into gram_count values (?, ?, ?, 1)"
                " on conflict do update set units = units + 1",
                (source, target, gram),
            )

    def _candidates(self, text: str, source: str, target: str) -> tuple[Unit, ...]:
        grams = sorted(_grams(_key(text)))
        marks = ", ".join("?" * len(grams))
        with self._lock:
            counted = self._connection.execute(
                f"select gram, units from gram_count where source = ? and target = ?"  # noqa: S608
                f" and gram in ({marks}) order by units limit {_RAREST}",
                (source, target, *grams),
            ).fetchall()
            votes: Counter[int] = Counter()
            for gram, units in counted:
                rows = self._connection.execute(
                    "select unit from gram where source = ? and target = ? and gram = ? limit 2000",
                    (source, target, gram),
                )
                weight = 1 + 1000 // int(units)
                votes.update({int(unit): weight for (unit,) in rows})
            ids = [unit for unit, _ in votes.most_common(_CANDIDATES)]
            marks = ", ".join("?" * len(ids))
            found = self._connection.execute(
                "select source, target, original, translated, origin, at from unit"  # noqa: S608
                f" where id in ({marks})",
                ids,
            ).fetchall()
        return tuple(_unit(row) for row in found)


def _drop(connection: sqlite3.Connection, unit: int) -> None:
    connection.execute(
        "update gram_count set units = units - 1 where (source, target, gram) in"
        " (select source, target, gram from gram where unit = ?)",
        (unit,),
    )
    connection.execute("delete from gram where unit = ?", (unit,))
    connection.execute("delete from unit where id = ?", (unit,))


def _unit(row: tuple[str, str, str, str, str, str]) -> Unit:
    source, target, original, translated, origin, at = row
    return Unit(
        source=source, target=target, original=original, translated=translated,
        origin=UnitOrigin(origin), at=datetime.fromisoformat(at),
    )  # fmt: skip


def _key(text: str) -> str:
    """The sentence without the differences that mean nothing: form of letters and white space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _grams(key: str) -> frozenset[str]:
    return frozenset(key.casefold().split())


def _changes(old: str, new: str) -> tuple[tuple[str, str], ...]:
    before, after = old.split(), new.split()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return tuple(
        (" ".join(before[a:b]), " ".join(after[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    )
