"""The paragraphs and points of texts that registers keep as HTML or Markdown.

A description holds plain words, because each page that shows it marks them up in its own way.
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    {
        "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4",
        "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip
_UNSEEN: Final = frozenset({"script", "style", "template", "title"})
_MARKUP: Final = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9]*)[^>]*>|&(?:[a-zA-Z]+|#\d+);")
_SPACE: Final = re.compile(r"\s+")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
_EMPHASIS: Final = re.compile(r"(?<!\w)(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_POINT: Final = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_HEADING: Final = re.compile(r"\s*#{1,6}\s+")


class _Blocks(HTMLParser):
    """Collects the blocks of a page; whatever is broken ends with its block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._words: list[str] = []
        self._unseen = 0
        self._address = ""
        self._from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BLOCKS:
            self.end()
        if tag == "a":
            self._address = dict(attrs).get("href") or ""
            self._from = len(self._words)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag == "a":
            self._words.append(_beside("".join(self._words[self._from :]), self._address))
            self._address = ""
        if tag in _BLOCKS:
            self.end()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._words.append(data)

    def end(self) -> None:
        """The block is over."""
        text = _SPACE.sub(" ", "".join(self._words)).strip()
        if text:
            self.found.append(text)
        self._words, self._from = [], 0


def from_html(text: str) -> tuple[str, ...]:
    """The paragraphs and points of HTML, or of words without markup, as plain words."""
    if _MARKUP.search(text) is None:
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    reader = _Blocks()
    reader.feed(text)
    reader.close()
    reader.end()
    return tuple(reader.found)


def from_markdown(text: str) -> tuple[str, ...]:
    """The paragraphs and points of Markdown as plain words; HTML in it counts as well."""
    if _MARKUP.search(text) is not None:
        text = "\n".join(from_html(text))
    blocks: list[str] = []
    fresh = True
    for line in text.splitlines():
        if not line.strip():
            fresh = True
            continue
        starts = _POINT.match(line) or _HEADING.match(line)
        words = _plain(line[starts.end() :] if starts else line)
        if fresh or starts or not blocks:
            blocks.append(words)
        else:
            blocks[-1] = f"{blocks[-1]} {words}"
        fresh = bool(_HEADING.match(line))
    return tuple(one for one in blocks if one)


def together(blocks: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The blocks of each language as one text, one a line."""
    return {language: "\n".join(held) for language, held in blocks.items() if held}


def one_by_one(blocks: Mapping[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """Each block with its translations, where every language has as many; else one text."""
    held = {language: texts for language, texts in blocks.items() if texts}
    if not held:
        return []
    if len({len(texts) for texts in held.values()}) > 1:
        return [together(held)]
    count = len(next(iter(held.values())))
    return [{language: texts[at] for language, texts in held.items()} for at in range(count)]


def _plain(line: str) -> str:
    line = _LINK.sub(lambda link: link[1] + _beside(link[1], link[2]), line)
    for _ in range(3):
        line = _EMPHASIS.sub(r"\2", line)
    return _SPACE.sub(" ", line).strip()


def _beside(words: str, address: str) -> str:
    """The address of a link in brackets, unless its words say it already."""
    known = not address.startswith(("http://", "https://")) or address in words
    return "" if known else f" ({address})"
