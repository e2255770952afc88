"""A description as schema.org markup, so that search engines show it (article 23(1))."""

import json
from typing import Any

from procedures.model import (
    AssistanceService,
    ChannelKind,
    Contact,
    Deadline,
    DeadlineOf,
    Description,
    Fee,
    InformationPage,
    Procedure,
    Text,
)


def schema_org(description: Description, *, language: str | None = None) -> dict[str, Any]:
    """The description as a ``GovernmentService``, an information page as a ``WebPage``.

    https://schema.org/GovernmentService; texts in the language, else in the description's own.
    """
    words = _Words(description, language or description.language)
    page = description.page(words.language) or description.page(description.language)
    is_page = isinstance(description, InformationPage)
    made: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "WebPage" if is_page else "GovernmentService",
        "identifier": description.identifier,
        "name": words.of(description.title),
        "description": words.of(description.summary),
        "inLanguage" if is_page else "availableLanguage": _languages(description, words),
        "url": None if page is None else str(page.address),
        "keywords": [words.of(keyword) for keyword in description.keywords],
        "publisher" if is_page else "provider": words.organisation(),
    }
    if is_page:
        changed = description.last_change
        made["dateModified"] = None if changed is None else changed.isoformat()
    else:
        made |= _service(description, words)
    return {name: value for name, value in made.items() if value not in (None, [], "")}


def schema_org_script(description: Description, *, language: str | None = None) -> str:
    """The same as a ``<script type="application/ld+json">``; no text can end the element."""
    text = json.dumps(schema_org(description, language=language), ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f'<script type="application/ld+json">{safe}</script>'


def _languages(description: Description, words: "_Words") -> Any:
    if isinstance(description, Procedure | AssistanceService) and description.languages:
        return [str(one) for one in description.languages]
    return words.language


def _service(description: Description, words: "_Words") -> dict[str, Any]:
    fees = getattr(description, "fees", ())
    return {
        "areaServed": _area(description),
        "audience": [
            {"@type": "Audience", "audienceType": one.value} for one in description.audience
        ],
        "availableChannel": [_channel(one, words) for one in _places(description)],
        "offers": [_offer(fee, words) for fee in fees],
        "serviceOutput": [
            {"@type": "Thing", "name": words.of(one.title)}
            for one in getattr(description, "outputs", ())
        ],
    }


def _area(description: Description) -> dict[str, Any]:
    country = {"@type": "Country", "identifier": str(description.country)}
    if not description.territory:
        return country
    return {
        "@type": "AdministrativeArea",
        "identifier": [str(one) for one in description.territory],
        "containedInPlace": country,
    }


def _places(description: Description) -> list[dict[str, Any]]:
    """Where the service is used online, and by what time it answers."""
    online = ChannelKind.ONLINE in description.channels
    services = getattr(description, "services", ())
    lengths = [
        deadline.length
        for deadline in getattr(description, "deadlines", ())
        if isinstance(deadline, Deadline) and deadline.whose is DeadlineOf.AUTHORITY
    ]
    time = next((str(one) for one in lengths if one is not None), None)
    return [
        {"title": service.title, "page": service.page, "time": time}
        for service in services
        if online
    ]


def _channel(place: dict[str, Any], words: "_Words") -> dict[str, Any]:
    made = {
        "@type": "ServiceChannel",
        "name": words.of(place["title"]),
        "serviceUrl": str(place["page"]),
        "processingTime": place["time"],
    }
    return {name: value for name, value in made.items() if value is not None}


def _offer(fee: Fee, words: "_Words") -> dict[str, Any]:
    made: dict[str, Any] = {
        "@type": "Offer",
        "price": str(fee.amount),
        "priceCurrency": fee.currency,
        "description": None if fee.title is None else words.of(fee.title),
    }
    if fee.up_to is not None:
        made["priceSpecification"] = {
            "@type": "PriceSpecification",
            "minPrice": str(fee.amount),
            "maxPrice": str(fee.up_to),
            "priceCurrency": fee.currency,
        }
    return {name: value for name, value in made.items() if value is not None}


class _Words:
    """Picks the language of each text."""

    def __init__(self, description: Description, language: str) -> None:
        self._description = description
        self.language = str(description.title.best(language, description.language).language)

    def of(self, text: Text) -> str:
        return text.best(self.language, self._description.language).text

    def organisation(self) -> dict[str, Any]:
        authority = self._description.authority
        made: dict[str, Any] = {
            "@type": "GovernmentOrganization",
            "name": self.of(authority.name),
            "url": None if authority.page is None else str(authority.page),
            "identifier": authority.registration,
            "contactPoint": [self._contact(one) for one in authority.contacts],
        }
        return {name: value for name, value in made.items() if value not in (None, "", [])}

    def _contact(self, contact: Contact) -> dict[str, Any]:
        made = {
            "@type": "ContactPoint",
            "telephone": contact.phone,
            "email": None if contact.email is None else str(contact.email),
            "url": None if contact.page is None else str(contact.page),
        }
        return {name: value for name, value in made.items() if value not in (None, "")}
