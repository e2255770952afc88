"""The hash chain of the journal: how an entry is bound to the one before it, and how that is seen.

An exported journal is one JSON object a line. The first line says after which entry it begins; each
other line holds an entry, its digest, and the digest of the entry before.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sdg_connector.errors import ConnectorError

BEGINNING: Final = "0" * 64
"""What stands for the digest before the first entry."""
_FORM: Final = "sdg-connector journal 1"
_BINDING: Final = ("number", "at", "exchange", "previous", "digest")


class JournalBroken(ConnectorError):
    """An entry was altered, removed or put in between."""

    def __init__(self, number: int) -> None:
        super().__init__(f"journal: the chain breaks at entry {number}")
        self.number = number


class NoJournal(ConnectorError):
    """A file is not an exported journal."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    number: int
    at: datetime
    exchange: str
    content: Mapping[str, Any]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A chain that holds: what an auditor compares with what was noted down before."""

    entries: int
    after: int
    """Number of the entry before the first; 0 when the chain is whole."""
    last: int
    digest: str
    """Of the last entry: whoever keeps number and digest sees later that nothing was cut off."""


def digest_of(number: int, at: datetime, exchange: str, entry: str, previous: str) -> str:
    """The digest of an entry: SHA-256 over its parts, a line each."""
    line = f"{number}{between_of(at, exchange, entry)}{previous}"
    return hashlib.sha256(line.encode()).hexdigest()


def between_of(at: datetime, exchange: str, entry: str) -> str:
    """What stands between an entry's number and the digest before it: known before either is."""
    return "\n".join(("", at.isoformat(), exchange, entry, ""))


def text_of(content: Mapping[str, Any]) -> str:
    """The content of an entry as its digest sees it."""
    return json.dumps(content, sort_keys=True, ensure_ascii=True)


def verify_chain(
    entries: Iterable[Entry], *, after: tuple[int, str], expected: tuple[int, str] | None = None
) -> Verified:
    """Follow a chain from the entry ``after`` on; raises ``JournalBroken`` where it breaks.

    ``expected`` is the number and digest of an entry that somebody noted down before: a chain that
    does not hold it was cut off or written anew.
    """
    number, previous = after
    count = 0
    met = expected is None or expected == after or expected[0] <= after[0]
    for entry in entries:
        wanted = digest_of(entry.number, entry.at, entry.exchange, text_of(entry.content), previous)
        if entry.number != number + 1 or (entry.previous, entry.digest) != (previous, wanted):
            raise JournalBroken(number + 1)
        number, previous, count = entry.number, entry.digest, count + 1
        met = met or expected == (number, previous)
    if not met and expected is not None:
        raise JournalBroken(expected[0])
    return Verified(entries=count, after=after[0], last=number, digest=previous)


def exported(entries: Iterable[Entry], *, after: tuple[int, str]) -> Iterator[str]:
    """The lines of an exported journal."""
    yield json.dumps({"journal": _FORM, "after": after[0], "digest": after[1]})
    for entry in entries:
        yield json.dumps(
            {
                "number": entry.number,
                "at": entry.at.isoformat(),
                "exchange": entry.exchange,
                **entry.content,
                "previous": entry.previous,
                "digest": entry.digest,
            },
            ensure_ascii=False,
        )


def read_exported(lines: Iterable[str]) -> tuple[tuple[int, str], Iterator[Entry]]:
    """What an exported journal begins after, and its entries; raises ``NoJournal``."""
    rest = iter(lines)
    head = _object(next(rest, ""))
    if head.get("journal") != _FORM:
        raise NoJournal("the file is not a journal that sdg-connector exported")
    return (_number(head, "after"), str(head.get("digest"))), (
        _entry(one) for one in rest if one.strip()
    )


def _entry(line: str) -> Entry:
    found = _object(line)
    try:
        at = datetime.fromisoformat(str(found.get("at")))
    except ValueError:
        raise NoJournal("a line of the file has no time") from None
    return Entry(
        number=_number(found, "number"),
        at=at,
        exchange=str(found.get("exchange")),
        content={name: value for name, value in found.items() if name not in _BINDING},
        previous=str(found.get("previous")),
        digest=str(found.get("digest")),
    )


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NoJournal("a line of the file is not a JSON object")
    return found


def _number(found: Mapping[str, Any], name: str) -> int:
    value = found.get(name)
    if not isinstance(value, int):
        raise NoJournal(f"a line of the file has no {name}")
    return value
