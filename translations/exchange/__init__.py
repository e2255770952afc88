"""Sentences out to the tools of translators, and back."""

from translations.exchange.tbx import read_tbx, write_tbx
from translations.exchange.tmx import read_tmx, write_tmx
from translations.exchange.xliff import ReviewUnit, State, read_xliff, write_xliff

__all__ = [
    "ReviewUnit",
    "State",
    "read_tbx",
    "read_tmx",
    "read_xliff",
    "write_tbx",
    "write_tmx",
    "write_xliff",
]
