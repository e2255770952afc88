"""A passage cut into sentences, with each inline element inside one of them."""

import itertools
from dataclasses import dataclass

from translations.documents import ATOM, Passage, Span
from translations.segments import breaks


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without white space around it."""

    passage: Passage

    @property
    def text(self) -> str:
        """Its words."""
        return self.passage.text


def cut(passage: Passage, language: str) -> tuple[str | Sentence, ...]:
    """Sentences, and between them what is written as it stood.

    An inline element over several sentences stays around them; it is not repeated in each.
    """
    ends = breaks(passage.text, language)
    for number, span in enumerate(passage.spans):
        if any(span.start < end < span.end for end in ends):
            return (
                *cut(_before(passage, number), language),
                span.opening,
                *cut(_inside(passage, number), language),
                span.closing,
                *cut(_after(passage, number), language),
            )
    edges = [0, *ends, len(passage.text)]
    parts: list[str | Sentence] = []
    for start, end in itertools.pairwise(edges):
        parts += _trimmed(_slice(passage, start, end, last=end == len(passage.text)))
    return tuple(parts)


def _before(passage: Passage, number: int) -> Passage:
    edge = passage.spans[number].start
    kept = [
        s for n, s in enumerate(passage.spans) if s.end <= edge and (s.start < edge or n < number)
    ]
    return _part(passage, kept, 0, edge)


def _inside(passage: Passage, number: int) -> Passage:
    span = passage.spans[number]
    kept = [s for s in passage.spans[number + 1 :] if s.start >= span.start and s.end <= span.end]
    return _part(passage, kept, span.start, span.end)


def _after(passage: Passage, number: int) -> Passage:
    span = passage.spans[number]
    inside = [s for s in passage.spans[number + 1 :] if s.start >= span.start and s.end <= span.end]
    kept = [s for s in passage.spans[number + 1 :] if s.start >= span.end and s not in inside]
    return _part(passage, kept, span.end, len(passage.text))


def _slice(passage: Passage, start: int, end: int, *, last: bool) -> Passage:
    kept = [
        s
        for s in passage.spans
        if start <= s.start and s.end <= end and (s.start < end or (last and s.start == end))
    ]
    return _part(passage, kept, start, end)


def _part(passage: Passage, spans: list[Span], start: int, end: int) -> Passage:
    skipped = passage.text.count(ATOM, 0, start)
    held = passage.text.count(ATOM, start, end)
    moved = tuple(
        Span(start=s.start - start, end=s.end - start, opening=s.opening, closing=s.closing)
        for s in spans
    )
    return Passage(
        text=passage.text[start:end], spans=moved,
        atoms=passage.atoms[skipped : skipped + held], escape=passage.escape,
    )  # fmt: skip


def _trimmed(passage: Passage) -> list[str | Sentence]:
    text = passage.text
    if not any(char.isalpha() for char in text):
        return [passage.written()]
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    spans = tuple(
        Span(
            start=min(max(s.start, start), end) - start, end=min(max(s.end, start), end) - start,
            opening=s.opening, closing=s.closing,
        )
        for s in passage.spans
    )  # fmt: skip
    core = Passage(text=text[start:end], spans=spans, atoms=passage.atoms, escape=passage.escape)
    return [passage.escape(text[:start]), Sentence(core), passage.escape(text[end:])]
