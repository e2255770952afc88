"""A translated text, and the record of how it came about."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from translations.quality import Finding, Quality


class Origin(StrEnum):
    """Where a sentence of the translation comes from."""

    MACHINE = "machine"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Which engine, which model, when, and whether a person approved."""

    engine: str
    model: str
    model_version: str
    digest: str
    at: datetime
    """When the text was translated, in UTC."""
    terms: str = ""
    """SHA-256 of the glossary that was asked for; empty without one."""
    approved_by_human: bool = False
    """True only when every sentence was written or approved by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedSegment:
    """One sentence, before and after."""

    source: str
    target: str
    origin: Origin
    quality: Quality

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The reasons for doubt."""
        return self.quality.findings


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedPassage:
    """One paragraph, heading, list item or cell, before and after, markup included."""

    source: str
    target: str
    segments: tuple[TranslatedSegment, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A text in another language."""

    text: str
    source_language: str
    target_language: str
    segments: tuple[TranslatedSegment, ...]
    """The sentences of all passages, in order."""
    provenance: Provenance
    """Of the whole; several models are joined by ``+``, and the time is the latest."""
    passages: tuple[TranslatedPassage, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Whether a person must see at least one sentence."""
        return any(segment.quality.needs_review for segment in self.segments)

    @property
    def score(self) -> float:
        """The score of the sentence that is trusted least; 1 for a text without sentences."""
        return min((segment.quality.score for segment in self.segments), default=1.0)
