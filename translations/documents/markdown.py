"""Markdown: paragraphs, headings, list items and table cells are passages."""

import re

from translations.documents.builder import Builder
from translations.documents.document import Document

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_KEPT_LINE = re.compile(
    r"\s*$|\s*(?:[-*_]\s*){3,}$|\s*=+\s*$|\s*\[[^\]]+\]:\s|\s*\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)*$"
    r"|\s{0,3}<[/!?a-zA-Z]"
)
"""Blank lines, rules, underlines of headings, link targets, table rulers, blocks of HTML."""
_LEAD = re.compile(r"(?:\s*(?:>|[-*+]\s|\d{1,9}[.)]\s|#{1,6}\s))*\s*(?:\[[ xX]\]\s+)?")
_INLINE = re.compile(
    r"(?P<code>(`+)(?:(?!\2).)+?\2)"
    r"|(?P<image>!\[[^\]\n]*\]\([^)\n]*\))"
    r"|(?P<auto><(?:https?:|mailto:)[^>\s]+>|</?[a-zA-Z][^>\n]*>)"
    r"|(?P<link>\[(?=[^\]\n]*\]\([^)\n]*\)))"
    r"|(?P<linkend>\]\([^)\n]*\))"
    r"|(?P<strong>\*\*|__)|(?P<em>\*|(?<!\w)_|_(?!\w))"
    r"|(?P<escape>\\[\\`*_{}\[\]()#+.!|>-])"
    r"|(?P<hard>  +$|\\$)"
)
_SPECIAL = re.compile(r"([\\`*\[\]<])")


def read_markdown(text: str) -> Document:
    """The passages of a CommonMark text (https://spec.commonmark.org/), tables included.

    Code, link addresses, images, blocks of HTML and front matter are kept as they are.
    """
    builder = Builder(_escape)
    lines = text.splitlines(keepends=True)
    fence = ""
    in_front = bool(lines) and lines[0].strip() == "---"
    open_paragraph = False
    for number, line in enumerate(lines):
        body = line.rstrip("\r\n")
        marker = _FENCE.match(body)
        if (
            in_front
            or fence
            or marker
            or _KEPT_LINE.match(body)
            or (not open_paragraph and _is_indented_code(body))
        ):
            builder.kept(line)
            open_paragraph = False
            if in_front and number and body.strip() in {"---", "..."}:
                in_front = False
            elif fence:
                fence = "" if body.strip().startswith(fence) else fence
            elif marker:
                fence = marker[1]
            continue
        lead = _LEAD.match(body)
        prefix = lead[0] if lead else ""
        if prefix.strip() or not open_paragraph or "|" in body:
            builder.kept(prefix)
            _body(builder, body[len(prefix) :])
        else:
            builder.words(" ")
            _inline(builder, body.strip())
        open_paragraph = _continues(lines, number)
        if not open_paragraph:
            builder.kept(line[len(body) :])
    return builder.document()


def _continues(lines: list[str], number: int) -> bool:
    """Whether the next line goes on with this paragraph."""
    body = lines[number].rstrip("\r\n")
    if number + 1 == len(lines) or body.lstrip().startswith("#") or "|" in body:
        return False
    following = lines[number + 1].rstrip("\r\n")
    lead = _LEAD.match(following)
    starts = bool(lead and lead[0].strip())
    hard = body.endswith(("  ", "\\"))
    return not (
        starts or hard or "|" in following or _KEPT_LINE.match(following) or _FENCE.match(following)
    )


def _is_indented_code(body: str) -> bool:
    lead = _LEAD.match(body)
    return body.startswith(("    ", "\t")) and not (lead and lead[0].strip())


def _body(builder: Builder, body: str) -> None:
    if "|" not in body:
        _inline(builder, body)
        return
    for part in re.split(r"((?<!\\)\|)", body):
        if part == "|":
            builder.kept(part)
        else:
            _inline(builder, part)


def _inline(builder: Builder, text: str) -> None:
    at = 0
    stack: list[str] = []
    for match in _INLINE.finditer(text):
        if match.start() > at:
            builder.words(text[at : match.start()])
        at, raw = match.end(), match[0]
        if match["code"] or match["image"] or match["auto"]:
            builder.atom(raw)
        elif match["escape"]:
            builder.words(raw[1:])
        elif match["hard"]:
            builder.kept(raw)
        elif match["link"]:
            builder.opening(raw, "link")
            stack.append("link")
        elif match["linkend"]:
            if "link" in stack:
                stack.remove("link")
                builder.closing(raw, "link")
            else:
                builder.words(raw)
        elif raw in stack:
            stack.remove(raw)
            builder.closing(raw, raw)
        else:
            stack.append(raw)
            builder.opening(raw, raw)
    if at < len(text):
        builder.words(text[at:])


def _escape(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words)
