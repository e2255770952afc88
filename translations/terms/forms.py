"""Whether a word is a term's word, or one of its inflected forms: by rule, without a dictionary."""

import re
import unicodedata

_ENDINGS = {
    "en": (1, 3), "de": (1, 2), "nl": (1, 3), "sv": (1, 4), "da": (1, 4), "nb": (1, 4),
    "fr": (1, 2), "es": (1, 2), "it": (1, 2), "pt": (1, 3), "ga": (1, 3), "mt": (1, 2),
    "ro": (1, 4),
}  # fmt: skip
"""Letters that may fall off a word's end and letters that may come on, by language."""
_RICH = (2, 6)
"""The same for languages in which a noun has many forms; a long word may lose one letter more."""
_LENITED = re.compile(r"\A(?:([bcdfgmpst])h|b(?=p)|d(?=t)|g(?=c)|m(?=b)|n(?=[dg])|bh(?=f))")


def word_form(word: str, language: str) -> str:
    """The word as it is compared: small letters, without what the language changes at will."""
    plain = unicodedata.normalize("NFC", word).casefold()
    if language == "el":
        parts = unicodedata.normalize("NFD", plain)
        return "".join(char for char in parts if not unicodedata.combining(char)).replace("ς", "σ")
    if language == "ga":
        return _LENITED.sub(lambda match: match[1] or "", plain)
    return plain


def is_form_of(word: str, listed: str, language: str) -> bool:
    """Whether a word, as `word_form` gives it, may be an inflected form of the listed one."""
    if word == listed:
        return True
    if len(listed) < 4:
        return False
    falls, comes = _ENDINGS.get(language, _RICH)
    if (falls, comes) == _RICH and len(listed) > 8:
        falls += 1
    stem = listed[: max(3, len(listed) - falls)]
    return word.startswith(stem) and len(word) <= len(stem) + comes
