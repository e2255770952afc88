"""Public text into other languages, and the product's own words in all of them."""

from translations.catalogue import Messages, catalogue, offered_languages
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
