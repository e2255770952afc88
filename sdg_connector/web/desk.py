"""What the pages ask of the evidence exchange: a desk seen from the person's side."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sdg_connector.connector import AnswerKind
from sdg_connector.content import Content
from sdg_connector.errors import ConnectorError
from sdg_connector.web.person import PersonOnFile


@dataclass(frozen=True, slots=True)
class Label:
    """A text of another authority with the language that it is written in."""

    text: str
    language: str
    """BCP 47 tag for ``lang=``."""
    others: tuple[tuple[str, str], ...] = ()
    """The same in other languages: text and language."""

    def for_reader(self, language: str) -> "Label":
        """The authority's own words in a language, where it has any."""
        for text, known in self.others:
            if known == language and self.language != language:
                return Label(text, known)
        return self

    def to_json(self) -> list[Any]:
        """As the visit keeps it."""
        return [self.text, self.language, [list(other) for other in self.others]]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> "Label":
        """Back from what `to_json` gave."""
        return cls(value[0], value[1], tuple((text, language) for text, language in value[2]))


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
    choice: str = ""
    """Of the offers with the same, the person picks one: other providers of the same proof."""

    def to_json(self) -> dict[str, Any]:
        """As the visit keeps it."""
        return {
            "id": self.id,
            "choice": self.choice,
            "country": self.country,
            "formats": list(self.formats),
            "requirement": self.requirement.to_json(),
            "evidence": self.evidence.to_json(),
            "provider": self.provider.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Offer":
        """Back from what `to_json` gave."""
        return cls(
            id=value["id"],
            choice=value["choice"],
            country=value["country"],
            formats=tuple(value["formats"]),
            requirement=Label.from_json(value["requirement"]),
            evidence=Label.from_json(value["evidence"]),
            provider=Label.from_json(value["provider"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """Something that a directory wants to know before it names a provider."""

    key: str
    kind: AnswerKind
    evidence: Label
    text: Label
    choices: tuple[str, ...] = ()
    code_list: str = ""
    """Address of the list of codes; empty when there is none."""
    level: str = ""
    """Of a place: a code of JurisdictionLevel-CodeList."""

    def to_json(self) -> dict[str, Any]:
        """As the visit keeps it."""
        return {
            "key": self.key,
            "kind": self.kind.value,
            "evidence": self.evidence.to_json(),
            "text": self.text.to_json(),
            "choices": list(self.choices),
            "code_list": self.code_list,
            "level": self.level,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "AskedQuestion":
        """Back from what `to_json` gave."""
        return cls(
            key=value["key"],
            kind=AnswerKind(value["kind"]),
            evidence=Label.from_json(value["evidence"]),
            text=Label.from_json(value["text"]),
            choices=tuple(value["choices"]),
            code_list=value["code_list"],
            level=value["level"],
        )


class Stage(StrEnum):
    """How far an exchange has come, for the person."""

    WAITING = "waiting"
    PREVIEW = "preview"
    RETURNED = "returned"
    LATER = "later"
    """The provider has the evidence later, and is asked again by itself."""
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
    available_at: str = ""
    """With `Stage.LATER`: when the provider is asked again, ISO 8601."""
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


class DeskAsks(ConnectorError):
    """The person must answer before anything can be found."""

    def __init__(self, questions: tuple[AskedQuestion, ...], *, refused: bool) -> None:
        super().__init__("the directory asks the person")
        self.questions = questions
        self.refused = refused
        """Whether the directory did not take the answers that it was given."""


NextStep = Callable[[float], Awaitable[None]]
"""Waits for a step, for as many seconds at the most."""


class EvidenceDesk(Protocol):
    """The exchange of evidence for the pages; each method may raise `DeskRefused`."""

    async def requirements(self, *, procedure: str) -> tuple[Requirement, ...]:
        """What has to be proved in a procedure (Annex II code)."""
        ...

    async def find(
        self, *, procedure: str, country: str, answers: Mapping[str, str]
    ) -> tuple[Offer, ...]:
        """Who in a country holds the proof of each requirement of a procedure.

        Raises `DeskAsks` for questions to which ``answers`` has no answer, by their keys.
        """
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

    async def returning(
        self, *, procedure: str, person: PersonOnFile
    ) -> tuple[tuple[str, Offer], ...]:
        """What the person asked for in an earlier visit and has not ended: exchange and offer."""
        ...

    async def view(self, exchange: str) -> ExchangeView:
        """How far an exchange has come."""
        ...

    def steps(self, exchange: str) -> AbstractContextManager[NextStep]:
        """What waits, while the block lasts, for the next step of an exchange.

        A step between the begin of the block and the call counts; so do so many seconds.
        """
        ...

    async def went_to_preview(self, exchange: str) -> str:
        """The person goes to the provider now: gives the address to send the browser to."""
        ...

    async def returned(self, exchange: str) -> None:
        """The person came back from the provider."""
        ...

    async def content(self, exchange: str, number: int) -> Content:
        """A delivered file; a big one is read from the store as it is used."""
        ...

    async def cancel(self, exchange: str) -> None:
        """The person goes on without an evidence that has not come."""
        ...

    async def settle(self, exchange: str, *, used: bool) -> None:
        """The person attached the evidence to the application, or decided not to use it."""
        ...
