"""TBX (ISO 30042:2019, and the older form that IATE and others still export): terms in and out."""

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

from translations.errors import ExchangeRefused, UnknownLanguage
from translations.exchange.doors import NOT_XML, made, parsed
from translations.languages import read_code
from translations.terms import Concept, Glossary

NAMESPACE = "urn:iso:std:iso:30042:ed-2"
_RULE = "TBX"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_REFUSED = frozenset(
    ("deprecatedTerm-admn-sts", "supersededTerm-admn-sts", "deprecated", "obsolete")
)
_PREFERRED = frozenset(("preferredTerm-admn-sts", "preferred"))


def read_tbx(data: bytes) -> Glossary:
    """The concepts of a TBX file, ISO 30042:2019 (``tbx``) or 2008 (``martif``).

    A term with the administrative status of a deprecated or superseded one is refused in
    translations, a preferred one comes first. Raises `ExchangeRefused`.
    """
    root = parsed(data, rule=_RULE, root=(f"{{{NAMESPACE}}}tbx", "martif", "tbx"))
    entries = [e for e in root.iter() if _local(e) in {"conceptEntry", "termEntry"}]
    return Glossary(_concept(number, entry) for number, entry in enumerate(entries, 1))


def _local(element: _Element) -> str:
    return etree.QName(element).localname


def _concept(number: int, entry: _Element) -> Concept:
    terms: dict[str, tuple[str, ...]] = {}
    refused: dict[str, tuple[str, ...]] = {}
    for section in entry:
        if _local(section) not in {"langSec", "langSet"}:
            continue
        language = section.get(_LANG) or section.get("lang") or ""
        try:
            code = read_code(language)
        except UnknownLanguage:
            raise ExchangeRefused(
                _RULE, "xml:lang on every language section", language[:20]
            ) from None
        listed = sorted(_terms(section), key=lambda term: not term[1] & _PREFERRED)
        good = tuple(words for words, notes in listed if not notes & _REFUSED)
        bad = tuple(words for words, notes in listed if notes & _REFUSED)
        terms |= {code: (*terms.get(code, ()), *good)} if good else {}
        refused |= {code: (*refused.get(code, ()), *bad)} if bad else {}
    definitions = (e for e in entry.iter() if e.get("type") == "definition")
    definition = next((" ".join("".join(_texts(e)).split()) for e in definitions), "")
    return Concept(
        id=entry.get("id") or f"entry-{number}", terms=terms, refused=refused, definition=definition
    )


def _terms(section: _Element) -> Iterator[tuple[str, frozenset[str]]]:
    """Each term of a language section, with the values of its notes."""
    for group in section.iter():
        for term in group:
            if _local(term) == "term":
                words = " ".join("".join(_texts(term)).split())
                notes = frozenset("".join(_texts(e)).strip() for e in group if e is not term)
                if words:
                    yield words, notes


def _texts(element: _Element) -> Iterator[str]:
    return (str(part) for part in element.itertext())


def write_tbx(glossary: Glossary) -> bytes:
    """The glossary as TBX-Core of ISO 30042:2019."""
    body = made(_name("body"))
    for concept in glossary.concepts:
        entry = made(_name("conceptEntry"), {"id": concept.id})
        if concept.definition:
            entry.append(made(_name("descrip"), {"type": "definition"}, _clean(concept.definition)))
        for code in sorted({*concept.terms, *concept.refused}):
            section = made(_name("langSec"), {_LANG: code})
            for place, term in enumerate(concept.terms.get(code, ())):
                status = "admittedTerm-admn-sts" if place else "preferredTerm-admn-sts"
                section.append(_term(term, status))
            for term in concept.refused.get(code, ()):
                section.append(_term(term, "deprecatedTerm-admn-sts"))
            entry.append(section)
        body.append(entry)
    source = made(_name("sourceDesc"), {}, made(_name("p"), {}, "sdg-connector"))
    header = made(_name("tbxHeader"), {}, made(_name("fileDesc"), {}, source))
    attributes = {"type": "TBX-Basic", "style": "dca", _LANG: "en"}
    root = etree.Element(_name("tbx"), attributes, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    root.append(header)
    root.append(made(_name("text"), {}, body))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def _clean(text: str) -> str:
    return NOT_XML.sub(" ", text)


def _term(words: str, status: str) -> _Element:
    term = made(_name("term"), {}, _clean(words))
    note = made(_name("termNote"), {"type": "administrativeStatus"}, status)
    return made(_name("termSec"), {}, term, note)
