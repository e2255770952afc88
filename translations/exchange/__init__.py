"""Sentences out to the tools of translators, and back."""

from translations.exchange.corrections import approved_units
from translations.exchange.po import read_po, write_po
from translations.exchange.tbx import read_tbx, write_tbx
from translations.exchange.tmx import read_tmx, write_tmx
from translations.exchange.xliff import ReviewUnit, State, read_xliff, write_xliff

__all__ = [
    "ReviewUnit",
    "State",
    "approved_units",
    "read_po",
    "read_tbx",
    "read_tmx",
    "read_xliff",
    "write_po",
    "write_tbx",
    "write_tmx",
    "write_xliff",
]
