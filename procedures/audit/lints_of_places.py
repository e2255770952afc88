"""Countries, territories and languages of a page."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from babel import Locale

from procedures.audit.page import Page, PageTag
from procedures.audit.rules import finding
from procedures.findings import Finding

_MEMBERS: Final = frozenset(
    """
    AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO
    """.split()  # noqa: SIM905  thirty codes read better as a text
)
"""The Union and the EEA; Greece is EL (Implementing Regulation (EU) 2020/1121, Annex I)."""
_GUIDE_TOO: Final = frozenset({"AL", "BA", "CH", "GB", "MK", "RS"})
"""Countries that the Commission's own list of values holds besides."""
_NUTS: Final = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")
_LAU: Final = re.compile(r"(?:[A-Z]{2}_?)?[0-9A-Z]{4,14}")


def lint_country(page: Page) -> Iterator[Finding]:
    """``DC.ISO3166``."""
    tags = page.of("DC.ISO3166")
    if not tags:
        yield finding("page.country-missing", "the page names no country")
    for tag in tags:
        for value in tag.values:
            yield from _country(tag, value, _language(page))


def _country(tag: PageTag, value: str, language: str) -> Iterator[Finding]:
    upper = value.upper()
    if upper == "GR":
        yield finding("page.country-greece", "expected EL for Greece, found GR", line=tag.line)
    elif upper in _MEMBERS or upper in _GUIDE_TOO:
        if value != upper:
            message = f"expected {upper}, found {value}"
            yield finding("page.country-case", message, line=tag.line)
        if upper in _GUIDE_TOO:
            message = f"{upper} is no country of the Gateway"
            yield finding("page.country-outside", message, line=tag.line)
    elif upper == language.upper():
        message = f"{value[:10]} is the language of the page, not a country of the Gateway"
        yield finding("page.country-language", message, line=tag.line)
    elif re.search(r"[,|/ ]", value):
        message = "several countries stand in one value"
        yield finding("page.tag-separator", message, line=tag.line)
    else:
        message = "expected a country of the Gateway, found another value"
        yield finding("page.country-unknown", message, line=tag.line)


def lint_location(page: Page) -> Iterator[Finding]:
    """``DC.Location``."""
    countries = {value.upper() for value in page.values("DC.ISO3166")}
    for tag in page.of("DC.Location"):
        for value in tag.values:
            if not (_NUTS.fullmatch(value) or _LAU.fullmatch(value)):
                message = "expected a code of NUTS or LAU, found another value"
                yield finding("page.location-form", message, line=tag.line)
            elif len(value) == 2:
                message = f"{value} is the whole country"
                yield finding("page.location-whole", message, line=tag.line)
            elif _NUTS.fullmatch(value) and countries and value[:2] not in _nuts(countries):
                message = f"{value} lies in none of the countries that the page names"
                yield finding("page.location-country", message, line=tag.line)


def _nuts(countries: set[str]) -> set[str]:
    # NUTS spells Greece EL, whatever the page does; four digits in a row are a LAU code.
    return {{"GR": "EL"}.get(one, one) for one in countries}


def lint_language(page: Page) -> Iterator[Finding]:
    """``<html lang>`` and ``DC.Language``."""
    own = (page.language or "").strip()
    tagged = page.values("DC.Language")
    if not own and not tagged:
        yield finding("page.language-missing", "the page does not say its language")
    line = next((one.line for one in page.of("DC.Language")), None)
    for given, place in ((own, 1), *((one, line) for one in tagged)):
        if given and _primary(given) not in _languages():
            message = "expected a language of ISO 639-1, found another value"
            yield finding("page.language-unknown", message, line=place)
    if own and tagged and _primary(own) not in {_primary(one) for one in tagged}:
        message = f"<html lang> says {own[:10]}, DC.Language {tagged[0][:10]}"
        yield finding("page.language-conflict", message, line=line)
    if _language(page) not in {"", "en"} and "en" not in {
        _primary(language) for language, _ in page.alternates
    }:
        yield finding("page.english-missing", "the head names no English page")


def _language(page: Page) -> str:
    given = page.language or next(iter(page.values("DC.Language")), "")
    return _primary(given)


def _primary(tag: str) -> str:
    return tag.strip().lower().replace("_", "-").partition("-")[0]


@cache
def _languages() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").languages if len(str(code)) == 2)
