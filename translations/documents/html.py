"""HTML: words between block tags are passages, inline tags stay at their words."""

import re
from html import unescape
from html.parser import HTMLParser

from translations.documents.builder import Builder
from translations.documents.document import Document, Passage

_INLINE = """
    a abbr b bdi bdo cite data del dfn em font i ins label mark q s small span strong sub sup
    time u var tt big strike
"""
INLINE = frozenset(_INLINE.split())
"""Elements that stand inside a sentence."""
VOID_INLINE = frozenset(("img", "input", "wbr", "embed"))
"""Inline elements without content: they move with the word they stand beside."""
_OPAQUE = """
    script style code kbd samp pre textarea svg math object audio video canvas iframe noscript
    template
"""
OPAQUE = frozenset(_OPAQUE.split())
"""Elements whose content is not public running text."""
_VOID = """
    area base br col embed hr img input link meta source track wbr
"""
VOID = frozenset(_VOID.split())
SPOKEN_ATTRIBUTES = frozenset(("alt", "title", "aria-label", "placeholder"))
"""Attributes that a reader sees or hears."""
_ATTRIBUTE = re.compile(
    r"""(\s(?:alt|title|aria-label|placeholder)\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE
)


def read_html(text: str) -> Document:
    """The passages of an HTML text or fragment, broken or whole; tags are kept as they are written.

    Comments, scripts, code and ``translate="no"``
    (https://html.spec.whatwg.org/multipage/dom.html#attr-translate) are kept untouched.
    """
    reader = _Reader(text)
    return reader.read()


def escape_words(words: str) -> str:
    """Words as HTML text."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escape_attribute(words: str) -> str:
    return escape_words(words).replace('"', "&quot;").replace("'", "&#39;")


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self._text = text
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._builder = Builder(escape_words)
        self._marks: list[tuple[int, str, str, bool]] = []

    def read(self) -> Document:
        self.feed(self._text)
        self.close()
        if not self._marks:
            return Document((self._text,))
        ends = [start for start, *_ in self._marks[1:]] + [len(self._text)]
        opaque: list[str] = []
        hidden_from = 0
        for (start, kind, name, hides), end in zip(self._marks, ends, strict=True):
            raw = self._text[start:end]
            if opaque:
                if kind == "start" and name == opaque[-1] and name not in VOID:
                    opaque.append(name)
                elif kind == "end" and name == opaque[-1]:
                    opaque.pop()
                    if not opaque:
                        self._hidden(self._text[hidden_from:end], name)
            elif kind == "start" and hides and name not in VOID:
                opaque.append(name)
                hidden_from = start
            else:
                self._piece(raw, kind, name)
        if opaque:
            self._builder.kept(self._text[hidden_from:])
        return self._builder.document()

    def _hidden(self, raw: str, name: str) -> None:
        if name in INLINE or name in {"code", "kbd", "samp"}:
            self._builder.atom(raw)
        else:
            self._builder.kept(raw)

    def _piece(self, raw: str, kind: str, name: str) -> None:
        if kind == "words":
            self._builder.words(unescape(raw))
        elif kind == "start" and name in VOID_INLINE and not _ATTRIBUTE.search(raw):
            self._builder.atom(raw)
        elif kind == "start" and name in INLINE and not _ATTRIBUTE.search(raw):
            self._builder.opening(raw, name)
        elif kind == "start":
            self._attributes(raw)
        elif kind == "end" and name in INLINE:
            self._builder.closing(raw, name)
        else:
            self._builder.kept(raw)

    def _attributes(self, raw: str) -> None:
        at = 0
        for match in _ATTRIBUTE.finditer(raw):
            words = unescape(match[2][1:-1])
            if not any(char.isalpha() for char in words):
                continue
            self._builder.kept(raw[at : match.start(2) + 1])
            self._builder.passage(Passage(text=words.strip(), escape=_escape_attribute))
            at = match.end(2) - 1
        self._builder.kept(raw[at:])

    def _mark(self, kind: str, name: str = "", *, hides: bool = False) -> None:
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        if self._marks and self._marks[-1][1] == "words" == kind:
            return
        self._marks.append((start, kind, name, hides))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hides = tag in OPAQUE or any(
            name == "translate" and (value or "").lower() == "no" for name, value in attrs
        )
        self._mark("start", tag, hides=hides)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self._mark("start", tag)
        else:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._mark("end", tag)

    def handle_data(self, data: str) -> None:
        self._mark("words")

    def handle_entityref(self, name: str) -> None:
        self._mark("words")

    def handle_charref(self, name: str) -> None:
        self._mark("words")

    def handle_comment(self, data: str) -> None:
        self._mark("other")

    def handle_decl(self, decl: str) -> None:
        self._mark("other")

    def handle_pi(self, data: str) -> None:
        self._mark("other")

    def unknown_decl(self, data: str) -> None:
        self._mark("other")
