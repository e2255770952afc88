"""Find descriptions by words in any of their languages, however a word is inflected or accented."""

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, NamedTuple

from procedures.codes import entry, knows
from procedures.model import Description
from procedures.places import texts

_WORD: Final = re.compile(r"[^\W_]{2,}")
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]")
MAX_WORDS: Final = 12
"""Words of a question that are looked at; the rest narrows nothing."""
_WEIGHTS: Final = {"title": 8.0, "keywords": 6.0, "summary": 4.0, "authority": 2.0}
_CODE_WEIGHT: Final = 4.0
_OTHER_WEIGHT: Final = 1.0
_STEP: Final = 1e6
_SHORTEST_STEM: Final = 4
_ENDING: Final = 2
"""Letters at the end of a longer word that inflection may change."""


class Hit(NamedTuple):
    """One description that was found; a question may find thousands."""

    description: Description
    score: float


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """An index over descriptions; made once, asked often, by any number of threads."""

    descriptions: tuple[Description, ...]
    _tokens: tuple[str, ...] = field(repr=False)
    _postings: tuple[dict[int, float], ...] = field(repr=False)

    @classmethod
    def of(cls, descriptions: Iterable[Description]) -> "SearchIndex":
        """Index every text in every language, and the names of the codes."""
        held = tuple(sorted(descriptions, key=lambda one: one.identifier))
        postings: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for at, description in enumerate(held):
            for token, weight in _tokens_of(description).items():
                postings[token][at] = weight
        tokens = tuple(sorted(postings))
        return cls(held, tokens, tuple(postings[token] for token in tokens))

    def search(self, question: str) -> tuple[Hit, ...]:
        """What holds every word of the question, the best first; all for an empty question.

        When nothing holds every word, what holds most of them. A word matches its inflected forms
        (``diploms``, ``diplomu``) and any accents, and a question may mix languages.
        """
        words = tuple(dict.fromkeys(fold(question)))[:MAX_WORDS]
        if not words:
            return tuple(Hit(one, 0.0) for one in self.descriptions)
        matches = [self._matching(word) for word in words]
        counted = Counter(chain.from_iterable(matches))
        most = max(counted.values(), default=0)
        needed = len(words) if most == len(words) else max(1, (len(words) + 1) // 2)
        # One number ranks by words held, then by score, which stays far below the step.
        ranks = {
            at: count * _STEP + sum(match.get(at, 0.0) for match in matches)
            for at, count in counted.items()
            if count >= needed
        }
        best = sorted(ranks, key=ranks.__getitem__, reverse=True)
        held = self.descriptions
        return tuple(Hit(held[at], ranks[at] - counted[at] * _STEP) for at in best)

    def _matching(self, word: str) -> dict[int, float]:
        """Descriptions with the word or an inflected form of it, and how well each fits."""
        stem = _stem(word)
        found: dict[int, float] = {}
        at = bisect_left(self._tokens, stem)
        while at < len(self._tokens) and self._tokens[at].startswith(stem):
            token, posting = self._tokens[at], self._postings[at]
            rarity = math.log1p(len(self.descriptions) / len(posting))
            factor = _closeness(word, token) * rarity
            if not found:
                found = {description: weight * factor for description, weight in posting.items()}
            else:
                for description, weight in posting.items():
                    score = weight * factor
                    if score > found.get(description, 0.0):
                        found[description] = score
            at += 1
        return found


def fold(text: str) -> list[str]:
    """The words of a text without accents and capitals: ``Diplomu`` and ``diplomū`` are one."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return _WORD.findall(plain.casefold())


def same_word(asked: str, found: str) -> bool:
    """Whether a word of a text is the word asked for, however it is inflected; both are folded."""
    return found.startswith(_stem(asked))


def _stem(word: str) -> str:
    return word[:-_ENDING] if len(word) - _ENDING >= _SHORTEST_STEM else word


def _closeness(word: str, token: str) -> float:
    """1 for the word itself, less the more letters differ at the end."""
    if word == token:
        return 1.0
    shared = next(
        (at for at, (a, b) in enumerate(zip(word, token, strict=False)) if a != b),
        min(len(word), len(token)),
    )
    return (shared / max(len(word), len(token))) ** 2


def _tokens_of(description: Description) -> dict[str, float]:
    found: dict[str, float] = {}
    for text, weight in _weighed(description):
        for token in fold(text):
            if weight > found.get(token, 0.0):
                found[token] = weight
    return found


def _weighed(description: Description) -> Iterator[tuple[str, float]]:
    for path, text in texts(description):
        weight = _WEIGHTS.get(str(path[0]), _OTHER_WEIGHT)
        for phrase in text.phrases:
            yield phrase.text, weight
    for code in description.codes:
        yield code.code, _WEIGHTS["title"]
        if knows(code):
            known = entry(code)
            for name in (known.tag_name, *known.names.values(), *known.outputs.values()):
                yield name, _CODE_WEIGHT
    for event in description.life_events:
        yield event, _CODE_WEIGHT


def filtered(
    hits: Sequence[Hit],
    *,
    kind: str | None = None,
    code: str | None = None,
    audience: str | None = None,
    territory: str | None = None,
    authority: str | None = None,
) -> tuple[Hit, ...]:
    """Only the hits that are of a kind, code, audience, place and authority.

    ``code`` is ``II/T2`` or ``T2``; a description without territory holds everywhere.
    """
    return tuple(
        hit
        for hit in hits
        if (kind is None or hit.description.kind.value == kind)
        and (code is None or _has_code(hit.description, code))
        and (audience is None or audience in {one.value for one in hit.description.audience})
        and (territory is None or _holds_in(hit.description, territory))
        and (authority is None or _is_of(hit.description, authority))
    )


def _has_code(description: Description, code: str) -> bool:
    return any(code.upper() in {str(one), one.code} for one in description.codes)


def _holds_in(description: Description, territory: str) -> bool:
    """Whether it holds in a region: everywhere, in the region, in one around it or inside it."""
    return not description.territory or any(
        one.startswith(territory) or territory.startswith(one) for one in description.territory
    )


def _is_of(description: Description, authority: str) -> bool:
    held = description.authority
    names = {" ".join(fold(phrase.text)) for phrase in held.name.phrases}
    return authority == held.registration or " ".join(fold(authority)) in names
