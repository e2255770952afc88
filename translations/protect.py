"""The parts of a sentence that no engine may change: marked before, put back and counted after."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from translations.localise import localised

ATOM = "\ufffc"
"""Stands for an inline element without words (``<img>``, code); see `translations.documents`."""

_MARK = re.compile(r"⟦\s*(\d+)\s*⟧")
_ALWAYS = re.compile(
    "|".join((
        ATOM,
        r"⟦\s*\d+\s*⟧|[⟦⟧]",  # what looks like our own mark
        r"\bhttps?://[^\s<>\"'»”\ufffc]*[^\s<>\"'»”\ufffc.,;:!?)\]]",
        r"\bwww\.[^\s<>\"'»”\ufffc]*[^\s<>\"'»”\ufffc.,;:!?)\]]",
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"%\(\w+\)[sdfr]|%[sd]\b|\$\{[^{}\n\ufffc]{1,60}\}",
        r"\{\{[^{}\n\ufffc]{1,60}\}\}|\{[\w.,: -]{0,60}\}",
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",  # IBAN
        r"\((?:ES|EU|UE|EÚ|EL|EE|ЕС|ΕΕ|AE|EK|EG|EC|CE|ESB)\) (?:Nr\. |No\.? |č\. )?\d{1,4}/\d{2,4}",
        r"\b\d{1,4}/\d{2,4}/(?:ES|EU|UE|EK|EC|EG|CE|EEK|EEC)\b",
        r"\b(?:[\w-]+\.)+(?:eu|lv|lt|ee|com|org|net|gov|int|es|de|fr|pl|fi|se|it)\b(?:/[^\s\ufffc]*[\w/])?",
    ))
)  # fmt: skip
_EU = {
    "lv": "ES", "lt": "ES", "et": "EL", "es": "UE", "fr": "UE", "it": "UE", "pt": "UE",
    "ro": "UE", "pl": "UE", "mt": "UE", "el": "ΕΕ", "bg": "ЕС", "ga": "AE", "sk": "EÚ", "is": "ESB",
}  # fmt: skip
"""How each language abbreviates the European Union in the number of an act; ``EU`` elsewhere."""
_EU_ACT = re.compile(r"\((ES|EU|UE|EÚ|EL|ЕС|ΕΕ|AE|ESB)\)(?= )")
_CABINET = re.compile(r"\b(?:MK|Ministru kabineta) noteikum\w+ Nr\. ?(\d+)")
_ACT = re.compile(r"\b(Regul|Direktīv)(?:a|as|ai|u|ā)(?= \((?:ES|EU)\) )", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+(?:[.,:/-]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """A part of the source that keeps its form, and the form it takes in the target."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A sentence with marks in the place of its protected parts."""

    text: str
    parts: tuple[Protected, ...]

    def place(self, offset: int) -> int:
        """Where a place of the sentence stands among the marks."""
        shift = 0
        for number, part in enumerate(self.parts):
            mark = len(f"⟦{number}⟧")
            if offset <= part.start:
                break
            if offset < part.end:
                return part.start + shift + mark
            shift += mark - (part.end - part.start)
        return offset + shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmasked:
    """A translation with its protected parts put back."""

    text: str
    marks: tuple[tuple[int, int, int], ...]
    """Start and end of each mark in the masked translation, and the number of its part."""
    parts: tuple[Protected, ...]

    @property
    def order(self) -> tuple[int, ...]:
        """The numbers of the parts, in the order in which the translation has them."""
        return tuple(number for _, _, number in self.marks)

    def place(self, offset: int) -> int:
        """Where a place of the masked translation stands in the text."""
        shift = 0
        for start, end, number in self.marks:
            if offset <= start:
                break
            length = len(self.parts[number].target)
            if offset < end:
                return start + shift + length
            shift += length - (end - start)
        return offset + shift


def protected_parts(
    text: str,
    *,
    source: str,
    target: str,
    names: Iterable[str] = (),
    numbers: bool = False,
    terms: Iterable[Protected] = (),
    localise: bool = False,
) -> tuple[Protected, ...]:
    """The parts to keep, left to right, none overlapping.

    Links, mail addresses, placeholders, account numbers, numbers of legal acts and the given names
    always; with ``numbers``, every number too; ``terms`` where nothing else claims their place;
    with ``localise``, dates and numbers in the target's form. A legal act takes the letters of the
    target language.
    """
    found: list[Protected] = []
    if source == "lv" and target == "en":
        found += _latvian_acts(text)
    for name in sorted(filter(None, names), key=len, reverse=True):
        found += [
            Protected(start=m.start(), end=m.end(), target=m[0])
            for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        ]
    eu = _EU.get(target, "EU")
    found += [
        Protected(start=m.start(), end=m.end(), target=_EU_ACT.sub(f"({eu})", m[0]))
        for m in _ALWAYS.finditer(text)
    ]
    if localise:
        found += [
            Protected(start=one.start, end=one.end, target=one.target)
            for one in localised(text, source=source, target=target)
        ]
    found += terms
    if numbers:
        found += [
            Protected(start=m.start(), end=m.end(), target=m[0]) for m in _NUMBERS.finditer(text)
        ]
    return _apart(found)


def _latvian_acts(text: str) -> list[Protected]:
    """Latvian acts have one English name, fixed by the translators of the State Language Centre."""
    found = [
        Protected(start=m.start(), end=m.end(), target=f"Cabinet Regulation No. {m[1]}")
        for m in _CABINET.finditer(text)
    ]
    for act in _ACT.finditer(text):
        number = _ALWAYS.match(text, act.end() + 1)
        if number is not None:
            name = "Regulation" if act[1].lower() == "regul" else "Directive"
            english = f"{name} {_EU_ACT.sub('(EU)', number[0])}"
            found.append(Protected(start=act.start(), end=number.end(), target=english))
    return found


def _apart(parts: list[Protected]) -> tuple[Protected, ...]:
    """Without overlaps: earlier kinds win over later ones."""
    kept: list[Protected] = []
    taken = bytearray(max((part.end for part in parts), default=0))
    for part in parts:
        if not any(taken[part.start : part.end]):
            taken[part.start : part.end] = b"\1" * (part.end - part.start)
            kept.append(part)
    return tuple(sorted(kept, key=lambda part: part.start))


def mask(text: str, parts: tuple[Protected, ...]) -> Masked:
    """The text with ``⟦0⟧``, ``⟦1⟧`` … in the place of its protected parts."""
    pieces, at = [], 0
    for number, part in enumerate(parts):
        pieces += [text[at : part.start], f"⟦{number}⟧"]
        at = part.end
    return Masked(text="".join((*pieces, text[at:])), parts=parts)


def unmask(translated: str, masked: Masked) -> Unmasked | None:
    """The translation with its parts put back; None when a mark was lost, doubled or made up."""
    marks = tuple((m.start(), m.end(), int(m[1][:6])) for m in _MARK.finditer(translated))
    stray = _MARK.sub("", translated)
    whole = sorted(number for _, _, number in marks) == list(range(len(masked.parts)))
    if not whole or "⟦" in stray or "⟧" in stray:
        return None
    text = _MARK.sub(lambda mark: masked.parts[int(mark[1])].target, translated)
    return Unmasked(text=text, marks=marks, parts=masked.parts)


def as_expected(text: str, parts: tuple[Protected, ...]) -> str:
    """The text with each protected part in the form that it takes in the target."""
    pieces, at = [], 0
    for part in parts:
        pieces += [text[at : part.start], part.target]
        at = part.end
    return "".join((*pieces, text[at:]))


def numbers_kept(source: str, translated: str) -> bool:
    """Whether both texts hold the same groups of digits, however they are written together."""
    return Counter(re.findall(r"\d+", source)) == Counter(re.findall(r"\d+", translated))
