"""A translation memory in SQLite or PostgreSQL, found by stems and judged by characters."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from translations.errors import Misuse
from translations.languages import read_code
from translations.memory.units import (
    Match,
    Unit,
    UnitOrigin,
    differences,
    unit_key,
    unit_tokens,
)
from translations.stores import Database, Statements

_TABLES = """
create table if not exists unit (
    id {identity},
    source text not null, target text not null,
    original text not null, translated text not null,
    key text not null, origin text not null, at text not null,
    unique (source, target, key)
);
create table if not exists word (
    token bigint not null, unit bigint not null, primary key (token, unit)
){compact};
create table if not exists revision (
    source text not null, target text not null, changes bigint not null,
    primary key (source, target)
);
"""
_SCHEMA = {
    "sqlite": _TABLES.format(identity="integer primary key", compact=" without rowid"),
    "postgresql": _TABLES.format(
        identity="bigint generated always as identity primary key", compact=""
    ),
}
_FIELDS = "source, target, original, translated, origin, at"
_MOST = 400
"""Units looked at for one stem or two in a row; what stands in more units says little anyway."""
_STEMS = 64
_CANDIDATES = 200
_BATCH = 20_000


class Memory:
    """A translation memory; safe to share between threads and, in one database, processes."""

    def __init__(self, place: Path | str = ":memory:") -> None:
        """Open a memory at a path or a ``postgresql://`` address, and make it when it is new."""
        try:
            self._database = Database(place, schema=_SCHEMA)
        except Misuse as error:
            raise Misuse(f"the memory cannot be opened: {error}") from None

    def close(self) -> None:
        """Close the database; the memory is of no use after that."""
        self._database.close()

    def remember(self, units: Iterable[Unit]) -> int:
        """Keep units; how many were kept.

        A later unit replaces what was kept for its sentence, but an imported one never takes the
        place of a person's. Raises `Misuse` for a time without its zone; then nothing was kept.
        """
        kept, remaining = 0, iter(units)
        while batch := list(itertools.islice(remaining, _BATCH)):
            if any(unit.at.tzinfo is None for unit in batch):
                raise Misuse("the time of a unit must carry its time zone")
            with self._database.writing() as statements:
                kept += self._keep(statements, batch)
        return kept

    def _keep(self, statements: Statements, batch: list[Unit]) -> int:
        rows = [
            (read_code(unit.source), read_code(unit.target), unit.original, unit.translated,
             unit_key(unit.original), unit.origin.value, unit.at.isoformat())
            for unit in batch
        ]  # fmt: skip
        ((last,),) = statements.run("select coalesce(max(id), 0) from unit")
        kept = statements.run_many(
            "insert into unit (source, target, original, translated, key, origin, at)"
            " values (?, ?, ?, ?, ?, ?, ?) on conflict (source, target, key) do update set"
            " original = excluded.original, translated = excluded.translated,"
            " origin = excluded.origin, at = excluded.at"
            " where excluded.origin = 'human' or unit.origin <> 'human'",
            rows,
        )
        new = statements.run("select id, source, target, key from unit where id > ?", (last,))
        tokens = [
            (token, number)
            for number, source, target, key in new
            for token in unit_tokens(key, source=source, target=target)
        ]
        statements.run_many(
            "insert into word (token, unit) values (?, ?) on conflict do nothing", sorted(tokens)
        )
        for (source, target), count in Counter(row[:2] for row in rows).items():
            _count(statements, source, target, count)
        return kept

    def corrected(self, text: str, *, source: str, target: str) -> str | None:
        """What a person wrote for exactly this sentence and pair of languages, or None."""
        rows = self._database.rows(
            "select translated from unit where source = ? and target = ? and key = ?",
            (read_code(source), read_code(target), unit_key(text)),
        )
        return str(rows[0][0]) if rows else None

    def similar(
        self, text: str, *, source: str, target: str, at_least: float = 0.75, limit: int = 5
    ) -> tuple[Match, ...]:
        """The units whose originals resemble the text, best first; never of another pair."""
        process, fuzz = _rapidfuzz()
        key = unit_key(text)
        rows = self._candidates(key, read_code(source), read_code(target))
        found = process.extract(
            key, {number: row[6] for number, row in enumerate(rows)},
            scorer=fuzz.ratio, score_cutoff=at_least * 100, limit=limit,
        )  # fmt: skip
        return tuple(
            Match(
                unit=_unit(rows[number]), score=round(score / 100, 3),
                differences=differences(rows[number][2], text),
            )
            for _, score, number in found
        )  # fmt: skip

    def _candidates(self, key: str, source: str, target: str) -> list[Any]:
        """Rows of the units that share most of a sentence's stems, a rare stem counting more."""
        tokens = sorted(unit_tokens(key, source=source, target=target))[:_STEMS]
        if not tokens:
            return []
        places = range(len(tokens))
        lists = ", ".join(
            f"t{n} as (select unit from word where token = ? limit {_MOST})"  # noqa: S608  our names
            for n in places
        )
        votes = " union all ".join(
            f"select unit, (select 1.0 / count(*) from t{n}) as vote from t{n}"  # noqa: S608  our names
            for n in places
        )
        asked = (
            f"with {lists}, best as (select unit, sum(vote) as votes from ({votes}) as v"  # noqa: S608  our names
            f" group by unit order by votes desc limit {_CANDIDATES})"
            f" select {_FIELDS}, key from unit join best on unit.id = best.unit"
            " where source = ? and target = ?"
        )
        return self._database.rows(asked, (*tokens, source, target))

    def units(self, *, source: str | None = None, target: str | None = None) -> Iterator[Unit]:
        """Everything that is kept, of one language or pair if asked, in the order it came."""
        wanted = {"source": source, "target": target}
        given = {name: read_code(code) for name, code in wanted.items() if code is not None}
        last = 0
        while True:
            where = "".join(f" and {name} = ?" for name in given)
            rows = self._database.rows(
                f"select {_FIELDS}, id from unit where id > ?{where}"  # noqa: S608  our names
                f" order by id limit {_BATCH}",
                (last, *given.values()),
            )
            if not rows:
                return
            yield from (_unit(row) for row in rows)
            last = int(rows[-1][6])

    def counts(self) -> dict[tuple[str, str], int]:
        """How many units are kept for each pair of languages."""
        rows = self._database.rows(
            "select source, target, count(*) from unit group by source, target"
            " order by source, target"
        )
        return {(str(source), str(target)): int(count) for source, target, count in rows}

    def revision(self, *, source: str, target: str) -> int:
        """A number that grows whenever anything changes for the pair."""
        rows = self._database.rows(
            "select changes from revision where source = ? and target = ?",
            (read_code(source), read_code(target)),
        )
        return int(rows[0][0]) if rows else 0

    def forget(self, text: str, *, source: str, target: str) -> bool:
        """Remove what is kept for a sentence; whether there was anything."""
        source, target, key = read_code(source), read_code(target), unit_key(text)
        with self._database.writing() as statements:
            gone = statements.run(
                "delete from unit where source = ? and target = ? and key = ? returning id",
                (source, target, key),
            )
            for (number,) in gone:
                statements.run_many(
                    "delete from word where token = ? and unit = ?",
                    [(token, number) for token in unit_tokens(key, source=source, target=target)],
                )
                _count(statements, source, target, 1)
        return bool(gone)


def _count(statements: Statements, source: str, target: str, changes: int) -> None:
    statements.run(
        "insert into revision (source, target, changes) values (?, ?, ?)"
        " on conflict (source, target) do update set changes = revision.changes + excluded.changes",
        (source, target, changes),
    )


def _unit(row: Any) -> Unit:
    source, target, original, translated, origin, at = row[:6]
    return Unit(
        source=source, target=target, original=original, translated=translated,
        origin=UnitOrigin(origin), at=datetime.fromisoformat(at),
    )  # fmt: skip


def _rapidfuzz() -> tuple[Any, Any]:
    try:
        return import_module("rapidfuzz.process"), import_module("rapidfuzz.fuzz")
    except ImportError:
        raise Misuse(
            "nearly equal sentences are found with rapidfuzz: pip install sdg-connector[review]"
        ) from None
