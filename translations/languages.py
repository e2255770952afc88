"""The languages the product speaks, under the codes that European portals publish."""

import re
from enum import StrEnum
from functools import lru_cache

from translations.errors import UnknownLanguage

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*\Z")
_SAME_LANGUAGE = {"no": "nb", "nn": "nb", "gr": "el"}
"""Codes in use for a language that the product knows under another code."""


class Language(StrEnum):
    """The 24 official languages of the Union, Norwegian and Icelandic.

    Codes of the Interinstitutional Style Guide
    (https://publications.europa.eu/code/en/en-370200.htm), with ``nb`` for written Norwegian.
    """

    BULGARIAN = "bg"
    SPANISH = "es"
    CZECH = "cs"
    DANISH = "da"
    GERMAN = "de"
    ESTONIAN = "et"
    GREEK = "el"
    ENGLISH = "en"
    FRENCH = "fr"
    IRISH = "ga"
    CROATIAN = "hr"
    ITALIAN = "it"
    LATVIAN = "lv"
    LITHUANIAN = "lt"
    HUNGARIAN = "hu"
    MALTESE = "mt"
    DUTCH = "nl"
    POLISH = "pl"
    PORTUGUESE = "pt"
    ROMANIAN = "ro"
    SLOVAK = "sk"
    SLOVENE = "sl"
    FINNISH = "fi"
    SWEDISH = "sv"
    NORWEGIAN = "nb"
    ICELANDIC = "is"

    @property
    def endonym(self) -> str:
        """The language's name for itself, as a language menu shows it."""
        return _ENDONYMS[self]


_ENDONYMS = {
    Language.BULGARIAN: "български",
    Language.SPANISH: "español",
    Language.CZECH: "čeština",
    Language.DANISH: "dansk",
    Language.GERMAN: "Deutsch",
    Language.ESTONIAN: "eesti",
    Language.GREEK: "ελληνικά",
    Language.ENGLISH: "English",
    Language.FRENCH: "français",
    Language.IRISH: "Gaeilge",
    Language.CROATIAN: "hrvatski",
    Language.ITALIAN: "italiano",
    Language.LATVIAN: "latviešu",
    Language.LITHUANIAN: "lietuvių",
    Language.HUNGARIAN: "magyar",
    Language.MALTESE: "Malti",
    Language.DUTCH: "Nederlands",
    Language.POLISH: "polski",
    Language.PORTUGUESE: "português",
    Language.ROMANIAN: "română",
    Language.SLOVAK: "slovenčina",
    Language.SLOVENE: "slovenščina",
    Language.FINNISH: "suomi",
    Language.SWEDISH: "svenska",
    Language.NORWEGIAN: "norsk bokmål",
    Language.ICELANDIC: "íslenska",
}


@lru_cache(maxsize=500)
def read_code(tag: str) -> str:
    """The two or three letter code of any language tag: ``"LV"`` and ``"lv-LV"`` give ``"lv"``.

    Raises `UnknownLanguage` when the text has not the shape of a tag of BCP 47
    (https://www.rfc-editor.org/info/bcp47); any language is welcome, spoken by the product or not.
    """
    if not _TAG.match(tag):
        raise UnknownLanguage(f"{tag[:20]!r} has not the shape of a language code")
    code = re.split("[-_]", tag, maxsplit=1)[0].lower()
    return _SAME_LANGUAGE.get(code, code)


def read_language(tag: str) -> Language:
    """The product's language for a tag; raises `UnknownLanguage` for one it does not speak."""
    code = read_code(tag)
    try:
        return Language(code)
    except ValueError:
        raise UnknownLanguage(f"the product has no words in {code!r}") from None
