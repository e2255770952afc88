"""Plain text: each line is a passage, its white space is kept."""

import re

from translations.documents.document import ATOM, Document, Passage

_LINE = re.compile(r"[^\r\n]+")


def read_plain(text: str) -> Document:
    """The lines of a text as passages; line ends and white space around them stay."""
    parts: list[str | Passage] = []
    at = 0
    for line in _LINE.finditer(text):
        words = line[0].strip()
        if not words:
            continue
        start = line.start() + line[0].index(words)
        parts += [text[at:start], Passage(text=words, atoms=(ATOM,) * words.count(ATOM))]
        at = start + len(words)
    return Document((*parts, text[at:]))
