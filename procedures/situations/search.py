"""Find life situations by words in any of their languages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from procedures.model import Description, Text
from procedures.places import texts
from procedures.search import fold, same_word
from procedures.situations.model import LifeSituation

_WEIGHTS: Final = {"title": 8, "keywords": 6, "summary": 4}


@dataclass(frozen=True, slots=True)
class SituationIndex:
    """An index over a few hundred situations; made once, asked often."""

    situations: tuple[LifeSituation, ...]
    _words: tuple[dict[str, int], ...] = field(repr=False)

    @classmethod
    def of(
        cls, situations: Iterable[LifeSituation], *, catalogue: Iterable[Description] = ()
    ) -> "SituationIndex":
        """Index every text, and the titles of the services that a situation leads to."""
        held = tuple(sorted(situations, key=lambda one: one.identifier))
        titles = {one.identifier: one.title for one in catalogue}
        return cls(held, tuple(_words_of(one, titles) for one in held))

    def search(self, question: str) -> tuple[LifeSituation, ...]:
        """What holds every word of the question, the best first; all for an empty question."""
        asked = fold(question)
        scored = (
            (one, [_best(word, words) for word in asked])
            for one, words in zip(self.situations, self._words, strict=True)
        )
        found = [(sum(scores), one) for one, scores in scored if all(scores)]
        return tuple(one for _, one in sorted(found, key=lambda hit: -hit[0]))


def _words_of(situation: LifeSituation, titles: dict[str, Text]) -> dict[str, int]:
    held = [(_WEIGHTS.get(str(path[0]), 1), text) for path, text in texts(situation)]
    held += [(1, titles[step.service]) for step in situation.steps if step.service in titles]
    words: dict[str, int] = {}
    for weight, text in held:
        for phrase in text.phrases:
            for word in fold(phrase.text):
                words[word] = max(weight, words.get(word, 0))
    return words


def _best(asked: str, words: dict[str, int]) -> int:
    return max((weight for word, weight in words.items() if same_word(asked, word)), default=0)
