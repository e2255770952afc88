"""What every translation engine offers, wherever it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIdentity:
    """Which model spoke, for the record kept beside each translated text."""

    engine: str
    """Short name of the engine (``argos``)."""
    model: str
    """Name of the model or package (``translate-lv_en-1_9``)."""
    version: str
    """The publisher's version; empty when a remote engine tells none."""
    digest: str = ""
    """SHA-256 of the package, hexadecimal; empty when a remote engine tells none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One piece of the target, and the piece of the source it looked at most, in characters."""

    target_start: int
    target_end: int
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One sentence as the engine translated it."""

    text: str
    confidence: float | None = None
    """Mean log-probability per piece, 0 at best; None when the engine tells none."""
    links: tuple[Link, ...] = ()
    """Where each piece came from; empty when the engine tells nothing of it."""
    spoken_by: ModelIdentity | None = None
    """Which model spoke, when it is not the one that `Engine.identity` named."""


class Engine(Protocol):
    """Sentences in, sentences out; safe to share between threads."""

    @property
    def name(self) -> str:
        """Short name, as provenance records it."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether the text stays on this machine."""
        ...

    def identity(self, *, source: str, target: str) -> ModelIdentity:
        """The model that translates this pair; raises `PairNotInstalled` when none does."""
        ...

    def translate(
        self, sentences: Sequence[str], *, source: str, target: str, linked: bool = False
    ) -> tuple[Candidate, ...]:
        """One candidate for each sentence, in order; raises `TranslationError` otherwise.

        ``linked`` asks for `Candidate.links`, which an engine may be unable to tell.
        """
        ...


__all__ = ["Candidate", "Engine", "Link", "ModelIdentity"]
