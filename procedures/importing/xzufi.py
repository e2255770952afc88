"""Services of German registers in XZuFi 2.1 to 2.3, the exchange format of the federal service
catalogue (LeiKa, FIM, PVOG).

A message holds services (``leistung``), organisations that are competent for them and online
services; texts are modules with a code of the LeiKa list and may be HTML. XZuFi names no code of
the Gateway that has a published counterpart: `Common.codes` leads from LeiKa keys to them.
(https://www.xrepository.de/details/urn:xoev-de:fim:standard:xzufi)
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from lxml import etree

from procedures.importing.imported import MAX_BYTES, Common, Imported, made, refused
from procedures.importing.plain_text import one_by_one, together
from procedures.importing.worded_terms import single_amount, single_length
from procedures.importing.xzufi_parts import (
    Organisations,
    blocks_in,
    child,
    children,
    codes_in,
    day_in,
    local,
    text_in,
)
from procedures.model import WebAddress
from xmltrust.errors import XmlRefused
from xmltrust.parse import Limits, parse

_SPACE: Final = re.compile(r"http://xoev\.de/schemata/xzufi/2_[123]_\d+")
_LIMITS: Final = Limits(
    max_bytes=MAX_BYTES, max_depth=64, max_elements=2_000_000, max_attributes=2_000_000
)
_NAME, _SHORT, _FULL, _ACTS, _DOCUMENTS = "02", "05", "06", "07", "08"
_CONDITIONS, _PROCEDURE, _TEASER, _REDRESS = "09", "11", "24", "25"
_MODULES: Final = {
    "03": "Leistungsname", "14": "Formulare", "15": "weiterführende Informationen",
    "16": "Hinweise", "18": "Urheber", "22": "zuständige Stelle", "23": "Ansprechpunkt",
}  # fmt: skip
"""Codes of the LeiKa list of text modules for which a description has no field."""
_TAKEN: Final = frozenset(
    {
        "id", "modulText", "modulFrist", "modulKosten", "modulBearbeitungsdauer",
        "modulBegriffImKontext", "modulFachlicheFreigabe", "modulUrsprungsportal", "kategorie",
        "sprachversion", "versionsinformation", "referenzLeiKa",
    }
)  # fmt: skip


def read_xzufi(data: bytes, *, common: Common | None = None) -> tuple[Imported, ...]:
    """Every service of a message.

    Raises `RegisterRefused` when the bytes are no XML that may be read, or no XZuFi message with a
    service.
    """
    try:
        root = parse(data, limits=_LIMITS, comments_allowed=True)
    except XmlRefused as error:
        raise refused(str(error)) from None
    space = etree.QName(root).namespace or ""
    if not _SPACE.fullmatch(space):
        raise refused(f"expected XZuFi 2.1 to 2.3, found the namespace {space or 'none'}")
    found = [one for one in root.iter(f"{{{space}}}leistung") if children(one, "modulText")]
    if not found:
        raise refused("expected a leistung with texts, found none")
    organisations = Organisations.of(root)
    held = common or Common()
    return tuple(_Service(one, organisations, held).imported() for one in found)


class _Service:
    """One service while it is read."""

    def __init__(
        self, element: etree._Element, organisations: Organisations, common: Common
    ) -> None:
        self.element = element
        self.organisations = organisations
        self.common = common
        self.left: list[str] = []
        self.modules: dict[str, list[etree._Element]] = {}
        for module in children(element, "modulText"):
            code = next(codes_in(child(module, "leikaTextmodul")), "")
            self.modules.setdefault(code, []).append(module)

    def imported(self) -> Imported:
        title = together(self._blocks(_NAME))
        identifier = text_in(child(self.element, "id"))
        subject = next(iter(title.values()), identifier) or "a service"
        leika = [*codes_in(child(self.element, "referenzLeiKa"))]
        if leika and not any(key in self.common.codes for key in leika):
            self.left.append(f"referenzLeiKa: {', '.join(leika)}")
        links = [*self._links(self.modules.get(_ACTS, ()))]
        fields = {
            "kind": "procedure",
            "identifier": f"de/{identifier}" if identifier else None,
            "language": next(iter(title), "de"),
            "country": "DE",
            "title": title,
            "summary": self._summary(),
            "authority": self.organisations.authority_of(identifier, self.left),
            "steps": [{"text": one} for one in self._steps()],
            "evidence": [
                {"title": one, "forms": []} for one in one_by_one(self._blocks(_DOCUMENTS))
            ],
            "redress": [{"text": text} for text in [together(self._blocks(_REDRESS))] if text],
            "fees": [*self._fees()],
            "deadlines": [*self._deadlines()],
            "acts": [*({"title": one} for one in one_by_one(self._blocks(_ACTS))), *links],
            "keywords": [{language: word} for language, word in self._keywords()],
            "pages": [*self._pages()],
            "services": self.organisations.online_of(identifier),
            **self._days(),
        }
        self._rest()
        return made(subject, fields, left=self.left, common=self.common, keys=[identifier, *leika])

    def _blocks(self, code: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for module in self.modules.get(code, ()):
            for language, blocks in blocks_in(module, "inhalt").items():
                found[language] = (*found.get(language, ()), *blocks)
        return found

    def _summary(self) -> dict[str, str]:
        """The teaser or short text, then the full text, none of them twice."""
        found: dict[str, list[str]] = {}
        for code in (_TEASER, _SHORT, _FULL):
            for language, blocks in self._blocks(code).items():
                held = found.setdefault(language, [])
                held += [one for one in blocks if one not in held]
        return {language: "\n".join(blocks) for language, blocks in found.items() if blocks}

    def _steps(self) -> Iterator[dict[str, str]]:
        """The conditions come first: whoever does not meet them needs none of the steps."""
        conditions = together(self._blocks(_CONDITIONS))
        if conditions:
            yield conditions
        yield from one_by_one(self._blocks(_PROCEDURE))

    def _fees(self) -> Iterator[dict[str, Any]]:
        for module in children(self.element, "modulKosten"):
            text = together(blocks_in(module, "beschreibung"))
            amounts = {one.text for one in module.iter() if local(one) == "betrag" and one.text}
            amount = single_amount(text.values()) if not amounts else None
            if len(amounts) == 1 and re.fullmatch(r"\d+(\.\d+)?", next(iter(amounts)).strip()):
                amounts_text = next(iter(amounts)).strip()
                yield {"amount": amounts_text, **({"title": text} if text else {})}
            elif amount is not None:
                yield {"amount": str(amount), "title": text}
            elif text or amounts:
                said = next(iter(text.values()), ", ".join(sorted(filter(None, amounts))))
                self.left.append(f"modulKosten: no single amount in: {said}")

    def _deadlines(self) -> Iterator[dict[str, Any]]:
        for name, whose, certainty in (
            ("modulBearbeitungsdauer", "authority", "estimated"),
            ("modulFrist", "user", "statutory"),
        ):
            for module in children(self.element, name):
                text = together(blocks_in(module, "beschreibung"))
                if not text:
                    values = [one.text for one in module.iter() if one.text and one.text.strip()]
                    if values:
                        self.left.append(f"{name}: {' '.join(map(str.strip, values))}")
                    continue
                deadline: dict[str, Any] = {"whose": whose, "text": text, "certainty": certainty}
                length = single_length(text.values())
                if length is not None:
                    deadline |= {"length": length[0], "working_days": length[1]}
                yield deadline

    def _links(self, modules: Iterable[etree._Element]) -> Iterator[dict[str, Any]]:
        for module in modules:
            for link in children(module, "weiterfuehrenderLink"):
                address, title = text_in(child(link, "uri")), text_in(child(link, "titel"))
                if not WebAddress.accepts(address):
                    self.left.append(f"weiterfuehrenderLink: no web address: {address}")
                    continue
                yield {"title": {"de": title or address}, "page": address}

    def _keywords(self) -> Iterator[tuple[str, str]]:
        seen: set[tuple[str, str]] = set()
        for parent, name in (("modulBegriffImKontext", "begriff"), ("kategorie", "bezeichnung")):
            for module in children(self.element, parent):
                for one in module.iter():
                    if local(one) != name:
                        continue
                    for language, blocks in blocks_in(one, None).items():
                        word = (language, " ".join(blocks))
                        if blocks and word not in seen:
                            seen.add(word)
                            yield word

    def _pages(self) -> Iterator[dict[str, str]]:
        seen: set[str] = set()
        for module in children(self.element, "modulUrsprungsportal"):
            address = text_in(child(module, "uri"))
            language = (module.get("languageCode") or "de")[:2].lower()
            if WebAddress.accepts(address) and language not in seen:
                seen.add(language)
                yield {"language": language, "address": address}
            elif address:
                self.left.append(f"modulUrsprungsportal: {address}")

    def _days(self) -> dict[str, str | None]:
        version = child(self.element, "versionsinformation")
        approval = child(self.element, "modulFachlicheFreigabe")
        return {
            "published": day_in(version, "erstelltDatumZeit"),
            "updated": day_in(version, "geaendertDatumZeit"),
            "reviewed": day_in(approval, "fachlichFreigegebenAm"),
        }

    def _rest(self) -> None:
        """Report what has no field of its own, with its words."""
        taken = {_NAME, _SHORT, _FULL, _ACTS, _DOCUMENTS, _CONDITIONS, _PROCEDURE, _TEASER}
        for code, modules in self.modules.items():
            if code not in taken | {_REDRESS}:
                for language, text in together(self._blocks(code)).items():
                    name = _MODULES.get(code, "unknown")
                    self.left.append(f"modulText {code} ({name}, {language}): {text}")
            if code != _ACTS:
                for link in self._links(modules):
                    said = f"{link['title']['de']} {link['page']}"
                    self.left.append(f"modulText {code}: link: {said}")
        for one in self.element:
            if isinstance(one.tag, str) and local(one) not in _TAKEN:
                words = " ".join("".join(map(str, one.itertext())).split())
                if words:
                    self.left.append(f"{local(one)}: {words[:200]}")
