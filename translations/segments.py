"""Where sentences end, by rules for each language of the Union."""

import re
from collections.abc import Iterator

from translations.abbreviations import CAPITAL_AFTER_ORDINAL, ORDINALS, abbreviations
from translations.languages import read_code

_END = re.compile(r"[.!?…;\u037e]+[)\]»”’\"'“]*(?:[ \u00a0\u202f]»)?(?=\s)|\n[ \t]*\n|[。！？]")
_NEXT = re.compile(r"\s*([\"'«„“”‘(\[¿¡–—•-]*\s*)(\w|⟦|\ufffc)?")
_WORD_BEFORE = re.compile(r"([^\s(\[„“\"'’]+)\Z")
_NUMBER = re.compile(r"\d{1,4}\Z")
_INITIAL = re.compile(r"[^\W\d_]\Z")
_INITIAL_FOLLOWS = re.compile(r"\s*[^\W\d_]\.")
_SHORT = 5
"""Letters of a small word that an initial makes an abbreviation: ``not. A. Liepa``."""
_STREETS = {"de": "str", "nl": "str"}
"""What a street's name ends with, before its number."""
_ROMAN = re.compile(r"[IVXLC]{1,6}\Z")


def sentences(text: str, language: str) -> tuple[str, ...]:
    """The sentences of a text, each with the white space that follows it: joined, they are it.

    Raises `UnknownLanguage` for a text that is no language code.
    """
    ends = [*breaks(text, language), len(text)]
    starts = [0, *ends[:-1]]
    return tuple(text[a:b] for a, b in zip(starts, ends, strict=True) if a < b)


def breaks(text: str, language: str) -> tuple[int, ...]:
    """The places where a sentence begins after another one, in characters."""
    code = read_code(language)
    return tuple(_breaks(text, code, abbreviations(code)))


def _breaks(text: str, code: str, known: frozenset[str]) -> Iterator[int]:
    start = 0
    for match in _END.finditer(text):
        after = _NEXT.match(text, match.end())
        if after is None or after.start(1) == len(text):
            continue
        place = after.start(1)
        if not _begins(match[0], after[2] or "", code):
            continue
        if match[0] == "." and _goes_on(
            text[start : place + 30], match.start() - start, code, known
        ):
            continue
        if text[start:place].strip():
            yield place
            start = place


def _begins(stop: str, following: str, code: str) -> bool:
    """Whether a sentence can begin with this character, after these marks."""
    if stop.startswith(("\n", "。", "！", "？")):
        return True
    if stop.startswith((";", "\u037e")):
        return code == "el" and following.isupper()
    return bool(following) and not following.islower() and following != "_"


def _goes_on(text: str, stop: int, code: str, known: frozenset[str]) -> bool:
    """Whether the sentence that begins the text goes on after the full stop at ``stop``."""
    before = _WORD_BEFORE.search(text[max(0, stop - 40) : stop])
    if before is None:
        return False
    word = before[1]
    if _NUMBER.match(word) or _ROMAN.match(word):
        at_start = not text[: stop - len(word)].strip("([„“\"'# ")
        return at_start or _ordinal_goes_on(word, text[stop + 1 :].lstrip(), code)
    if _INITIAL.match(word) and word.isupper():
        return True
    after = text[stop + 1 :]
    if word.islower() and len(word) <= _SHORT and _INITIAL_FOLLOWS.match(after):
        return True
    small = word.lower()
    if code == "mt":
        small = small.rpartition("-")[2]  # the article is written on: ``l-Art. 5``
    street = _STREETS.get(code)
    return small in known or (street is not None and small.endswith(street))


def _ordinal_goes_on(number: str, following: str, code: str) -> bool:
    if code not in ORDINALS:
        return False
    word = re.match(r"\w+", following)
    capitals = CAPITAL_AFTER_ORDINAL.get(code, frozenset())
    return word is not None and (
        word[0].lower() in capitals or (_ROMAN.match(number) is not None and code != "hu")
    )
