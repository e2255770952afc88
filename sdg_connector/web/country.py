"""Countries by the names that the reader's language gives them."""

from dataclasses import dataclass

from babel import Locale

from translations.languages import read_language

_ISO_CODES = {"EL": "GR"}
"""The Union writes EL for Greece; ISO 3166-1, and so CLDR, GR."""


@dataclass(frozen=True, slots=True)
class CountryChoice:
    """One entry of a country list."""

    code: str
    name: str


def country_name(code: str, language: str) -> str:
    """A country's name in a language; the code itself when CLDR does not know it."""
    name = Locale.parse(str(read_language(language))).territories.get(_ISO_CODES.get(code, code))
    return name or code


def language_name(code: str, language: str) -> str:
    """A language's name in a language."""
    return Locale.parse(str(read_language(language))).languages.get(code) or code


def countries_in(codes: tuple[str, ...], language: str) -> tuple[CountryChoice, ...]:
    """The countries, in the order of their names."""
    choices = [CountryChoice(code, country_name(code, language)) for code in codes]
    return tuple(sorted(choices, key=lambda choice: choice.name.casefold()))
