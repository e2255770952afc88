"""The channels of Finland's service register: how a service is reached, and where it is done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from procedures.importing.imported import records
from procedures.importing.ptv_texts import by_language, named, whole_texts
from procedures.model import WebAddress

_KINDS: Final = {
    "EChannel": "online",
    "WebPage": "online",
    "Phone": "phone",
    "ServiceLocation": "in-person",
    "PrintableForm": "post",
}


@dataclass(slots=True)
class Reached:
    """How one service is reached."""

    kinds: list[str] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Channels:
    """The channels of all the files, by their identifier."""

    held: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def add(self, channel: Mapping[str, Any]) -> None:
        """Take in one channel."""
        self.held[str(channel.get("id"))] = channel

    def of(self, relations: Any, left: list[str]) -> Reached:
        """What a service's relations lead to; what is in no file is reported in ``left``."""
        reached = Reached()
        for one in records(relations):
            known = one.get("serviceChannel")
            named_in_service = known if isinstance(known, dict) else {}
            identifier = str(named_in_service.get("id"))
            channel = self.held.get(identifier)
            if channel is None:
                left.append(
                    f"serviceChannels: {named_in_service.get('name') or identifier} is in no file"
                )
                continue
            _reach(reached, channel, left)
        reached.kinds = list(dict.fromkeys(reached.kinds))
        return reached


def _reach(reached: Reached, channel: Mapping[str, Any], left: list[str]) -> None:
    kind = str(channel.get("serviceChannelType"))
    names = named(channel.get("serviceChannelNames"), "Name")
    if kind not in _KINDS:
        left.append(f"serviceChannels: {kind}: {next(iter(names.values()), '')}")
        return
    reached.kinds.append(_KINDS[kind])
    pages = [*_pages(channel)]
    if kind == "EChannel" and pages and names:
        reached.services.append({"title": names, "page": pages[0]})
    else:
        contact = _contact(channel, names, pages)
        if len(contact) > 1:
            reached.contacts.append(contact)
    first = 0 if kind == "PrintableForm" and "page" not in _contact(channel, names, pages) else 1
    left += [f"serviceChannels: another page: {page}" for page in pages[first:]]
    left += [*_rest(channel)]


def _contact(
    channel: Mapping[str, Any], names: Mapping[str, str], pages: list[str]
) -> dict[str, Any]:
    contact: dict[str, Any] = {"name": names}
    numbers = [*_numbers(channel)]
    if numbers:
        contact["phone"] = numbers[0]
    emails = [
        str(one["value"])
        for one in (*records(channel.get("emails")), *records(channel.get("supportEmails")))
        if one.get("value")
    ]
    if emails:
        contact["email"] = emails[0]
    address = next(_addresses(channel), "")
    if address:
        contact["address"] = address
    if pages:
        contact["page"] = pages[0]
    others = [*numbers[1:], *emails[1:], *[*_addresses(channel)][1:]]
    if others:
        contact["other"] = {next(iter(names), "fi"): "; ".join(others)}
    return contact


def _pages(channel: Mapping[str, Any]) -> Iterator[str]:
    held = [*records(channel.get("webPages")), *records(channel.get("channelUrls"))]
    seen: set[str] = set()
    for one in held:
        address = str(one.get("url") or one.get("value") or "")
        if address not in seen and WebAddress.accepts(address):
            seen.add(address)
            yield address


def _numbers(channel: Mapping[str, Any]) -> Iterator[str]:
    held = [*records(channel.get("phoneNumbers")), *records(channel.get("supportPhones"))]
    seen: set[str] = set()
    for one in held:
        number = f"{one.get('prefixNumber') or ''} {one.get('number') or ''}".strip()
        if number and number not in seen:
            seen.add(number)
            yield number


def _addresses(channel: Mapping[str, Any]) -> Iterator[str]:
    """The postal form of each visiting address, in its first language."""
    for one in records(channel.get("addresses")):
        street = one.get("streetAddress")
        if not isinstance(street, dict):
            continue
        name = whole_texts([by_language(street.get("street"))])
        office = whole_texts([by_language(street.get("postOffice"))])
        first = f"{next(iter(name.values()), '')} {street.get('streetNumber') or ''}".strip()
        town = f"{street.get('postalCode') or ''} {next(iter(office.values()), '')}".strip()
        if first or town:
            yield ", ".join(part for part in (first, town) if part)


_TAKEN: Final = frozenset(
    {
        "id", "serviceChannelType", "serviceChannelNames", "webPages", "channelUrls",
        "phoneNumbers", "supportPhones", "emails", "supportEmails", "addresses",
        "organizationId", "languages", "publishingStatus", "modified", "services", "areaType",
        "areas",
    }
)  # fmt: skip


def _rest(channel: Mapping[str, Any]) -> Iterator[str]:
    for name, value in channel.items():
        if name not in _TAKEN and value not in (None, "", [], {}, False):
            yield f"serviceChannels.{name}: {str(value)[:120]}"
