"""Sentences through an engine, with their protected parts unharmed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from translations.documents import ATOM, Passage, Span
from translations.documents.document import written
from translations.engines import Candidate, Engine
from translations.project import projected
from translations.protect import (
    Masked,
    Unmasked,
    mask,
    numbers_kept,
    protected_parts,
    unmask,
)
from translations.quality import Doubt, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One sentence in the target language, with what is needed to place its inline elements."""

    text: str
    masked: Masked
    unmasked: Unmasked
    candidate: Candidate
    in_parts: bool = False

    def findings(self) -> tuple[Finding, ...]:
        """What the way through the engine gives reason to doubt."""
        if not self.in_parts:
            return ()
        return (Finding(Doubt.IN_PARTS, "translated in parts around what must not change"),)


def rendered(
    texts: Iterable[str],
    *,
    engine: Engine,
    source: str,
    target: str,
    names: Sequence[str],
    linked: bool,
) -> dict[str, Rendered]:
    """Each distinct sentence translated, protected parts and numbers unharmed.

    First with marks for what must not change; where a mark or a number is lost, with marks for the
    numbers too; where that fails, in parts around them.
    """
    waiting = list(dict.fromkeys(texts))
    found: dict[str, Rendered] = {}
    for numbers in (False, True):
        masks = {
            text: mask(
                text,
                protected_parts(text, source=source, target=target, names=names, numbers=numbers),
            )
            for text in waiting
        }
        answers = engine.translate(
            [masks[text].text for text in waiting], source=source, target=target, linked=linked
        )
        for text, candidate in zip(waiting, answers, strict=True):
            back = unmask(candidate.text, masks[text])
            if back is not None and numbers_kept(text, back.text):
                found[text] = Rendered(
                    text=back.text, masked=masks[text], unmasked=back, candidate=candidate
                )
        waiting = [text for text in waiting if text not in found]
        if not waiting:
            return found
    return found | _in_parts(waiting, engine, source, target, names)


def _in_parts(
    texts: Sequence[str], engine: Engine, source: str, target: str, names: Sequence[str]
) -> dict[str, Rendered]:
    cut = {
        text: protected_parts(text, source=source, target=target, names=names, numbers=True)
        for text in texts
    }
    pieces: dict[str, list[str]] = {}
    for text, parts in cut.items():
        edges = [0, *(edge for part in parts for edge in (part.start, part.end)), len(text)]
        pieces[text] = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    worded = {
        piece.strip()
        for some in pieces.values()
        for piece in some
        if any(char.isalpha() for char in piece)
    }
    order = sorted(worded)
    answers = engine.translate(order, source=source, target=target)
    spoken = {
        piece: candidate.text if _harmless(candidate.text) else piece
        for piece, candidate in zip(order, answers, strict=True)
    }
    found = {}
    for text, parts in cut.items():
        joined = [_with_edges(piece, spoken) for piece in pieces[text]]
        found[text] = _assembled(mask(text, parts), joined)
    return found


def _assembled(masked: Masked, joined: Sequence[str]) -> Rendered:
    """Translated pieces with the protected parts between them, as if the engine had kept marks."""
    translated, marks = joined[0], []
    for number, piece in enumerate(joined[1:]):
        start = len(translated)
        translated += f"⟦{number}⟧"
        marks.append((start, len(translated), number))
        translated += piece
    text = joined[0] + "".join(
        part.target + piece for part, piece in zip(masked.parts, joined[1:], strict=True)
    )
    back = Unmasked(text=text, marks=tuple(marks), parts=masked.parts)
    return Rendered(
        text=text, masked=masked, unmasked=back, in_parts=True,
        candidate=Candidate(text=translated),
    )  # fmt: skip


def _harmless(text: str) -> bool:
    """Whether a translated part brings no number, mark or atom of its own."""
    return numbers_kept("", text) and not {"⟦", "⟧", ATOM} & set(text)


def _with_edges(piece: str, spoken: Mapping[str, str]) -> str:
    core = piece.strip()
    if core not in spoken:
        return piece
    before, _, after = piece.partition(core)
    return f"{before}{spoken[core]}{after}"


def put_back(sentence: Passage, rendering: Rendered) -> tuple[str, bool]:
    """The sentence with its inline elements and atoms, and whether all their places are known."""
    masked, back = rendering.masked, rendering.unmasked
    spans = tuple(
        Span(
            start=0 if s.start == 0 else masked.place(s.start), end=masked.place(s.end),
            opening=s.opening, closing=s.closing,
        )
        for s in sentence.spans
    )  # fmt: skip
    placed, certain = projected(
        spans, source=masked.text, target=rendering.candidate.text, links=rendering.candidate.links
    )
    moved = tuple(
        Span(start=back.place(s.start), end=back.place(s.end), opening=s.opening, closing=s.closing)
        for s in placed
    )
    return written(back.text, moved, _atoms(sentence, rendering), sentence.escape), certain


def dressed(sentence: Passage, words: str) -> str:
    """A person's words for the sentence, with its inline elements at proportional places."""
    placed, _ = projected(sentence.spans, source=sentence.text, target=words, links=())
    return written(words, placed, sentence.atoms, sentence.escape)


def _atoms(sentence: Passage, rendering: Rendered) -> tuple[str, ...]:
    """The atoms in the order in which the translation has their marks."""
    numbers = [n for n, part in enumerate(rendering.masked.parts) if part.target == ATOM]
    atom_of = dict(zip(numbers, sentence.atoms, strict=True))
    return tuple(atom_of[n] for n in rendering.unmasked.order if n in atom_of)
