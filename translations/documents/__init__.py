"""Texts of each form, as passages to translate between parts to keep."""

from translations.documents.document import ATOM, Document, Passage, Span, TextForm
from translations.documents.html import read_html
from translations.documents.markdown import read_markdown
from translations.documents.plain import read_plain

READERS = {
    TextForm.PLAIN: read_plain,
    TextForm.MARKDOWN: read_markdown,
    TextForm.HTML: read_html,
}
"""How a text of each form is read."""

__all__ = [
    "ATOM",
    "READERS",
    "Document",
    "Passage",
    "Span",
    "TextForm",
    "read_html",
    "read_markdown",
    "read_plain",
]
