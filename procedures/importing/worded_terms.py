"""What the words of a register say of money, time and means, where they say exactly one thing.

Nothing is guessed: two amounts in a text give none, and the text is reported to whoever imports.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

_NUMBER: Final = r"\d{1,3}(?:[ .\u00a0\u202f]\d{3})*(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_AMOUNT: Final = re.compile(
    rf"(?:€|\bEUR)\s*(?P<after>{_NUMBER})(?:,[-–])?"
    rf"|(?P<before>{_NUMBER})(?:,[-–])?\s*(?:€|EUR\b|euroa?\b|Euro\b)",
    re.IGNORECASE,
)
_FREE: Final = re.compile(
    r"(?<!nicht )(?<!niet )(?<!not )\b(?:kostenlos|kostenfrei|gebührenfrei"
    r"|keine (?:kosten|gebühren)|gratis|kosteloos|geen kosten|maksuton|maksutta"
    r"|avgiftsfri\w*|kostnadsfri\w*"
    r"|free of charge|no fee|bezmaksas)\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"(?<![\d.,–-])(?<!bis )(?<!tot )(?<!to )(?<!till )(?<![–-] )(?P<count>\d{1,3})\s+"
    r"(?P<unit>werkdagen|arbeitstagen?|werktagen?|arkipäivää|arbetsdagar|working days"
    r"|dagen|tagen?|päivää|dagar|days?|weken|wochen?|viikkoa|veckor|weeks?"
    r"|maanden?|monaten?|monat|kuukautta|månader|months?)\b",
    re.IGNORECASE,
)
_UNITS: Final = (
    ("D", ("dagen", "tag", "päivää", "dagar", "day")),
    ("W", ("week", "weken", "woche", "viikkoa", "veckor")),
    ("M", ("maand", "monat", "kuukautta", "månader", "month")),
)
_WORKING: Final = ("werk", "arbeit", "arki", "arbets", "working")


def single_amount(texts: Iterable[str]) -> Decimal | None:
    """The one amount in euro that all the texts name; 0 when they say that it is free."""
    held = tuple(texts)
    amounts = {
        _decimal(found["after"] or found["before"])
        for text in held
        for found in _AMOUNT.finditer(text)
    }
    if len(amounts) == 1:
        return amounts.pop()
    if not amounts and any(_FREE.search(text) for text in held):
        return Decimal(0)
    return None


def single_length(texts: Iterable[str]) -> tuple[str, bool] | None:
    """The one length of time that all the texts name, and whether its days are working days."""
    found = {
        _length(one["count"], one["unit"].casefold())
        for text in texts
        for one in _TIME.finditer(text)
    }
    return found.pop() if len(found) == 1 else None


def _length(count: str, unit: str) -> tuple[str, bool]:
    working = unit.startswith(_WORKING)
    letter = "D" if working else next(one for one, names in _UNITS if unit.startswith(names))
    return f"P{int(count)}{letter}", working


def _decimal(text: str) -> Decimal:
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    whole, mark, cents = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", plain).groups()  # type: ignore[union-attr]
    digits = re.sub(r"[.,]", "", whole)
    return Decimal(f"{digits}.{cents}" if mark else digits)
