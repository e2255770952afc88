"""A text as passages to translate, and everything between them, kept byte for byte."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

ATOM = "\ufffc"
"""Stands in a passage for an inline element without words to translate."""


class TextForm(StrEnum):
    """How a text is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An inline element over a part of a passage (``<b>…</b>``, ``**…**``)."""

    start: int
    end: int
    opening: str
    closing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Running text with its inline elements, outermost first."""

    text: str
    """The words, unescaped; `ATOM` for each inline element without words."""
    spans: tuple[Span, ...] = ()
    atoms: tuple[str, ...] = ()
    """What each `ATOM` stands for, in order, as it is written."""
    escape: Callable[[str], str] = str
    """How words are written in this form."""

    def written(self) -> str:
        """The passage as it stood, words escaped anew."""
        return written(self.text, self.spans, self.atoms, self.escape)


@dataclass(frozen=True, slots=True)
class Document:
    """Parts in order: text to keep as it is, and passages to translate."""

    parts: tuple[str | Passage, ...]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What there is to translate."""
        return tuple(part for part in self.parts if isinstance(part, Passage))


def written(
    text: str, spans: tuple[Span, ...], atoms: tuple[str, ...], escape: Callable[[str], str]
) -> str:
    """Words, inline elements and atoms as one string; spans are nested, outermost first."""
    edges: list[tuple[tuple[int, int, int], str]] = []
    for depth, span in enumerate(spans):
        empty = span.start == span.end
        edges.append(((span.start, 2 if empty else 3, depth), span.opening))
        edges.append(
            ((span.end, 2 if empty else 1, len(spans) + depth if empty else -depth), span.closing)
        )
    edges.sort(key=lambda edge: edge[0])
    pieces, at, left = [], 0, iter(atoms)

    def words(part: str) -> str:
        first, *rest = part.split(ATOM)
        return escape(first) + "".join(next(left, ATOM) + escape(piece) for piece in rest)

    for (place, _, _), mark in edges:
        pieces += [words(text[at:place]), mark]
        at = place
    return "".join((*pieces, words(text[at:])))
