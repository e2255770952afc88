"""What was translated, from which text and under which conditions: the record of catalogue runs."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from translations.errors import Misuse
from translations.languages import read_code
from translations.quality import Doubt, Finding, Quality
from translations.result import (
    Origin,
    Provenance,
    Translated,
    TranslatedPassage,
    TranslatedSegment,
)
from translations.stores import Database

_TABLES = """
create table if not exists entry (
    key text not null, source text not null, target text not null,
    digest text not null, result text not null, score double precision not null,
    doubted integer not null, at text not null,
    primary key (source, target, key)
);
create index if not exists entry_doubted on entry (source, target, doubted, key);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text of a catalogue, translated."""

    key: str
    digest: str
    """SHA-256 over the text and the conditions; another one means that it is stale."""
    translated: Translated


class Ledger:
    """Entries by pair of languages and key, in SQLite or PostgreSQL; processes may share it."""

    def __init__(self, place: Path | str = ":memory:") -> None:
        """Open a ledger at a path or a ``postgresql://`` address, and make it when it is new."""
        try:
            self._database = Database(place, schema={"sqlite": _TABLES, "postgresql": _TABLES})
        except Misuse as error:
            raise Misuse(f"the ledger cannot be opened: {error}") from None

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def digests(self, *, source: str, target: str) -> dict[str, str]:
        """The digest of each entry of a pair, by its key."""
        rows = self._database.rows(
            "select key, digest from entry where source = ? and target = ?",
            (read_code(source), read_code(target)),
        )
        return {str(key): str(digest) for key, digest in rows}

    def keep(self, entries: Iterable[Entry]) -> None:
        """Keep entries, all or none; a later one takes the place of an earlier one."""
        rows = [
            (entry.key, entry.translated.source_language, entry.translated.target_language,
             entry.digest, translated_to_json(entry.translated), entry.translated.score,
             int(entry.translated.needs_review), entry.translated.provenance.at.isoformat())
            for entry in entries
        ]  # fmt: skip
        with self._database.writing() as statements:
            statements.run_many(
                "insert into entry (key, source, target, digest, result, score, doubted, at)"
                " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (source, target, key) do update set"
                " digest = excluded.digest, result = excluded.result, score = excluded.score,"
                " doubted = excluded.doubted, at = excluded.at",
                rows,
            )

    def translated(self, keys: Iterable[str], *, source: str, target: str) -> dict[str, Translated]:
        """What is kept under these keys."""
        found = {}
        for key in keys:
            rows = self._database.rows(
                "select result from entry where source = ? and target = ? and key = ?",
                (read_code(source), read_code(target), key),
            )
            if rows:
                found[key] = translated_from_json(rows[0][0])
        return found

    def pairs(self) -> dict[tuple[str, str], tuple[int, int]]:
        """For each pair of languages, how many entries there are and how many are doubted."""
        rows = self._database.rows(
            "select source, target, count(*), sum(doubted) from entry group by source, target"
            " order by source, target"
        )
        return {(str(s), str(t)): (int(count), int(doubted)) for s, t, count, doubted in rows}

    def entries(
        self, *, source: str, target: str, doubted: bool = False, limit: int | None = None
    ) -> Iterator[Entry]:
        """The entries of a pair by their keys, or only those that a person must see."""
        only = " and doubted = 1" if doubted else ""
        last, left = "", limit
        while left is None or left > 0:
            page = 200 if left is None else min(200, left)
            rows = self._database.rows(
                "select key, digest, result from entry where source = ? and target = ?"  # noqa: S608  our words
                f" and key > ?{only} order by key limit {page}",
                (read_code(source), read_code(target), last),
            )
            if not rows:
                return
            for key, digest, result in rows:
                yield Entry(key=key, digest=digest, translated=translated_from_json(result))
            last = rows[-1][0]
            left = None if left is None else left - len(rows)

    def drop(self, keys: Iterable[str], *, source: str, target: str) -> None:
        """Remove entries whose texts are gone."""
        pair = read_code(source), read_code(target)
        with self._database.writing() as statements:
            statements.run_many(
                "delete from entry where source = ? and target = ? and key = ?",
                [(*pair, key) for key in keys],
            )


def translated_to_json(translated: Translated) -> str:
    """The whole result as JSON; `translated_from_json` reads it."""
    told = asdict(translated)
    del told["segments"]
    return json.dumps(told, default=datetime.isoformat, ensure_ascii=False)


def translated_from_json(text: str) -> Translated:
    """A result as `translated_to_json` wrote it; raises `Misuse` for any other text."""
    try:
        told = json.loads(text)
        passages = tuple(_passage(passage) for passage in told["passages"])
        return Translated(
            text=told["text"], source_language=told["source_language"],
            target_language=told["target_language"], provenance=_provenance(told["provenance"]),
            segments=tuple(segment for passage in passages for segment in passage.segments),
            passages=passages,
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Misuse(f"a ledger entry cannot be read: {type(error).__name__}") from None


def _passage(told: Mapping[str, Any]) -> TranslatedPassage:
    return TranslatedPassage(
        source=told["source"], target=told["target"],
        segments=tuple(_segment(segment) for segment in told["segments"]),
        provenance=_provenance(told["provenance"]),
    )  # fmt: skip


def _segment(told: Mapping[str, Any]) -> TranslatedSegment:
    findings = tuple(
        Finding(Doubt(finding["doubt"]), finding["detail"])
        for finding in told["quality"]["findings"]
    )
    return TranslatedSegment(
        source=told["source"], target=told["target"], origin=Origin(told["origin"]),
        quality=Quality(told["quality"]["score"], findings),
    )  # fmt: skip


def _provenance(told: Mapping[str, Any]) -> Provenance:
    return Provenance(**{**told, "at": datetime.fromisoformat(told["at"])})
