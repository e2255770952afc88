"""Concepts with their terms in each language: found in a text, and asked of a translation."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from translations.quality import Doubt, Finding
from translations.terms.forms import is_form_of, word_form

_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[\s\-\u2010\u2011'’«»“”„\"]*\Z")
"""What may stand between the words of one term."""
_KEY = 3
"""Letters of a term's first word under which it is looked up; no ending is longer than the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One concept, and what it is called."""

    id: str
    terms: Mapping[str, tuple[str, ...]] = field(hash=False)
    """For each language the preferred term, then the others that are accepted."""
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Terms that must not be used."""
    definition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A term that stands in a text."""

    concept: Concept
    start: int
    end: int
    as_listed: bool
    """False for an inflected form of the term."""


@dataclass(frozen=True, slots=True)
class _Entry:
    words: tuple[str, ...]
    concept: Concept


class Glossary:
    """Concepts, looked up by the words of any of their languages; safe to share between threads."""

    def __init__(self, concepts: Iterable[Concept] = ()) -> None:
        """Take the concepts; one whose id comes again replaces the earlier one."""
        self.concepts = tuple({concept.id: concept for concept in concepts}.values())
        self._indexes: dict[tuple[str, bool], dict[str, tuple[_Entry, ...]]] = {}

    def __len__(self) -> int:
        return len(self.concepts)

    @property
    def digest(self) -> str:
        """SHA-256 over all terms: another value means that other terms were asked for."""
        digest = hashlib.sha256()
        for concept in sorted(self.concepts, key=lambda c: c.id):
            listed = sorted(concept.terms.items()), sorted(concept.refused.items())
            digest.update(repr((concept.id, listed)).encode())
        return digest.hexdigest()

    def uses(self, text: str, language: str) -> tuple[Use, ...]:
        """The accepted terms of a language in a text, left to right; the longest wins."""
        return self._uses(text, language, refused=False)

    def _uses(self, text: str, language: str, *, refused: bool) -> tuple[Use, ...]:
        index = self._index(language, refused=refused)
        words = [(m.start(), m.end(), word_form(m[0], language)) for m in _WORD.finditer(text)]
        found: list[Use] = []
        at = 0
        while at < len(words):
            best = self._longest(text, words, at, language, index)
            if best is None:
                at += 1
                continue
            entry, exact = best
            last = at + len(entry.words)
            found.append(
                Use(
                    concept=entry.concept, start=words[at][0], end=words[last - 1][1],
                    as_listed=exact,
                )
            )  # fmt: skip
            at = last
        return tuple(found)

    def _longest(
        self,
        text: str,
        words: list[tuple[int, int, str]],
        at: int,
        language: str,
        index: Mapping[str, tuple[_Entry, ...]],
    ) -> tuple[_Entry, bool] | None:
        best: tuple[_Entry, bool] | None = None
        for entry in index.get(words[at][2][:_KEY], ()):
            count = len(entry.words)
            run = words[at : at + count]
            better = best is None or count > len(best[0].words) or (
                count == len(best[0].words) and not best[1]
            )  # fmt: skip
            if not better or len(run) < count:
                continue
            if not all(
                is_form_of(word[2], listed, language)
                for word, listed in zip(run, entry.words, strict=True)
            ):
                continue
            gaps = (text[run[n][1] : run[n + 1][0]] for n in range(count - 1))
            if all(_BETWEEN.match(gap) for gap in gaps):
                exact = tuple(word[2] for word in run) == entry.words
                if best is None or count > len(best[0].words) or exact:
                    best = (entry, exact)
        return best

    def _index(self, language: str, *, refused: bool) -> dict[str, tuple[_Entry, ...]]:
        known = self._indexes.get((language, refused))
        if known is None:
            known = {}
            for entry in self._entries(language, refused=refused):
                key = entry.words[0][:_KEY]
                known[key] = (*known.get(key, ()), entry)
            self._indexes[language, refused] = known
        return known

    def _entries(self, language: str, *, refused: bool) -> Iterator[_Entry]:
        for concept in self.concepts:
            listed = (concept.refused if refused else concept.terms).get(language, ())
            for term in listed:
                words = tuple(word_form(m[0], language) for m in _WORD.finditer(term))
                if words:
                    yield _Entry(words, concept)

    def lacking(
        self, original: str, translated: str, *, source: str, target: str
    ) -> tuple[Use, ...]:
        """The terms of the original whose concept has a target term that the translation lacks."""
        uses = [use for use in self.uses(original, source) if use.concept.terms.get(target)]
        if not uses:
            return ()
        there = {use.concept.id for use in self.uses(translated, target)}
        return tuple(use for use in uses if use.concept.id not in there)

    def findings(
        self, original: str, translated: str, *, source: str, target: str
    ) -> tuple[Finding, ...]:
        """What a reviewer should know of the terms: lacking, refused, or in an inflected form."""
        found = []
        for use in self.lacking(original, translated, source=source, target=target):
            wanted, said = use.concept.terms[target][0], original[use.start : use.end]
            found.append(Finding(Doubt.TERM, f"{said!r} asks for {wanted!r}, which is not there"))
        for use in self._uses(translated, target, refused=True):
            said = translated[use.start : use.end]
            wanted = use.concept.terms.get(target, ("another term",))[0]
            found.append(Finding(Doubt.TERM, f"{said!r} is not to be used, but {wanted!r}"))
        asked = {use.concept.id for use in self.uses(original, source)}
        for use in self.uses(translated, target):
            if not use.as_listed and use.concept.id in asked:
                said = translated[use.start : use.end]
                listed = use.concept.terms[target][0]
                found.append(Finding(Doubt.TERM_FORM, f"{said!r} stands for {listed!r}"))
        return tuple(found)


@cache
def starter_glossary() -> Glossary:
    """Terms of the Single Digital Gateway, eIDAS and OOTS in all languages of the product."""
    from translations.terms.table import read_terms_csv  # noqa: PLC0415  the table needs Glossary

    return read_terms_csv(files(__package__).joinpath("starter.csv").read_bytes())
