"""How far to trust one translated sentence, and why not."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from translations.protect import numbers_kept, protected_parts
from translations.tongues import other_language

REVIEW_BELOW = 0.8
"""Sentences that score less are shown to a person before anybody relies on them."""


class Doubt(StrEnum):
    """Why a sentence is not to be trusted."""

    NUMBERS = "numbers"
    PROTECTED = "protected"
    TERM = "term"
    TERM_FORM = "term-form"
    LENGTH = "length"
    UNTRANSLATED = "untranslated"
    REPETITION = "repetition"
    LANGUAGE = "language"
    NEGATION = "negation"
    CONFIDENCE = "confidence"
    IN_PARTS = "in-parts"
    MARKUP = "markup"
    EMPTY = "empty"


_WEIGHT = {
    Doubt.NUMBERS: 0.6, Doubt.PROTECTED: 0.6, Doubt.TERM: 0.3, Doubt.TERM_FORM: 0.03,
    Doubt.LENGTH: 0.4,
    Doubt.UNTRANSLATED: 0.7, Doubt.REPETITION: 0.6, Doubt.LANGUAGE: 0.6, Doubt.NEGATION: 0.5,
    Doubt.CONFIDENCE: 0.4, Doubt.IN_PARTS: 0.3, Doubt.MARKUP: 0.1, Doubt.EMPTY: 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason for doubt, with what a reviewer should look at."""

    doubt: Doubt
    detail: str


@dataclass(frozen=True, slots=True)
class Quality:
    """A score between 0 and 1, and the reasons that lowered it."""

    score: float
    findings: tuple[Finding, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Whether a person must see the sentence."""
        return self.score < REVIEW_BELOW


_NEGATION = {
    "lv": re.compile(
        r"\b(?:nav|nevar|nedrīkst|nekad|nevien\w*|bez|ne)\b|\bne\w{4,}", re.IGNORECASE
    ),
    "en": re.compile(
        r"\b(?:not?|never|none|nobody|without|neither|nor|cannot|un\w{4,}|free"
        r"|in(?:complete|valid)|false|impossible)\b|n['’]t\b",
        re.IGNORECASE,
    ),
}
"""Words that may deny: what they deny is lost when none is left."""
_PLAIN_NEGATION = {
    "lv": re.compile(r"\b(?:nav|nevar|nedrīkst|nekad)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:not|never|cannot)\b|n['’]t\b", re.IGNORECASE),
}
_CLAUSE = re.compile(r"[,;:.!?()–—]|\b(?:and|or|but|und|oder|aber|en|of|maar|och|og|eller|men)\b")
_DENIALS = {
    "en": re.compile(
        r"\b(?:not|never|nobody|none|nothing|nowhere|no|neither|cannot)\b|n['’]t\b", re.IGNORECASE
    ),
    "de": re.compile(
        r"\b(?:nicht|nie|niemals|niemand|nichts|nirgends|kein\w{0,2})\b", re.IGNORECASE
    ),
    "nl": re.compile(r"\b(?:niet|nooit|niemand|niets|nergens|geen)\b", re.IGNORECASE),
    "sv": re.compile(r"\b(?:inte|aldrig|ingen|inget|inga|ingenting|ej)\b", re.IGNORECASE),
    "da": re.compile(r"\b(?:ikke|aldrig|ingen|intet|ingenting)\b", re.IGNORECASE),
    "nb": re.compile(r"\b(?:ikke|aldri|ingen|intet|ingenting)\b", re.IGNORECASE),
}
"""Words that deny, in languages where two of them in one clause say the opposite.

Latvian and others deny with several words (``neviens nekad nav``), and a machine may keep them all.
"""
_LETTERS = {
    "lv": "āčēģīķļņšūž", "en": "", "lt": "ąčęėįšųūž", "et": "äõöüšž", "de": "äöüß", "es": "áéíñóúü",
    "fr": "àâæçéèêëîïôœùûüÿ", "pl": "ąćęłńóśźż", "fi": "äåö", "sv": "åäö", "da": "æøå", "nb": "æøå",
    "it": "àèéìíòóù", "pt": "áâãàçéêíóôõú", "ro": "ăâîșț", "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž", "sl": "čšž", "hr": "čćđšž", "hu": "áéíóöőúüű", "nl": "éëïó",
    "mt": "ċġħż", "ga": "áéíóú", "is": "áðéíóúýþæö",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"\S+[@/.]\S+|\{[^}]*\}")
_RATIO = (0.35, 2.9)
"""Shortest and longest translation as a share of the source's length, over 20 letters."""
_LOW_CONFIDENCE = -0.35
"""Mean log-probability per piece under which the model itself was guessing."""


def estimate(
    original: str,
    translated: str,
    *,
    source: str,
    target: str,
    confidence: float | None = None,
    more: tuple[Finding, ...] = (),
    expected: str = "",
) -> Quality:
    """Judge one sentence by rules that need no model; ``more`` are findings made elsewhere.

    ``expected`` is the original with its dates and numbers in the form that the target should have.
    """
    findings = list(more)
    if not translated.strip() and original.strip():
        findings.append(Finding(Doubt.EMPTY, "nothing came back"))
    else:
        findings += _numbers(expected or original, translated)
        findings += _rules(original, translated, source, target)
    if confidence is not None and confidence < _LOW_CONFIDENCE:
        findings.append(Finding(Doubt.CONFIDENCE, f"log-probability {confidence:.2f} per piece"))
    score = 1.0
    for doubt in {finding.doubt for finding in findings}:
        score *= 1 - _WEIGHT[doubt]
    return Quality(round(score, 3), tuple(findings))


def _numbers(expected: str, translated: str) -> list[Finding]:
    if numbers_kept(expected, translated):
        return []
    had, has = _digits(expected), _digits(translated)
    lost, new = sorted((had - has).elements()), sorted((has - had).elements())
    return [Finding(Doubt.NUMBERS, f"lost {lost[:9]}, new {new[:9]}")]


def _rules(original: str, translated: str, source: str, target: str) -> list[Finding]:
    found = []
    words = _WORD.findall(original.lower())
    same = original.strip().casefold() == translated.strip().casefold()
    if same and len(words) > 1 and source != target:
        found.append(Finding(Doubt.UNTRANSLATED, "the source came back"))
    ratio = len(translated.strip()) / max(len(original.strip()), 1)
    if len(original) > 20 and not _RATIO[0] <= ratio <= _RATIO[1]:
        found.append(Finding(Doubt.LENGTH, f"{ratio:.1f} times the source's length"))
    if not same:
        found += _kept_words(original, translated, source, target)
    found += _protected(original, translated, source, target)
    repeated = _repeated(translated)
    if repeated and not _repeated(original):
        found.append(Finding(Doubt.REPETITION, f"repeats {repeated!r}"))
    if not same:
        found += _leftovers(original, translated, source, target)
    plain = _PLAIN_NEGATION.get(source), _NEGATION.get(target)
    back = _PLAIN_NEGATION.get(target), _NEGATION.get(source)
    if plain[0] and plain[1] and plain[0].search(original) and not plain[1].search(translated):
        found.append(Finding(Doubt.NEGATION, "the source says no, the translation does not"))
    if back[0] and back[1] and back[0].search(translated) and not back[1].search(original):
        found.append(Finding(Doubt.NEGATION, "the translation says no, the source does not"))
    denials = _DENIALS.get(target)
    if denials and any(len(denials.findall(part)) > 1 for part in _CLAUSE.split(translated)):
        found.append(Finding(Doubt.NEGATION, "the translation denies twice in one clause"))
    return found


def _kept_words(original: str, translated: str, source: str, target: str) -> list[Finding]:
    """Words of the source left in the translation, and a translation into a third language."""
    found = []
    before, after = (_WORD.findall(_ADDRESS.sub(" · ", text)) for text in (original, translated))
    small = [word.lower() for word in before]
    runs = {tuple(small[n : n + 3]) for n in range(len(small) - 2)}
    kept = [
        run
        for n in range(len(after) - 2)
        if (run := tuple(after[n : n + 3])) in runs and all(word.islower() for word in run)
    ]
    if kept and source != target:
        found.append(Finding(Doubt.UNTRANSLATED, f"{' '.join(kept[0])!r} was left as it is"))
    other = other_language(translated, target)
    if other is not None:
        found.append(Finding(Doubt.LANGUAGE, f"the translation is in {other!r}"))
    return found


def _protected(original: str, translated: str, source: str, target: str) -> list[Finding]:
    """Links, addresses, placeholders and legal acts that were lost or made up."""
    wanted = Counter(p.target for p in protected_parts(original, source=source, target=target))
    there = Counter(p.target for p in protected_parts(translated, source=target, target=target))
    lost = sorted(part for part in wanted if translated.count(part) < wanted[part])
    new = sorted(part for part in there - wanted if original.count(part) < there[part])
    new = [part for part in new if not any(part in known for known in wanted)]
    if not lost and not new:
        return []
    return [Finding(Doubt.PROTECTED, f"lost {lost[:3]}, new {new[:3]}")]


def _digits(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+", text))


def _repeated(text: str) -> str:
    """A run of one to three words, or of a few characters, that comes three times in a row."""
    match = re.search(r"\b(\w+(?:\W+\w+){0,2})(?:\W+\1\b){2,}", text, re.IGNORECASE) or re.search(
        r"(\S{2,6}?)\1{4,}", text
    )
    return match[1][:30] if match else ""


def _leftovers(original: str, translated: str, source: str, target: str) -> list[Finding]:
    """Words of the source language's spelling inside the translation, names apart."""
    if source not in _LETTERS or target not in _LETTERS:
        return []
    foreign = set(_LETTERS[source]) - set(_LETTERS[target])
    taken = set(_WORD.findall(original))
    words, in_name = [], False
    for word in _WORD.findall(translated):
        # A name keeps its words: ``Rīgas Tehniskā universitāte`` after a capital of the source.
        in_name = word in taken and (in_name or not word[0].islower())
        if foreign & set(word.lower()) and not in_name:
            words.append(word)
    if not words:
        return []
    return [Finding(Doubt.LANGUAGE, f"{len(words)} words spelt as in {source}")]
