"""What the pages ask of the evidence exchange: a desk seen from the person's side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sdg_connector.errors import ConnectorError
from sdg_connector.web.person import PersonOnFile


@dataclass(frozen=True, slots=True)
class Label:
    """A text of another authority with the language that it is written in."""

    text: str
    language: str
    """BCP 47 tag for ``lang=``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Something that has to be proved."""

    id: str
    name: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One evidence that one provider could send, as the person is told before asking for it."""

    id: str
    """Token by which the desk knows what is meant; stable while the visit lasts."""
    requirement: Label
    evidence: Label
    provider: Label
    country: str
    """ISO 3166-1 alpha-2, Greece as EL."""
    formats: tuple[str, ...]
    """Media types."""

    def to_json(self) -> dict[str, Any]:
        """As the visit keeps it."""
        return {
            "id": self.id,
            "country": self.country,
            "formats": list(self.formats),
            **{
                name: [label.text, label.language]
                for name, label in (
                    ("requirement", self.requirement),
                    ("evidence", self.evidence),
                    ("provider", self.provider),
                )
            },
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Offer":
        """Back from what `to_json` gave."""
        return cls(
            id=value["id"],
            country=value["country"],
            formats=tuple(value["formats"]),
            requirement=Label(*value["requirement"]),
            evidence=Label(*value["evidence"]),
            provider=Label(*value["provider"]),
        )


class Stage(StrEnum):
    """How far an exchange has come, for the person."""

    WAITING = "waiting"
    PREVIEW = "preview"
    RETURNED = "returned"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredFile:
    """One file that arrived; its bytes stay in the encrypted store until they are downloaded."""

    number: int
    title: str
    media_type: str
    size: int
    """Bytes."""
    sha256: str
    issued: str = ""
    """ISO 8601 date, empty when the evidence does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """One exchange as its page shows it."""

    stage: Stage
    preview_location: str | None = None
    files: tuple[DeliveredFile, ...] = ()
    problem: str = ""
    """With `Stage.FAILED`: the kind of problem page (``declined``, ``provider_down``, …)."""
    rule: str = ""
    """With `Stage.FAILED`: the rule or code, for the log."""


class DeskRefused(ConnectorError):
    """Nothing can be found or asked for; ``problem`` names the page that explains it."""

    def __init__(self, problem: str, rule: str) -> None:
        super().__init__(f"{problem}: {rule}")
        self.problem = problem
        self.rule = rule


class EvidenceDesk(Protocol):
    """The exchange of evidence for the pages; each method may raise `DeskRefused`."""

    async def requirements(self, *, procedure: str) -> tuple[Requirement, ...]:
        """What has to be proved in a procedure (Annex II code)."""
        ...

    async def find(self, *, procedure: str, country: str) -> tuple[Offer, ...]:
        """Who in a country holds the proof of each requirement of a procedure."""
        ...

    async def request(
        self,
        offer: Offer,
        *,
        procedure: str,
        person: PersonOnFile,
        visit: str,
        asked_at: datetime,
        return_location: str,
    ) -> str:
        """Ask for an evidence on the person's explicit request; gives the exchange's id.

        Asking again for the same offer in the same visit gives the same exchange: nothing is sent
        twice.
        """
        ...

    async def view(self, exchange: str) -> ExchangeView:
        """How far an exchange has come."""
        ...

    async def went_to_preview(self, exchange: str) -> str:
        """The person goes to the provider now: gives the address to send the browser to."""
        ...

    async def returned(self, exchange: str) -> None:
        """The person came back from the provider."""
        ...

    async def content(self, exchange: str, number: int) -> bytes:
        """The bytes of a delivered file."""
        ...

    async def settle(self, exchange: str, *, used: bool) -> None:
        """The person attached the evidence to the application, or decided not to use it."""
        ...
