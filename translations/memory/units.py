"""One remembered sentence, and how another one resembles it."""

import difflib
import itertools
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zlib import crc32

_WORD = re.compile(r"[^\W_]+")
_STEM = 5
"""Letters of a word that count for finding candidates: endings change, stems stay."""


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


@dataclass(frozen=True, slots=True)
class Change:
    """Words of one text, and what stands there in the other; one side may be empty."""

    before: str
    after: str
    same: bool = False
    """Whether both sides agree: a whole text is its changes in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A unit that resembles a sentence, and where they differ."""

    unit: Unit
    score: float
    """1 for the same words; under that, the share of characters in common."""
    differences: tuple[Change, ...]
    """The unit's original against the sentence, the common parts too."""

    @property
    def changes(self) -> tuple[tuple[str, str], ...]:
        """What the unit's original says, and what the sentence says instead."""
        return tuple((c.before, c.after) for c in self.differences if not c.same)


def differences(before: str, after: str) -> tuple[Change, ...]:
    """Two texts word by word, in order."""
    old, new = before.split(), after.split()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        Change(" ".join(old[a:b]), " ".join(new[c:d]), same=tag == "equal")
        for tag, a, b, c, d in matcher.get_opcodes()
    )


def unit_key(text: str) -> str:
    """The sentence without the differences that mean nothing: form of letters and white space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def unit_tokens(key: str, *, source: str, target: str) -> frozenset[int]:
    """Numbers for the stems of a sentence's words, and for each two in a row, in one pair.

    Two in a row are rare where each alone is frequent; digits are alike.
    """
    high = (crc32(f"{source}>{target}".encode()) & 0x7FFFFFFF) << 32
    stems = [
        b"0" if word[0].isdigit() else word[:_STEM].encode()
        for word in _WORD.findall(key.casefold())
    ]
    pairs = (one + b" " + other for one, other in itertools.pairwise(stems))
    return frozenset(high | crc32(token) for token in (*stems, *pairs))
