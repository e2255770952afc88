"""Products of the Dutch SDG register (``/api/v1/producten`` of sdg-invoervoorziening).

Its texts are Markdown in Dutch and English; products are named by the uniform product names of the
government (UPN), which `Common.codes` may lead to codes of the annexes.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from procedures.importing.imported import (
    Common,
    Imported,
    listed,
    made,
    opened_json,
    records,
    refused,
)
from procedures.importing.plain_text import from_markdown, one_by_one, together
from procedures.importing.worded_terms import single_amount, single_length
from procedures.model import WebAddress

_AUDIENCE: Final = {"eu-burger": "citizens", "eu-bedrijf": "businesses"}
_MEANS: Final = (
    (re.compile(r"\beIDAS\b|Europees erkend", re.IGNORECASE), "notified-eid"),
    (re.compile(r"\bDigiD\b|\beHerkenning\b", re.IGNORECASE), "national-eid"),
)
_METHODS: Final = (
    (re.compile(r"\biDEAL\b|online betalen", re.IGNORECASE), "internet-bank"),
    (re.compile(r"credit ?card|pinpas|\bpinnen\b|debit card", re.IGNORECASE), "card"),
    (re.compile(r"automatische incasso|direct debit", re.IGNORECASE), "direct-debit"),
    (re.compile(r"\bfactuur\b|\binvoice\b", re.IGNORECASE), "invoice"),
    (re.compile(r"overschrijving|bank transfer", re.IGNORECASE), "credit-transfer"),
    (re.compile(r"\bcontant\b|\bin cash\b", re.IGNORECASE), "cash"),
)
_TACIT: Final = re.compile(
    r"[^.!?]*(?:van rechtswege|automatisch (?:verleend|toegekend)|lex silencio)[^.!?]*",
    re.IGNORECASE,
)
"""The sentence that says what silence means."""
_NOT: Final = re.compile(r"\b(?:geen|niet)\b", re.IGNORECASE)
_KNOWN: Final = frozenset(
    {
        "url", "uuid", "upnLabel", "upnUri", "publicatieDatum", "organisatie", "productAanwezig",
        "productAanwezigToelichting", "locaties", "doelgroep", "vertalingen",
    }
)  # fmt: skip
_TEXTS: Final = (
    "productTitelDecentraal", "specifiekeTekst", "bewijs", "bezwaarEnBeroep",
    "decentraleProcedureLink", "kostenEnBetaalmethoden", "procedureBeschrijving", "uitersteTermijn",
    "vereisten", "wtdBijGeenReactie",
)  # fmt: skip


def read_netherlands(data: bytes, *, common: Common | None = None) -> tuple[Imported, ...]:
    """Every product of an answer of the register: a page of results, a list or one product.

    Raises `RegisterRefused` when the file holds no product.
    """
    tree = opened_json(data)
    if isinstance(tree, dict) and isinstance(tree.get("results"), list):
        tree = tree["results"]
    products = tree if isinstance(tree, list) else [tree]
    if not products or not all(isinstance(one, dict) and "vertalingen" in one for one in products):
        raise refused("expected products of the register, each with vertalingen")
    return tuple(_Product(one, common or Common()).imported() for one in products)


class _Product:
    """One product while it is read."""

    def __init__(self, tree: Mapping[str, Any], common: Common) -> None:
        self.tree = tree
        self.common = common
        self.left: list[str] = []
        self.translations = records(tree.get("vertalingen"))

    def imported(self) -> Imported:
        tree = self.tree
        name = _text(tree.get("upnLabel")) or _text(tree.get("uuid")) or "a product"
        if tree.get("productAanwezig") is False:
            why = " ".join(from_markdown(_text(tree.get("productAanwezigToelichting"))))
            said = f"productAanwezig: the organisation does not offer it. {why}".strip()
            return Imported(subject=name, description=None, mistakes=(), left=(said,))
        fields = {
            "kind": "procedure",
            "identifier": f"nl/{_text(tree['uuid'])}" if _text(tree.get("uuid")) else None,
            "language": "nl",
            "country": "NL",
            "title": self._title(),
            "summary": together(self._blocks("specifiekeTekst")),
            "authority": self._authority(),
            "audience": [_AUDIENCE[who]]
            if (who := _text(tree.get("doelgroep"))) in _AUDIENCE
            else [],
            "keywords": [{"nl": name}] if _text(tree.get("upnLabel")) else [],
            "steps": [{"text": one} for one in one_by_one(self._blocks("procedureBeschrijving"))],
            "evidence": [{"title": one, "forms": []} for one in one_by_one(self._blocks("bewijs"))],
            "redress": self._whole("bezwaarEnBeroep"),
            "fees": self._fees(),
            "deadlines": self._deadlines(),
            "means": self._means(),
            "silence": self._silence(),
            "services": self._services(),
            "acts": self._links(),
            "published": _day(tree.get("publicatieDatum")),
            "updated": max(self._changes(), default=None),
        }
        self.left += self._rest()
        keys = [_text(tree.get(key)) for key in ("upnUri", "upnLabel", "uuid")]
        return made(name, fields, left=self.left, common=self.common, keys=keys)

    def _title(self) -> dict[str, str]:
        own = together(self._blocks("productTitelDecentraal"))
        label = _text(self.tree.get("upnLabel"))
        return own or ({"nl": label[:1].upper() + label[1:]} if label else {})

    def _blocks(self, field: str) -> dict[str, tuple[str, ...]]:
        """A text of the product, by language, in blocks."""
        return {
            str(one.get("taal")): from_markdown(_text(one.get(field)))
            for one in self.translations
            if _text(one.get(field)).strip()
        }

    def _whole(self, field: str) -> list[dict[str, Any]]:
        text = together(self._blocks(field))
        return [{"text": text}] if text else []

    def _fees(self) -> list[dict[str, Any]]:
        text = together(self._blocks("kostenEnBetaalmethoden"))
        if not text:
            return []
        amount = single_amount(text.values())
        if amount is None:
            said = next(iter(text.values()))
            self.left.append(f"kostenEnBetaalmethoden: no single amount in: {said}")
            return []
        words = " ".join(text.values())
        methods = [method for pattern, method in _METHODS if pattern.search(words)]
        return [{"amount": str(amount), "title": text, "methods": methods}]

    def _deadlines(self) -> list[dict[str, Any]]:
        text = together(self._blocks("uitersteTermijn"))
        if not text:
            return []
        deadline: dict[str, Any] = {"whose": "authority", "text": text, "certainty": "indicative"}
        length = single_length(text.values())
        if length is not None:
            deadline |= {"length": length[0], "working_days": length[1]}
        return [deadline]

    def _means(self) -> list[dict[str, Any]]:
        text = together(self._blocks("vereisten"))
        words = " ".join(text.values())
        found = [kind for pattern, kind in _MEANS if pattern.search(words)]
        if text and not found:
            self.left.append(f"vereisten: names no known means: {next(iter(text.values()))}")
        return [{"kind": kind, "name": text} for kind in found]

    def _silence(self) -> dict[str, Any] | None:
        text = together(self._blocks("wtdBijGeenReactie"))
        if not text:
            return None
        said = _TACIT.search(" ".join(text.values()))
        if said is None:
            shown = next(iter(text.values()))
            self.left.append(f"wtdBijGeenReactie: does not say whether silence approves: {shown}")
            return None
        return {"tacit_approval": _NOT.search(said[0]) is None, "text": text}

    def _services(self) -> list[dict[str, Any]]:
        """The page where the procedure is carried out, once for each address."""
        found: dict[str, dict[str, str]] = {}
        titles = self._title()
        for one in self.translations:
            address = _text(one.get("decentraleProcedureLink")).strip()
            if not address:
                continue
            if not WebAddress.accepts(address):
                self.left.append(f"decentraleProcedureLink: no web address: {address}")
                continue
            language = str(one.get("taal"))
            title = titles.get(language) or next(iter(titles.values()), address)
            found.setdefault(address, {})[language] = title
        return [{"title": title, "page": address} for address, title in found.items()]

    def _links(self) -> list[dict[str, Any]]:
        found: dict[str, dict[str, str]] = {}
        for one in self.translations:
            for link in listed(one.get("verwijzingLinks")):
                label, address = _link(link)
                if not label or not WebAddress.accepts(address):
                    self.left.append(f"verwijzingLinks: no label and web address: {link}")
                    continue
                found.setdefault(address, {})[str(one.get("taal"))] = label
        return [{"title": title, "page": address} for address, title in found.items()]

    def _authority(self) -> dict[str, Any] | None:
        held = self.tree.get("organisatie")
        name = _text(held.get("owmsPrefLabel")) if isinstance(held, dict) else ""
        if not name or not isinstance(held, dict):
            return None
        return {
            "name": {"nl": name},
            "registration": _text(held.get("owmsIdentifier")),
            "contacts": [_place(one) for one in records(self.tree.get("locaties"))],
        }

    def _changes(self) -> Iterator[str]:
        for one in self.translations:
            day = _day(one.get("datumWijziging"))
            if day is not None:
                yield day

    def _rest(self) -> Iterator[str]:
        for name, value in self.tree.items():
            if name not in _KNOWN and value not in (None, "", []):
                yield f"{name}: {_shown(value)}"
        known = {*_TEXTS, "taal", "verwijzingLinks", "datumWijziging"}
        for one in self.translations:
            for name, value in one.items():
                if name not in known and value not in (None, "", []):
                    yield f"vertalingen.{one.get('taal')}.{name}: {_shown(value)}"


def _place(tree: Mapping[str, Any]) -> dict[str, Any]:
    street = f"{_text(tree.get('straat'))} {_text(tree.get('nummer'))}".strip()
    town = f"{_text(tree.get('postcode'))} {_text(tree.get('plaats'))}".strip()
    hours = tree.get("openingstijden")
    opened = (
        "; ".join(
            f"{day}: {', '.join(map(str, times))}" for day, times in hours.items() if listed(times)
        )
        if isinstance(hours, dict)
        else ""
    )
    note = _text(tree.get("openingstijdenOpmerking"))
    told = ". ".join(one for one in (opened, note) if one)
    contact: dict[str, Any] = {
        "kind": "authority",
        "address": ", ".join(one for one in (street, town, _text(tree.get("land"))) if one),
    }
    if tree.get("naam"):
        contact["name"] = {"nl": _text(tree["naam"])}
    if told:
        contact["hours"] = {"nl": told}
    return contact


def _link(link: Any) -> tuple[str, str]:
    """A link is an object in the interface, and a list of label and address in older answers."""
    if isinstance(link, dict):
        return _text(link.get("label")), _text(link.get("url"))
    if isinstance(link, list) and len(link) >= 2:
        return _text(link[0]), _text(link[1])
    return "", ""


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _day(value: Any) -> str | None:
    text = _text(value)
    return text[:10] or None


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"
