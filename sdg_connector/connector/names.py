"""Spellings of one name: with and without accents, and out of the Greek and Cyrillic scripts.

ICAO Doc 9303 part 3, section 6 (what passports and most eIDAS nodes write), ELOT 743 (Greece,
Cyprus) and the Transliteration Act of 2009 (Bulgaria).
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_LATIN: Final[Mapping[str, str]] = {
    "æ": "ae", "ð": "d", "đ": "d", "ħ": "h", "ı": "i", "ĳ": "ij", "ĸ": "q", "ł": "l", "ŀ": "l",
    "ŉ": "n", "ŋ": "n", "ø": "o", "œ": "oe", "ß": "ss", "þ": "th", "ŧ": "t",
}  # fmt: skip
_LATIN_EXPANDED: Final[Mapping[str, str]] = {
    **_LATIN, "ä": "ae", "å": "aa", "ö": "oe", "ø": "oe", "ü": "ue",
}  # fmt: skip
_GREEK: Final[Mapping[str, str]] = {
    "ου": "ou", "μπ": "b", "γγ": "ng", "γχ": "nch", "γξ": "nx", "αυ": "av", "ευ": "ev",
    "ηυ": "iv", "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th",
    "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r",
    "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_GREEK_APART: Final[Mapping[str, str]] = {"ϊ": "i", "ΐ": "i", "ϋ": "y", "ΰ": "y"}
"""The dialytika say that a vowel does not join the one before it."""
_VOICELESS: Final = "θκξπστφχψς"
_CYRILLIC_ACT: Final[Mapping[str, str]] = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a",
    "ь": "y", "ю": "yu", "я": "ya",
}  # fmt: skip
_CYRILLIC_ICAO: Final[Mapping[str, str]] = {
    **_CYRILLIC_ACT, "ё": "e", "й": "i", "х": "kh", "щ": "shch", "ъ": "ie", "ы": "y", "ь": "",
    "э": "e", "ю": "iu", "я": "ia", "є": "ie", "і": "i", "ї": "i", "ґ": "g",
}  # fmt: skip
_CYRILLIC_ICAO_BULGARIAN: Final[Mapping[str, str]] = {**_CYRILLIC_ICAO, "щ": "sht", "ъ": "a"}
_JOINING: Final = frozenset({"y", "i"})
"""Words between two family names."""
_SEPARATORS: Final = re.compile(r"[\W_]+")


def spellings(name: str) -> frozenset[str]:
    """Every published Latin spelling of a name, in lower case, its parts joined by one space.

    A letter of a script that no table holds stays as it is, and so equals only itself.
    """
    plain = unicodedata.normalize("NFC", name.casefold())
    tables = ({**_LATIN, **_GREEK_APART}, {**_LATIN_EXPANDED, **_GREEK_APART})
    scripts = (_CYRILLIC_ACT, _CYRILLIC_ICAO, _CYRILLIC_ICAO_BULGARIAN)
    found = {_written(plain, {**table, **script}) for table in tables for script in scripts}
    return frozenset(one for one in found if one)


def same_name(one: str, other: str) -> bool:
    """Whether two names have a spelling in common, whatever the order of their parts.

    Where a hyphen, a space or an apostrophe stands, or none, makes no difference; nor does the word
    that joins two family names in Spain (``y``) and Catalonia (``i``).
    """
    return not _forms(one).isdisjoint(_forms(other))


def given_names_agree(one: str, other: str) -> bool:
    """Whether one of two lists of given names holds the other: one side may lack a second name."""
    if same_name(one, other):
        return True
    mine, theirs = _parts(one), _parts(other)
    return any(
        shorter and (shorter <= longer)
        for first in mine
        for second in theirs
        for shorter, longer in ((first, second), (second, first))
    )


def family_name_at_birth(birth_name: str, given_name: str) -> str:
    """What is left of a name at birth, which eIDAS writes whole, without the given names."""
    given = {part for parts in _parts(given_name) for part in parts}
    written = re.split(r"[\s]+", birth_name.strip())
    return " ".join(one for one in written if not _parts(one) & {frozenset({g}) for g in given})


def _forms(name: str) -> frozenset[str | tuple[str, ...]]:
    """What two names are compared by: the sorted parts of each spelling, and all letters joined."""
    found: set[str | tuple[str, ...]] = set()
    for spelling in spellings(name):
        parts = spelling.split(" ")
        found.add("".join(parts))
        found.add(tuple(sorted(one for one in parts if one not in _JOINING)) or (spelling,))
    return frozenset(found)


def _parts(name: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(one.split(" ")) for one in spellings(name))


def _written(name: str, table: Mapping[str, str]) -> str:
    latin = "".join(table.get(letter, letter) for letter in name)
    latin = _from_greek(_bare(latin))
    return _SEPARATORS.sub(" ", latin).strip()


def _from_greek(name: str) -> str:
    written, position = [], 0
    while position < len(name):
        pair = name[position : position + 2]
        begins = position == 0 or not name[position - 1].isalpha()
        taken = pair if pair in _GREEK and (pair != "μπ" or begins) else name[position]
        sound = _GREEK.get(taken, taken)
        following = name[position + len(taken) : position + len(taken) + 1]
        if sound.endswith("v") and len(taken) == 2 and (following in _VOICELESS or not following):
            sound = sound[:-1] + "f"
        written.append(sound)
        position += len(taken)
    return "".join(written)


def _bare(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
