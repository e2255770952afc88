"""Dates and numbers in the form of the target language, for who asks for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

_DATE = re.compile(
    r"(?<![\d.])(?:(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})\b|"
    r"(?P<iso>\d{4}-\d{2}-\d{2})\b)(?![\d-])"
)
_DATES_AS = {"en": "en_GB"}
"""The Union writes English dates with the day first."""
_SPACES = "\u00a0\u202f "


@dataclass(frozen=True, slots=True)
class Localised:
    """A date or number of the source, and its form in the target."""

    start: int
    end: int
    target: str


def localised(text: str, *, source: str, target: str) -> tuple[Localised, ...]:
    """The dates and numbers whose form differs between the two languages, left to right.

    Dates in digits are written out (``05.03.2026`` gives ``5 March 2026``), as their order is read
    differently; decimal and thousands marks are exchanged. What could mean something else stays:
    numbers of acts, paragraphs and versions, and dates that the calendar does not have.
    """
    if _locale(source) is None or _locale(target) is None:
        return ()
    found = [*_dates(text, target), *_numbers(text, source, target)]
    kept: list[Localised] = []
    for one in sorted(found, key=lambda part: (part.start, -part.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return None


def _dates(text: str, target: str) -> Iterator[Localised]:
    for match in _DATE.finditer(text):
        try:
            if match["iso"]:
                day = date.fromisoformat(match["iso"])
            else:
                day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            continue
        yield Localised(
            match.start(),
            match.end(),
            format_date(day, "long", locale=_DATES_AS.get(target, target)),
        )


def _numbers(text: str, source: str, target: str) -> Iterator[Localised]:
    """Amounts with a decimal part or with thousands marks, as the source language writes them."""
    marks = get_decimal_symbol(source), get_group_symbol(source)
    groups = _SPACES if marks[1] in _SPACES else re.escape(marks[1])
    pattern = re.compile(
        rf"(?<![\d.,/-])\d{{1,3}}(?:[{groups}]\d{{3}})+(?:{re.escape(marks[0])}\d+)?(?![\d.,/-]*\d)"
        rf"|(?<![\d.,/-])\d+{re.escape(marks[0])}\d+(?![\d.,/-]*\d)"
    )
    decimal, group = get_decimal_symbol(target), get_group_symbol(target)
    for match in pattern.finditer(text):
        whole, _, part = match[0].partition(marks[0])
        written = re.sub(rf"[{groups}]", group, whole) + (decimal + part if part else "")
        if written != match[0]:
            yield Localised(match.start(), match.end(), written)
