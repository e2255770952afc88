"""The parts of an XZuFi message: texts by language, codes, organisations, online services."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from procedures.importing.plain_text import from_html, together
from procedures.model import Email, WebAddress

_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_PHONE: Final = re.compile(r"\+?[\d\s()/.-]{5,30}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(parent: etree._Element | None, name: str) -> list[etree._Element]:
    """The children of that name, in whatever namespace: codes stand in none."""
    return [] if parent is None else [one for one in parent if local(one) == name]


def child(parent: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that name."""
    return next(iter(children(parent, name)), None)


def text_in(element: etree._Element | None) -> str:
    """The words of an element; empty when there is none."""
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())


def codes_in(element: etree._Element | None) -> Iterator[str]:
    """The codes inside an element."""
    if element is not None:
        yield from (text_in(one) for one in element.iter() if local(one) == "code" and one.text)


def day_in(parent: etree._Element | None, name: str) -> str | None:
    """The day of a moment."""
    found = _DAY.match(text_in(child(parent, name)))
    return found[0] if found else None


def blocks_in(parent: etree._Element, name: str | None) -> dict[str, tuple[str, ...]]:
    """The texts of the children of that name, or of the element itself, by language."""
    found: dict[str, tuple[str, ...]] = {}
    for one in [parent] if name is None else children(parent, name):
        language = (one.get("languageCode") or "de").strip().lower()[:2]
        blocks = from_html("".join(map(str, one.itertext())))
        if blocks and _LANGUAGE.fullmatch(language):
            found[language] = (*found.get(language, ()), *blocks)
    return found


@dataclass(slots=True)
class Organisations:
    """Who is competent for which service, and where it is done online."""

    competent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    online: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: etree._Element) -> "Organisations":
        """Collect the organisations and online services of a message."""
        found = cls()
        for one in root.iter():
            if local(one) == "organisationseinheit":
                authority = _authority(one)
                for key in _services_of(one):
                    found.competent.setdefault(key, []).append(authority)
            elif local(one) == "onlinedienst":
                for service in _online(one):
                    for key in _services_of(one):
                        found.online.setdefault(key, []).append(service)
        return found

    def authority_of(self, service: str, left: list[str]) -> dict[str, Any] | None:
        """The first competent organisation; others are reported in ``left``."""
        found = self.competent.get(service, [])
        left += [f"organisationseinheit: also {one['name']}" for one in found[1:]]
        return found[0] if found else None

    def online_of(self, service: str) -> list[dict[str, Any]]:
        """The online services that carry it out."""
        return self.online.get(service, [])


def _services_of(element: etree._Element) -> list[str]:
    return list(dict.fromkeys(text_in(one) for one in element.iter() if local(one) == "leistungID"))


def _authority(element: etree._Element) -> dict[str, Any]:
    name = child(element, "name")
    texts = {} if name is None else blocks_in(name, "name") or blocks_in(name, None)
    contact: dict[str, str] = {"kind": "authority"}
    for one in element.iter():
        if local(one) == "kennung":
            value = text_in(one)
            if Email.accepts(value):
                contact.setdefault("email", value)
            elif WebAddress.accepts(value):
                contact.setdefault("page", value)
            elif _PHONE.fullmatch(value):
                contact.setdefault("phone", value)
    address = child(element, "anschrift")
    if address is not None:
        street = f"{text_in(child(address, 'strasse'))} {text_in(child(address, 'hausnummer'))}"
        town = f"{text_in(child(address, 'postleitzahl'))} {text_in(child(address, 'ort'))}"
        contact["address"] = ", ".join(one.strip() for one in (street, town) if one.strip())
    return {
        "name": together(texts),
        "registration": text_in(child(element, "id")),
        **({"contacts": [contact]} if len(contact) > 1 else {}),
    }


def _online(element: etree._Element) -> Iterator[dict[str, Any]]:
    titles: dict[str, tuple[str, ...]] = blocks_in(element, "bezeichnung")
    for link in children(element, "link"):
        address = text_in(child(link, "link"))
        if WebAddress.accepts(address) and titles:
            yield {"title": together(titles), "page": address}
