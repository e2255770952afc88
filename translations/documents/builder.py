"""Gathers words and inline elements into passages, and keeps only elements that close in order."""

from collections.abc import Callable

from translations.documents.document import ATOM, Document, Passage, Span


class Builder:
    """Takes the pieces of a document in order and gives the document."""

    def __init__(self, escape: Callable[[str], str]) -> None:
        self._escape = escape
        self._parts: list[str | Passage] = []
        self._pieces: list[tuple[str, str, str]] = []

    def words(self, text: str) -> None:
        """Words to translate, unescaped."""
        self._pieces.append(("words", text, ""))

    def atom(self, raw: str) -> None:
        """An inline element without words."""
        self._pieces.append(("atom", raw, ""))

    def opening(self, raw: str, name: str) -> None:
        """The start of an inline element."""
        self._pieces.append(("open", raw, name))

    def closing(self, raw: str, name: str) -> None:
        """The end of an inline element."""
        self._pieces.append(("close", raw, name))

    def kept(self, raw: str) -> None:
        """A boundary: what comes before and after are different passages."""
        self._flush()
        self._parts.append(raw)

    def passage(self, passage: Passage) -> None:
        """A passage of its own, such as the words of an attribute."""
        self._flush()
        self._parts.append(passage)

    def document(self) -> Document:
        """What was gathered."""
        self._flush()
        return Document(tuple(self._parts))

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        partner = _partners(pieces)
        run: list[int] = []
        for number, (kind, raw, _) in enumerate(pieces):
            if kind in {"open", "close"} and number not in partner:
                self._passage(pieces, run, partner)
                run = []
                self._parts.append(raw)
            else:
                run.append(number)
        self._passage(pieces, run, partner)

    def _passage(
        self, pieces: list[tuple[str, str, str]], run: list[int], partner: dict[int, int]
    ) -> None:
        inside = set(run)
        text, spans, atoms, begun = "", [], [], {}
        for number in run:
            kind, raw, _ = pieces[number]
            if kind == "words":
                text += raw
                atoms += [ATOM] * raw.count(ATOM)
            elif kind == "atom":
                text += ATOM
                atoms.append(raw)
            elif partner[number] not in inside:
                at = run.index(number)
                self._passage(pieces, run[:at], partner)
                self._parts.append(raw)
                self._passage(pieces, run[at + 1 :], partner)
                return
            elif kind == "open":
                begun[number] = len(text)
                spans.append(number)
        made = tuple(
            Span(
                start=begun[number], end=_end(pieces, run, number, partner),
                opening=pieces[number][1], closing=pieces[partner[number]][1],
            )
            for number in spans
        )  # fmt: skip
        self._parts += _trimmed(
            Passage(text=text, spans=made, atoms=tuple(atoms), escape=self._escape)
        )


def _partners(pieces: list[tuple[str, str, str]]) -> dict[int, int]:
    """Which opening belongs to which closing, for elements that nest properly."""
    partner: dict[int, int] = {}
    stack: list[int] = []
    for number, (kind, _, name) in enumerate(pieces):
        if kind == "open":
            stack.append(number)
        elif kind == "close" and any(pieces[other][2] == name for other in stack):
            while pieces[stack[-1]][2] != name:
                stack.pop()
            other = stack.pop()
            partner[number], partner[other] = other, number
    return partner


def _end(
    pieces: list[tuple[str, str, str]], run: list[int], number: int, partner: dict[int, int]
) -> int:
    at = 0
    for other in run:
        if other == partner[number]:
            return at
        kind, raw, _ = pieces[other]
        at += len(raw) if kind == "words" else int(kind == "atom")
    return at


def _trimmed(passage: Passage) -> list[str | Passage]:
    """The passage between its outer white space; only kept text when it has no words."""
    if not any(char.isalnum() for char in passage.text):
        return [passage.written()]
    if passage.spans:
        return [passage]
    words = passage.text.strip()
    before, _, after = passage.text.partition(words)
    escape = passage.escape
    return [
        escape(before),
        Passage(text=words, atoms=passage.atoms, escape=escape),
        escape(after),
    ]
