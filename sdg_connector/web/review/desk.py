"""What a reviewer sees and decides; a decision goes into the memory, and the next run uses it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from translations.ledger import Ledger
from translations.memory import Change, Match, Memory, Unit, UnitOrigin, differences
from translations.result import Origin, Translated, TranslatedSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedSegment:
    """One sentence as the reviewer sees it."""

    place: int
    """Its number in the text, from 0."""
    segment: TranslatedSegment
    approved: str | None
    """What a person made of it; None while nobody has."""
    similar: Match | None
    """The nearest sentence that was corrected before."""

    @property
    def words(self) -> str:
        """What stands in the field: a person's words, else the machine's."""
        return self.segment.target if self.approved is None else self.approved

    @property
    def to_check(self) -> bool:
        """Whether a person must still see it."""
        return self.approved is None and self.segment.quality.needs_review

    @property
    def correction(self) -> tuple[Change, ...]:
        """The machine's words against the person's; empty where they agree."""
        if self.approved is None or self.approved == self.segment.target:
            return ()
        return differences(self.segment.target, self.approved)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedText:
    """A text that waits for a reviewer."""

    key: str
    score: float
    to_check: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDesk:
    """A ledger's texts in one pair of languages, and the memory that takes the corrections."""

    ledger: Ledger
    memory: Memory
    source: str
    target: str
    clock: Callable[[], datetime]

    def queue(self, limit: int = 200) -> tuple[QueuedText, ...]:
        """The texts with sentences to check, least trusted first."""
        waiting = []
        for entry in self.ledger.entries(source=self.source, target=self.target, doubted=True):
            left = sum(1 for s in entry.translated.segments if self._must_see(s))
            if left:
                waiting.append(
                    QueuedText(key=entry.key, score=entry.translated.score, to_check=left)
                )
            if len(waiting) >= limit:
                break
        return tuple(sorted(waiting, key=lambda text: (text.score, text.key)))

    def _must_see(self, segment: TranslatedSegment) -> bool:
        return segment.quality.needs_review and self._corrected(segment) is None

    def _corrected(self, segment: TranslatedSegment) -> str | None:
        return self.memory.corrected(segment.source, source=self.source, target=self.target)

    def text(self, key: str) -> tuple[ReviewedSegment, ...] | None:
        """The sentences of a text in order, or None when the ledger has no such text."""
        found = self._translated(key)
        if found is None:
            return None
        return tuple(self._reviewed(place, segment) for place, segment in enumerate(found.segments))

    def _translated(self, key: str) -> Translated | None:
        return self.ledger.translated([key], source=self.source, target=self.target).get(key)

    def _reviewed(self, place: int, segment: TranslatedSegment) -> ReviewedSegment:
        approved = self._corrected(segment)
        similar = None
        if approved is None and segment.origin is Origin.MACHINE:
            matches = self.memory.similar(
                segment.source, source=self.source, target=self.target, limit=1
            )
            similar = matches[0] if matches else None
        return ReviewedSegment(place=place, segment=segment, approved=approved, similar=similar)

    def approve(self, key: str, words: dict[int, str]) -> int:
        """Keep a person's words for sentences of a text, by their places; how many were kept.

        An empty translation is not kept.
        """
        found = self._translated(key)
        segments = dict(enumerate(found.segments)) if found else {}
        return self.memory.remember(
            Unit(
                source=self.source, target=self.target, original=segments[place].source,
                translated=" ".join(text.split()), origin=UnitOrigin.HUMAN, at=self.clock(),
            )
            for place, text in sorted(words.items())
            if place in segments and text.strip()
        )  # fmt: skip
