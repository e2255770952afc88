"""XLIFF 2.1 (https://docs.oasis-open.org/xliff/xliff-core/v2.1/): review and back."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lxml import etree
from lxml.etree import _Element

from translations.errors import ExchangeRefused, Misuse, UnknownLanguage
from translations.exchange.doors import NOT_XML, made, parsed
from translations.languages import read_code
from translations.result import Origin, Translated, TranslatedSegment

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
_ITS = "http://www.w3.org/2005/11/its"
_XML = "http://www.w3.org/XML/1998/namespace"
_PREFIXES: Any = {None: NAMESPACE, "its": _ITS}
_RULE = "XLIFF 2.1"


class State(StrEnum):
    """How far a segment is (XLIFF 2.1, 4.3.1.34)."""

    INITIAL = "initial"
    TRANSLATED = "translated"
    REVIEWED = "reviewed"
    FINAL = "final"

    @property
    def is_approved(self) -> bool:
        """Whether a person stands behind the target."""
        return self in {State.REVIEWED, State.FINAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewUnit:
    """One sentence as it comes back from a reviewer."""

    key: str
    """The text that the sentence belongs to."""
    source_language: str
    target_language: str
    source: str
    target: str
    state: State


def write_xliff(texts: dict[str, Translated]) -> bytes:
    """The sentences of translated texts; what nobody checked has the state ``translated``.

    The score stands as ``its:mtConfidence``, the reasons for doubt as notes. All texts must share
    their two languages (`Misuse` otherwise), as one XLIFF file has one pair.
    """
    pairs = {(text.source_language, text.target_language) for text in texts.values()}
    if len(pairs) != 1:
        raise Misuse(f"an XLIFF file holds one pair of languages, not {len(pairs)}")
    source, target = pairs.pop()
    root = etree.Element(
        _name("xliff"), version="2.1", srcLang=source, trgLang=target,
        nsmap=_PREFIXES,
    )  # fmt: skip
    for number, (key, text) in enumerate(texts.items()):
        file = etree.SubElement(root, _name("file"), id=f"f{number}", original=key)
        for place, segment in enumerate(text.segments):
            file.append(_unit(place, segment, text.provenance.model))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _unit(place: int, segment: TranslatedSegment, model: str) -> _Element:
    unit = made(_name("unit"), {"id": f"u{place}"})
    if segment.findings:
        notes = [
            made(_name("note"), {"category": "doubt"}, f"{finding.doubt}: {finding.detail}")
            for finding in segment.findings
        ]
        unit.append(made(_name("notes"), {}, *notes))
    human = segment.origin is Origin.HUMAN
    if not human:
        unit.set(f"{{{_ITS}}}mtConfidence", str(segment.quality.score))
        unit.set(f"{{{_ITS}}}annotatorsRef", f"mt-confidence|{model}")
    state = State.REVIEWED if human else State.TRANSLATED
    words = _kept(segment.source, "source"), _kept(segment.target, "target")
    unit.append(made(_name("segment"), {"state": state.value}, *words))
    return unit


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def read_xliff(data: bytes) -> tuple[ReviewUnit, ...]:
    """Every segment that has a target, from any XLIFF 2.0 or 2.1 file; raises `ExchangeRefused`."""
    root = parsed(data, rule=_RULE, root=f"{{{NAMESPACE}}}xliff")
    if root.get("version") not in {"2.0", "2.1"}:
        raise ExchangeRefused(_RULE, "version 2.0 or 2.1", str(root.get("version"))[:20])
    try:
        source, target = read_code(root.get("srcLang", "")), read_code(root.get("trgLang", ""))
    except UnknownLanguage as error:
        raise ExchangeRefused(_RULE, "srcLang and trgLang", str(error)) from None
    return tuple(_units(root.iter(f"{{{NAMESPACE}}}file"), source, target))


def _units(files: Iterable[_Element], source: str, target: str) -> Iterator[ReviewUnit]:
    for file in files:
        for segment in file.iter(f"{{{NAMESPACE}}}segment"):
            original = segment.find(f"{{{NAMESPACE}}}source")
            translated = segment.find(f"{{{NAMESPACE}}}target")
            if original is None:
                raise ExchangeRefused(_RULE, "a source in every segment", "none")
            if translated is None:
                continue
            try:
                state = State(segment.get("state", "initial"))
            except ValueError:
                found = str(segment.get("state"))[:20]
                raise ExchangeRefused(_RULE, "a state of clause 4.3.1.34", found) from None
            yield ReviewUnit(
                key=file.get("original", file.get("id", "")), source_language=source,
                target_language=target, source=_words(original), target=_words(translated),
                state=state,
            )  # fmt: skip


def _words(element: _Element) -> str:
    """The words of a source or target, code points written as ``cp`` among them."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == f"{{{NAMESPACE}}}cp":
            pieces.append(_code_point(child.get("hex", "")))
        else:
            pieces.append(_words(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _code_point(text: str) -> str:
    if not re.fullmatch("[0-9A-Fa-f]{1,6}", text) or int(text, 16) > sys.maxunicode:
        raise ExchangeRefused(_RULE, "a code point in hexadecimal", text[:10])
    return chr(int(text, 16))


def _kept(text: str, name: str) -> _Element:
    """Text with its white space; a character that XML cannot hold becomes ``cp`` (4.2.3.1)."""
    element = made(_name(name), {f"{{{_XML}}}space": "preserve"})
    first, *rest = re.split(f"({NOT_XML.pattern})", text)
    element.text = first
    for character, following in zip(rest[::2], rest[1::2], strict=True):
        point = made(_name("cp"), {"hex": f"{ord(character):04X}"})
        point.tail = following
        element.append(point)
    return element
