"""Which language a sentence is in, by its small words and its letters: a doubt, not a proof."""

import re
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+’?")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_AT_LEAST = 3
"""Small words of another language that must stand there before it is named."""


def other_language(text: str, expected: str) -> str | None:
    """The language that a text is in rather than in the expected one; None when it may be right.

    Near relatives (Danish and Norwegian, Czech and Slovak) are told apart only when nothing in the
    text is of the expected one.
    """
    scripts = {"el": _GREEK, "bg": _CYRILLIC}
    letters = sum(char.isalpha() for char in text)
    for language, script in scripts.items():
        share = len(script.findall(text)) / max(letters, 1)
        if share > 0.5 and language != expected:
            return language
        if share < 0.2 and language == expected and letters > 20:
            return _best(text, expected) or "another script"
    return _best(text, expected)


def _best(text: str, expected: str) -> str | None:
    lists = _lists()
    if expected not in lists:
        return None
    words = [word.casefold() for word in _WORD.findall(text)]
    hits = {language: sum(word in small for word in words) for language, small in lists.items()}
    best = max(hits, key=hits.__getitem__)
    if hits[best] >= _AT_LEAST and hits[best] > 3 * hits[expected]:
        return best
    return None


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = files(__package__).joinpath("function_words.txt").read_text(encoding="utf-8")
    lines = (line.partition(":") for line in text.splitlines() if not line.startswith("#"))
    return {language: frozenset(words.split()) for language, _, words in lines}
