"""What goes wrong in texts and addresses however complete they are."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from procedures.document import Path
from procedures.model import Phrase, Text, WebAddress
from procedures.quality.rules import Shortcoming

LONGEST: Final[Mapping[str, int]] = {"title": 150, "summary": 600}
"""Characters that a list of search results has room for."""
LONGEST_SENTENCE: Final = 40
"""Words; beyond it readers lose the thread."""
_LONG: Final = 2 * LONGEST_SENTENCE
"""Characters that so many words have at least."""
_INVISIBLE: Final = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\uffff\ue000-\uf8ff]"
)
"""Controls, marks of direction, private and unassigned characters; line breaks are seen."""
_ODD: Final = re.compile(
    r"[\[{<&_?…\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ue000-\uf8ff\ufeff\ufff9-\uffff]"
)
_PATTERNS: Final = (
    (
        "text.placeholder",
        re.compile(
            r"\[[^\]\n]{0,60}\]|\{[^}\n]{0,60}\}|\bX{2,}\b|\bTODO\b|\bTBD\b|_{3,}|\.{4,}|…{2,}|\?{3,}"
            r"|\b[Ll]orem ipsum|\b[Šš]eit ierakst\w*|\b[Ii]nsert (?:text|here)\b"
        ),
    ),
    ("text.markup", re.compile(r"</?[a-zA-Z][^<>\n]{0,80}>|&(?:[a-z]{2,8}|#\d{1,6});")),
    ("text.control", re.compile(_INVISIBLE)),
    ("text.personal", re.compile(r"(?<![\d-])\d{6}-\d{5}(?![\d-])")),
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_ENOUGH: Final = 3
"""Function words of another language that betray it."""
_FUNCTION_WORDS: Final[Mapping[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is you can be your with for from by are not if this",
        "lv": "un ir ar par no vai uz lai ja kas var tiek kā pēc jūs jums savu pie",
        "lt": "ir yra su kad arba iš į jei gali būti kaip prie apie jūs jums savo dėl",
        "et": "ja on ei või kui et see ning saab teie oma kas selle tuleb kuni",
        "de": "der die das und ist sie mit von zu den im nicht eine ein für oder wenn",
        "fr": "le la les de des et est vous pour dans une un du sur par votre que",
        "es": "el la los de y es para en una un del por con que su se las puede",
        "pl": "i w z na jest do nie się że lub przez od dla jeśli oraz można",
    }.items()
}
_ANY_LANGUAGE: Final = frozenset().union(*_FUNCTION_WORDS.values())


def text_shortcomings(held: Iterable[tuple[Path, Text]], own: str) -> Iterator[Shortcoming]:
    """Shortcomings in the texts of a description whose own language is ``own``."""
    for path, text in held:
        for phrase in text.phrases:
            words, language = phrase.text, phrase.language
            if not words or words.isspace() or _may_be_odd(words):
                yield from _phrase(phrase, path)
            if looks_like_another(words, language):
                yield Shortcoming("text.language", (*path, language), {"language": language})
            if language == own and (len(path) == 1 or len(words) > _LONG):
                yield from _length(path, phrase)
        if len(text.phrases) > 1:
            yield from _same(path, text)


def address_shortcomings(held: Iterable[tuple[Path, WebAddress]]) -> Iterator[Shortcoming]:
    """Shortcomings in the addresses of a description."""
    for path, address in held:
        if address.startswith("http:"):
            yield Shortcoming("address.http", path, {"what": address})


def _may_be_odd(words: str) -> bool:
    """A quick look that most texts pass; one large pattern would take five times as long."""
    return (
        _ODD.search(words) is not None
        or "-" in words
        or "XX" in words
        or "..." in words
        or "TODO" in words
        or "TBD" in words
        or "orem " in words
        or "eit ierakst" in words
        or "nsert " in words
    )


def _phrase(phrase: Phrase, path: Path) -> Iterator[Shortcoming]:
    words, language = phrase.text, phrase.language
    if not words.strip():
        yield Shortcoming("text.empty", (*path, language))
        return
    for rule, pattern in _PATTERNS:
        if found := pattern.search(words):
            yield Shortcoming(rule, (*path, language), {"what": _shown(found[0])})


def _shown(found: str) -> str:
    return f"U+{ord(found):04X}" if len(found) == 1 else found


def looks_like_another(text: str, language: str) -> bool:
    """Whether the small words of the text are those of another language, and none of its own."""
    own = _FUNCTION_WORDS.get(language)
    if own is None or text.count(" ") < _ENOUGH:
        return False
    lowered = text.lower()
    if not own.isdisjoint(lowered.split(" ")):
        return False
    words = {word for word in _WORD.findall(lowered) if word in _ANY_LANGUAGE}
    if len(words) < _ENOUGH or words & own:
        return False
    return any(len(words & others) >= _ENOUGH for others in _FUNCTION_WORDS.values())


def _length(path: Path, phrase: Phrase) -> Iterator[Shortcoming]:
    limit = LONGEST.get(str(path[0])) if len(path) == 1 else None
    if limit is not None and len(phrase.text) > limit:
        details = {"what": str(len(phrase.text)), "limit": str(limit)}
        yield Shortcoming("text.long", path, details)
    if phrase.text.count(" ") < LONGEST_SENTENCE:
        return
    longest = max(len(one.split()) for one in _SENTENCE.split(phrase.text))
    if longest > LONGEST_SENTENCE:
        yield Shortcoming("text.sentence", path, {"what": str(longest)})


def _same(path: Path, text: Text) -> Iterator[Shortcoming]:
    same = [
        phrase.language
        for phrase in text.phrases
        if phrase.text.count(" ") > 3
        and any(phrase.text == other.text for other in text.phrases if other is not phrase)
    ]
    if same:
        yield Shortcoming("text.same", path, {"what": ", ".join(same)})
