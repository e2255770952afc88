"""What a life situation is made of (Latvian Cabinet Regulation No 400, Annex I of the Gateway)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from procedures.codes import Audience, PolicyCode
from procedures.model import Authority, Contact, Country, Language, Page, Text, WebAddress
from procedures.situations.events import LifeEvent

KIND: Final = "life-situation"
"""What the file of a life situation is headed by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something about the reader on which steps depend."""

    name: str
    """How steps refer to it: ``born-abroad``."""
    question: Text
    """To be answered with yes or no: ``Was the child born abroad?``"""
    holds: Text
    """The same as a clause beside a step: ``when the child was born abroad``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationStep:
    """One thing to do: a service of the catalogue, or something outside it."""

    service: str = ""
    """The identifier of a description; empty when ``title`` says what to do."""
    name: str = ""
    """How other steps refer to a step that is no service."""
    title: Text | None = None
    page: WebAddress | None = None
    """Where it is done, when it is no service of the catalogue."""
    note: Text | None = None
    """Why it matters here, by when, what to have ready."""
    when: tuple[str, ...] = ()
    """Conditions that must all hold."""
    unless: tuple[str, ...] = ()
    """Conditions of which none may hold."""
    after: tuple[str, ...] = ()
    """Services or names of steps that come first."""

    @property
    def key(self) -> str:
        """How other steps refer to it."""
        return self.service or self.name

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every condition on which it depends."""
        return (*self.when, *self.unless)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Steps that belong together in time: before the move, in the first week."""

    title: Text
    steps: tuple[SituationStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeSituation:
    """A thing in life that needs several services, under conditions and in an order."""

    identifier: str
    """The last part is what ``latvia.life_situations`` of a description names."""
    language: Language
    """The language it was written in."""
    country: Country
    title: Text
    summary: Text
    stages: tuple[Stage, ...]
    conditions: tuple[Condition, ...] = ()
    codes: tuple[PolicyCode, ...] = ()
    """The areas of Annex I and procedures of Annex II that it covers."""
    events: tuple[LifeEvent, ...] = ()
    authority: Authority | None = None
    """Who answers for the content."""
    contacts: tuple[Contact, ...] = ()
    audience: tuple[Audience, ...] = ()
    pages: tuple[Page, ...] = ()
    keywords: tuple[Text, ...] = ()
    published: date | None = None
    updated: date | None = None
    reviewed: date | None = None

    @property
    def short_name(self) -> str:
        """The last part of the identifier."""
        return self.identifier.rpartition("/")[2]

    @property
    def steps(self) -> tuple[SituationStep, ...]:
        """The steps of all stages."""
        return tuple(step for stage in self.stages for step in stage.steps)

    def condition(self, name: str) -> Condition | None:
        """The condition of that name."""
        return next((one for one in self.conditions if one.name == name), None)
