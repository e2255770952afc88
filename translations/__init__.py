"""Public text into other languages, and the product's own words in all of them.

A name's module is imported when the name is first used: a program pays for what it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from translations.catalogue import Messages, catalogue, offered_languages

if TYPE_CHECKING:
    from translations.documents import TextForm
    from translations.errors import TranslationError
    from translations.languages import Language
    from translations.quality import Doubt, Finding, Quality
    from translations.result import Origin, Provenance, Translated, TranslatedSegment
    from translations.translate import Translator

__all__ = [
    "Doubt",
    "Finding",
    "Language",
    "Messages",
    "Origin",
    "Provenance",
    "Quality",
    "TextForm",
    "Translated",
    "TranslatedSegment",
    "TranslationError",
    "Translator",
    "catalogue",
    "offered_languages",
]

_HOMES = {
    "TextForm": "translations.documents",
    "TranslationError": "translations.errors",
    "Language": "translations.languages",
    "Doubt": "translations.quality",
    "Finding": "translations.quality",
    "Quality": "translations.quality",
    "Origin": "translations.result",
    "Provenance": "translations.result",
    "Translated": "translations.result",
    "TranslatedSegment": "translations.result",
    "Translator": "translations.translate",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import the name from its module (PEP 562), once: later looks find it here."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return found

    def __dir__() -> list[str]:
        """What this package offers."""
        return __all__
