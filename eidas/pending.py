"""A login that has been asked for and not been answered yet."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Self

from eidas.errors import EidasMisuse
from eidas.levels import Comparison, RequestedLevels
from eidas.vocabulary import MESSAGE_FORMAT, PersonKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLogin:
    """All that the answer will be held against; keep it once, take it out once."""

    request_id: str
    """ID of our AuthnRequest: the answer's ``InResponseTo``."""
    relay_state: str
    """Random key under which the browser brings the answer back, at most 80 bytes."""
    browser: str
    """SHA-256 of the browser's session value, in hex: the answer must come from there."""
    node: str
    """Entity id of the only node that may answer."""
    country: str
    levels: RequestedLevels
    person: PersonKind
    attributes: tuple[str, ...]
    """Names of the attributes that were asked for."""
    created_at: datetime
    expires_at: datetime
    allow_representation: bool = False
    """Whether a person who acts for another is welcome (Attribute Profile 1.4, 2.8)."""

    def from_browser(self, browser_session: str) -> bool:
        """Say whether the answer comes from the browser that asked."""
        return hmac.compare_digest(self.browser, fingerprint(browser_session))

    def to_json(self) -> dict[str, object]:
        """Give a value that ``json`` can write; it holds nothing about a person."""
        return {
            "request_id": self.request_id,
            "relay_state": self.relay_state,
            "browser": self.browser,
            "node": self.node,
            "country": self.country,
            "comparison": self.levels.comparison.value,
            "levels": list(self.levels.uris),
            "person": self.person.value,
            "attributes": list(self.attributes),
            "created_at": self.created_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
            "allow_representation": self.allow_representation,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Read what ``to_json`` gave; raise ``EidasMisuse`` for anything else."""
        try:
            return cls(
                request_id=_text(data, "request_id"),
                relay_state=_text(data, "relay_state"),
                browser=_text(data, "browser"),
                node=_text(data, "node"),
                country=_text(data, "country"),
                levels=RequestedLevels(
                    Comparison(_text(data, "comparison")), _texts(data, "levels")
                ),
                person=PersonKind(_text(data, "person")),
                attributes=_texts(data, "attributes"),
                created_at=datetime.fromisoformat(_text(data, "created_at")),
                expires_at=datetime.fromisoformat(_text(data, "expires_at")),
                allow_representation=data["allow_representation"] is True,
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise EidasMisuse(
                "pending.json", expected="what PendingLogin.to_json gave", clause=MESSAGE_FORMAT
            ) from problem


def fingerprint(browser_session: str) -> str:
    """Give what is kept of a browser's session value; an empty one is a mistake of ours."""
    if not browser_session:
        raise EidasMisuse("pending.browser", expected="the browser's session value")
    return sha256(browser_session.encode()).hexdigest()


def _text(data: Mapping[str, object], name: str) -> str:
    value = data[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _texts(data: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = data[name]
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise TypeError(name)
    return tuple(value)
