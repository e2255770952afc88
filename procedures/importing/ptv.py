"""Services of Finland's service register (Palvelutietovaranto, open API version 11).

The register keeps a service apart from its channels (e-service, phone, place, form, web page) and
from the general description that it may rest on; all the files of an answer are read together. It
has no codes of the Gateway: `Common.codes` leads from its identifiers to them.
(https://api.palvelutietovaranto.suomi.fi/swagger/)
"""

from collections.abc import Iterable, Iterator, Mapping
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
from procedures.importing.ptv_channels import Channels
from procedures.importing.ptv_texts import by_language, named, texts_of, whole_texts
from procedures.importing.worded_terms import single_amount, single_length

_FREE: Final = frozenset({"FreeOfCharge", "Free"})
_AUDIENCE: Final = {"KR1": "citizens", "KR2": "businesses"}
_KNOWN: Final = frozenset(
    {
        "id", "type", "serviceNames", "serviceDescriptions", "languages", "keywords", "legislation",
        "targetGroups", "lifeEvents", "requirements", "serviceChannels", "organizations",
        "modified", "publishingStatus", "serviceChargeType", "areaType", "areas",
    }
)  # fmt: skip
_CLASSES: Final = ("serviceClasses", "ontologyTerms", "industrialClasses")
_APART: Final = frozenset({*_CLASSES, "generalDescriptionId"})
_DESCRIPTIONS: Final = frozenset(
    {
        "Summary", "Description", "UserInstruction", "ProcessingTime", "DeadLine",
        "ChargeTypeAdditionalInfo",
    }
)  # fmt: skip


def read_ptv(files: Iterable[bytes], *, common: Common | None = None) -> tuple[Imported, ...]:
    """Every service in answers of the register: services, channels and general descriptions.

    Each file is one object, a list of them, or a page with ``itemList``. Raises `RegisterRefused`
    when a file is no such answer, or none of them holds a service.
    """
    services: list[dict[str, Any]] = []
    channels, general = Channels(), {}
    for data in files:
        for one in _objects(opened_json(data)):
            if "serviceNames" in one:
                services.append(one)
            elif "serviceChannelType" in one:
                channels.add(one)
            elif "descriptions" in one and "names" in one:
                general[str(one.get("id"))] = one
            else:
                raise refused("expected services, channels or general descriptions of the register")
    if not services:
        raise refused("expected a service, found none")
    held = common or Common()
    return tuple(
        _Service(one, channels, general.get(str(one.get("generalDescriptionId"))), held).imported()
        for one in services
    )


def _objects(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict) and isinstance(tree.get("itemList"), list):
        tree = tree["itemList"]
    for one in tree if isinstance(tree, list) else [tree]:
        if not isinstance(one, dict):
            raise refused("expected objects of the register")
        yield one


class _Service:
    """One service while it is read."""

    def __init__(
        self,
        tree: Mapping[str, Any],
        channels: Channels,
        general: Mapping[str, Any] | None,
        common: Common,
    ) -> None:
        self.tree = tree
        self.channels = channels
        self.general = general
        self.common = common
        self.left: list[str] = []

    def imported(self) -> Imported:
        tree = self.tree
        identifier = str(tree.get("id") or "")
        names = named(tree.get("serviceNames"), "Name")
        subject = next(iter(names.values()), identifier) or "a service"
        if tree.get("publishingStatus") not in (None, "Published"):
            said = f"publishingStatus: {tree['publishingStatus']}, so nobody is shown it"
            return Imported(subject=subject, description=None, mistakes=(), left=(said,))
        reached = self.channels.of(tree.get("serviceChannels"), self.left)
        summary = [*self._lines("Summary"), *self._lines("Description")]
        fields = {
            "kind": "procedure",
            "identifier": f"fi/{identifier}" if identifier else None,
            "language": next(iter(names), "fi"),
            "country": "FI",
            "title": names,
            "summary": whole_texts(summary),
            "authority": self._authority(),
            "steps": [{"text": one} for one in self._steps()],
            "fees": self._fees(),
            "deadlines": [*self._deadlines()],
            "languages": [str(one) for one in listed(tree.get("languages"))],
            "audience": [*self._audience()],
            "territory": [*self._territory()],
            "life_events": [*self._names("lifeEvents")],
            "keywords": [{key: one} for key, one in _pairs(tree.get("keywords"))],
            "acts": [*self._acts()],
            "contacts": reached.contacts,
            "channels": reached.kinds,
            "services": reached.services,
            "updated": str(tree.get("modified") or "")[:10],
        }
        self.left += self._rest()
        keys = [identifier, str(tree.get("generalDescriptionId") or "")]
        return made(subject, fields, left=self.left, common=self.common, keys=keys)

    def _lines(self, kind: str) -> list[dict[str, tuple[str, ...]]]:
        """The texts of a kind: the general description's, then the service's own."""
        held = [] if self.general is None else [texts_of(self.general.get("descriptions"), kind)]
        held.append(texts_of(self.tree.get("serviceDescriptions"), kind))
        return [one for one in held if one]

    def _text(self, kind: str) -> dict[str, str]:
        return whole_texts(self._lines(kind))

    def _steps(self) -> list[dict[str, str]]:
        """The conditions come first: whoever does not meet them needs none of the steps."""
        held = [] if self.general is None else [by_language(self.general.get("requirements"))]
        held.append(by_language(self.tree.get("requirements")))
        conditions = whole_texts(held)
        instruction = self._text("UserInstruction")
        return [one for one in (conditions, instruction) if one]

    def _fees(self) -> list[dict[str, Any]]:
        text = self._text("ChargeTypeAdditionalInfo")
        kind = str(self.tree.get("serviceChargeType") or "")
        if not kind and self.general is not None:
            kind = str(self.general.get("serviceChargeType") or "")
        amount = single_amount(text.values())
        if kind in _FREE and amount is None:
            return [{"amount": "0", **({"basis": text} if text else {})}]
        if amount is not None:
            return [{"amount": str(amount), "title": text}]
        if text:
            self.left.append(
                f"ChargeTypeAdditionalInfo: no single amount in: {next(iter(text.values()))}"
            )
        elif kind:
            self.left.append(f"serviceChargeType: {kind}, without an amount")
        return []

    def _deadlines(self) -> Iterator[dict[str, Any]]:
        for kind, whose, certainty in (
            ("ProcessingTime", "authority", "estimated"),
            ("DeadLine", "user", "statutory"),
        ):
            text = self._text(kind)
            if not text:
                continue
            deadline: dict[str, Any] = {"whose": whose, "text": text, "certainty": certainty}
            length = single_length(text.values())
            if length is not None:
                deadline |= {"length": length[0], "working_days": length[1]}
            yield deadline

    def _authority(self) -> dict[str, Any] | None:
        for one in records(self.tree.get("organizations")):
            if one.get("roleType") == "Responsible" and isinstance(one.get("organization"), dict):
                name = str(one["organization"].get("name") or "")
                registration = str(one["organization"].get("id") or "")
                return {"name": {"fi": name}, "registration": registration} if name else None
        return None

    def _audience(self) -> Iterator[str]:
        codes = [str(one.get("code") or "") for one in records(self.tree.get("targetGroups"))]
        yield from dict.fromkeys(
            who for code in codes for key, who in _AUDIENCE.items() if code.startswith(key)
        )
        for code in codes:
            if not code.startswith(tuple(_AUDIENCE)):
                self.left.append(f"targetGroups: {code}")

    def _territory(self) -> Iterator[str]:
        if self.tree.get("areaType") == "NationwideExceptAlandIslands":
            self.left.append("areaType: everywhere except the Åland Islands")
        for area in records(self.tree.get("areas")):
            towns = records(area.get("municipalities")) or ([area] if area.get("code") else [])
            if area.get("type") not in (None, "Municipality") and not area.get("municipalities"):
                self.left.append(f"areas: {area.get('type')} {area.get('code')}")
                continue
            yield from (f"FI_{one['code']}" for one in towns if one.get("code"))

    def _names(self, field: str) -> Iterator[str]:
        for one in records(self.tree.get(field)):
            names = by_language(one.get("name"))
            first = next(iter(names.values()), ())
            if first:
                yield first[0]

    def _acts(self) -> Iterator[dict[str, Any]]:
        general = [] if self.general is None else records(self.general.get("legislation"))
        for one in (*general, *records(self.tree.get("legislation"))):
            title = whole_texts([by_language(one.get("names"))])
            pages = [str(page["url"]) for page in records(one.get("webPages")) if page.get("url")]
            if title:
                yield {"title": title, **({"page": pages[0]} if pages else {})}
            self.left += [f"legislation: another page: {page}" for page in pages[1:]]

    def _rest(self) -> Iterator[str]:
        for name in _CLASSES:
            held = ", ".join(self._names(name))
            if held:
                yield f"{name}: {held}"
        for name, value in self.tree.items():
            if name == "generalDescriptionId" and value and self.general is None:
                yield f"generalDescriptionId: the general description {value} is in no file"
            elif name not in _KNOWN | _APART and value not in (None, "", [], False):
                yield f"{name}: {value}"
        for one in records(self.tree.get("serviceNames")):
            if one.get("type") not in (None, "Name"):
                yield f"serviceNames: {one.get('type')} ({one.get('language')}): {one.get('value')}"
        for one in records(self.tree.get("serviceDescriptions")):
            if one.get("type") not in _DESCRIPTIONS and one.get("value"):
                kind = f"{one.get('type')} ({one.get('language')})"
                yield f"serviceDescriptions: {kind}: {one['value']}"


def _pairs(items: Any) -> Iterator[tuple[str, str]]:
    for one in records(items):
        if one.get("value"):
            yield str(one.get("language") or "fi"), str(one["value"])
