"""Words that end with a full stop and do not end a sentence, for each language."""

from functools import cache
from importlib.resources import files

ORDINALS = frozenset(("cs", "da", "de", "et", "fi", "hr", "hu", "is", "lv", "nb", "pl", "sk", "sl"))
"""Languages that write an ordinal number with a full stop: ``5. jūnijs``, ``am 5. Januar``."""

_GERMAN = """
    januar februar märz april mai juni juli august september oktober november dezember
    jahrhundert quartal kapitel abschnitt klasse stock lebensjahr monat tag woche jahr
"""
CAPITAL_AFTER_ORDINAL = {
    "de": frozenset(_GERMAN.split()),
    "lv": frozenset(("saeima", "saeimas")),
}
"""Words written with a capital that follow an ordinal number inside a sentence."""


def abbreviations(language: str) -> frozenset[str]:
    """The abbreviations of a language with those of every language, without the last full stop."""
    lists = _lists()
    return lists["every"] | lists.get(language, frozenset())


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = files(__package__).joinpath("abbreviations.txt").read_text(encoding="utf-8")
    lists: dict[str, frozenset[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            language, _, words = line.partition(":")
            lists[language] = lists.get(language, frozenset()) | frozenset(words.split())
    return lists
