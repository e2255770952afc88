"""Countries of origin as the collect API spells them: ISO 3166-1, but ``EL`` for Greece."""

from functools import cache
from typing import Final

from babel import Locale

_SPELLED_OTHERWISE: Final = {"GR": "EL", "UK": "GB"}
_NO_COUNTRY: Final = frozenset(
    {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "GR", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}
)
"""Codes that Unicode names but ISO 3166-1 does not assign to a country; Greece is ``EL`` here."""


def for_collect(code: str) -> str | None:
    """The code to send for a code in any spelling; none where no country is known.

    Web analytics write ``xx``, ``A1`` or nothing for a visitor whose country they cannot tell.
    """
    upper = code.strip().upper()
    spelled = _SPELLED_OTHERWISE.get(upper, upper)
    return spelled if spelled in known_countries() else None


@cache
def known_countries() -> frozenset[str]:
    """Every code that the collect API should get."""
    territories = {str(code) for code in Locale("en").territories}
    codes = {code for code in territories if len(code) == 2 and code.isalpha()}
    return frozenset(codes - _NO_COUNTRY | {"EL"})
