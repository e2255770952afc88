"""Sentences through an engine, with their protected parts unharmed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from translations.documents import ATOM, Passage, Span
from translations.documents.document import written
from translations.engines import Candidate, Engine
from translations.project import projected
from translations.protect import (
    Masked,
    Protected,
    Unmasked,
    as_expected,
    mask,
    numbers_kept,
    protected_parts,
    unmask,
)
from translations.quality import Doubt, Finding
from translations.terms import Glossary, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One sentence in the target language, with what is needed to place its inline elements."""

    text: str
    masked: Masked
    unmasked: Unmasked
    candidate: Candidate
    in_parts: bool = False
    put_in: tuple[str, ...] = ()
    """Terms that the engine did not use, put in as the glossary lists them."""

    def findings(self) -> tuple[Finding, ...]:
        """What the way through the engine gives reason to doubt."""
        found = [
            Finding(Doubt.TERM_FORM, f"{term!r} was put in as it is listed") for term in self.put_in
        ]
        if self.in_parts:
            found.append(Finding(Doubt.IN_PARTS, "translated in parts around what must not change"))
        return tuple(found)


def rendered(
    texts: Iterable[str],
    *,
    engine: Engine,
    source: str,
    target: str,
    names: Sequence[str],
    linked: bool,
    glossary: Glossary | None = None,
    localise: bool = False,
) -> dict[str, Rendered]:
    """Each distinct sentence translated, protected parts and numbers unharmed.

    First with marks for what must not change; where a mark or a number is lost, with marks for the
    numbers too; where that fails, in parts around them. A sentence that lacks a term of the
    glossary is translated again with the term put in, and kept as it was where that fails.
    """
    found = _unharmed(
        list(dict.fromkeys(texts)), engine=engine, source=source, target=target, names=names,
        linked=linked, localise=localise,
    )  # fmt: skip
    if glossary is not None:
        found |= _with_terms(
            found, engine=engine, source=source, target=target, names=names, linked=linked,
            glossary=glossary, localise=localise,
        )  # fmt: skip
    return found


def _unharmed(
    waiting: list[str],
    *,
    engine: Engine,
    source: str,
    target: str,
    names: Sequence[str],
    linked: bool,
    localise: bool,
) -> dict[str, Rendered]:
    found: dict[str, Rendered] = {}
    for numbers in (False, True):
        masks = {
            text: mask(
                text,
                protected_parts(
                    text,
                    source=source,
                    target=target,
                    names=names,
                    numbers=numbers,
                    localise=localise,
                ),
            )
            for text in waiting
        }
        answers = engine.translate(
            [masks[text].text for text in waiting], source=source, target=target, linked=linked
        )
        for text, candidate in zip(waiting, answers, strict=True):
            back = unmask(candidate.text, masks[text])
            if back is not None and numbers_kept(as_expected(text, masks[text].parts), back.text):
                found[text] = Rendered(
                    text=back.text, masked=masks[text], unmasked=back, candidate=candidate
                )
        waiting = [text for text in waiting if text not in found]
        if not waiting:
            return found
    return found | _in_parts(
        waiting, engine=engine, source=source, target=target, names=names, localise=localise
    )


def _with_terms(
    found: Mapping[str, Rendered],
    *,
    engine: Engine,
    source: str,
    target: str,
    names: Sequence[str],
    linked: bool,
    glossary: Glossary,
    localise: bool,
) -> dict[str, Rendered]:
    """The sentences in which a lacking term could be put in."""
    masks: dict[str, tuple[Masked, tuple[str, ...]]] = {}
    for text, rendering in found.items():
        lacking = glossary.lacking(text, rendering.text, source=source, target=target)
        if not lacking or rendering.in_parts:
            continue
        terms = tuple(_term_part(text, use, target) for use in lacking)
        parts = protected_parts(
            text,
            source=source,
            target=target,
            names=names,
            numbers=True,
            terms=terms,
            localise=localise,
        )
        put_in = tuple(part.target for part in parts if part in terms)
        if put_in:
            masks[text] = mask(text, parts), put_in
    answers = engine.translate(
        [masked.text for masked, _ in masks.values()], source=source, target=target, linked=linked
    ) if masks else ()  # fmt: skip
    better = {}
    for (text, (masked, put_in)), candidate in zip(masks.items(), answers, strict=True):
        back = unmask(candidate.text, masked)
        if back is not None and numbers_kept(as_expected(text, masked.parts), back.text):
            better[text] = Rendered(
                text=back.text, masked=masked, unmasked=back, candidate=candidate, put_in=put_in
            )
    return better


def _term_part(text: str, use: Use, target: str) -> Protected:
    term = use.concept.terms[target][0]
    if use.start == 0 and text[0].isupper():
        term = term[0].upper() + term[1:]
    return Protected(start=use.start, end=use.end, target=term)


def _in_parts(
    texts: Sequence[str],
    *,
    engine: Engine,
    source: str,
    target: str,
    names: Sequence[str],
    localise: bool,
) -> dict[str, Rendered]:
    cut = {
        text: protected_parts(
            text, source=source, target=target, names=names, numbers=True, localise=localise
        )
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
        found[text] = _assembled(mask(text, parts), joined, answers)
    return found


def _assembled(masked: Masked, joined: Sequence[str], answers: Sequence[Candidate]) -> Rendered:
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
        candidate=Candidate(
            text=translated, spoken_by=answers[0].spoken_by if answers else None
        ),
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
