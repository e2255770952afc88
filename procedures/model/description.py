"""A description as the law asks for it: of information, of a procedure, or of assistance.

Each field names the letter of Regulation (EU) 2018/1724 that asks for it
(https://eur-lex.europa.eu/eli/reg/2018/1724/oj).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from procedures.codes import Annex, Audience, PolicyCode
from procedures.model.offers import ChannelKind, CrossBorder, EService, Online, Step
from procedures.model.parties import Authority, Contact, LegalAct
from procedures.model.terms import Deadline, EvidenceNeed, Fee, Means, Output, Redress, Silence
from procedures.model.text import Text
from procedures.model.values import Country, Language, Territory, WebAddress


class Kind(StrEnum):
    """What a page holds; the value of ``DC.Service``."""

    INFORMATION = "information"
    PROCEDURE = "procedure"
    ASSISTANCE = "assistance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where the description is published in one language."""

    language: Language
    address: WebAddress
    visible_before_login: bool = True
    """Whether everybody can read it before identifying (article 10(1))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatvianCard:
    """What Cabinet Regulation No 399 asks for beyond the Union's law."""

    function: str = ""
    """The function of government by COFOG: ``09.4`` (point 9.6)."""
    template: str = ""
    """The identifier of the unified service that it follows."""
    life_situations: tuple[str, ...] = ()
    """Identifiers of the life situations that lead to it (Cabinet Regulation No 400)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What every kind of description has."""

    kind: ClassVar[Kind]

    identifier: str
    """Stable and unique in its catalogue: ``lv/pieteiksanas-studijam``."""
    language: Language
    """The language it was written in."""
    country: Country
    codes: tuple[PolicyCode, ...] = ()
    """What it is about, by Annex I or II of the Regulation."""
    title: Text
    summary: Text
    authority: Authority
    """Who answers for the content (9(1)(d)), and is competent (10(1)(b))."""
    pages: tuple[Page, ...] = ()
    contacts: tuple[Contact, ...] = ()
    """Assistance services (9(1)(e), 11(1)(b))."""
    acts: tuple[LegalAct, ...] = ()
    """Legal acts, technical specifications and guidelines (9(1)(c))."""
    published: date | None = None
    updated: date | None = None
    """The last update, else the publication (9(1)(f))."""
    reviewed: date | None = None
    """When somebody last checked that it still holds (9(1)(h))."""
    audience: tuple[Audience, ...] = ()
    territory: tuple[Territory, ...] = ()
    """Where it holds, when not in the whole country."""
    channels: tuple[ChannelKind, ...] = ()
    life_events: tuple[str, ...] = ()
    keywords: tuple[Text, ...] = ()
    latvia: LatvianCard | None = None

    @property
    def last_change(self) -> date | None:
        """The date of last update, else of publication (article 9(1)(f))."""
        return self.updated or self.published

    def page(self, language: str) -> Page | None:
        """The page in that language."""
        return next((page for page in self.pages if page.language == language), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of an information page."""

    title: Text
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationPage(Description):
    """Information on rights, obligations and rules (article 9)."""

    kind: ClassVar[Kind] = Kind.INFORMATION

    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Description):
    """A procedure, readable before the user must identify (article 10)."""

    kind: ClassVar[Kind] = Kind.PROCEDURE

    steps: tuple[Step, ...] = ()
    """The steps, and those that need presence (10(1)(a))."""
    means: tuple[Means, ...] = ()
    """Accepted authentication, identification and signature (10(1)(c))."""
    evidence: tuple[EvidenceNeed, ...] = ()
    """Evidence with type and format (10(1)(d))."""
    no_evidence: bool = False
    """Set when nothing has to be proven, so that an empty list is meant."""
    redress: tuple[Redress, ...] = ()
    """Redress and appeal (10(1)(e))."""
    fees: tuple[Fee, ...] = ()
    """Fees and online payment (10(1)(f)); a free procedure says so with an amount of 0."""
    deadlines: tuple[Deadline, ...] = ()
    """Deadlines of the user and the authority (10(1)(g))."""
    silence: Silence | None = None
    """What follows from lack of reply (10(1)(h))."""
    languages: tuple[Language, ...] = ()
    """Languages in which the procedure can be carried out (10(1)(i))."""
    outputs: tuple[Output, ...] = ()
    online: Online | None = None
    """Self-assessment by article 6(2)."""
    cross_border: CrossBorder | None = None
    """Self-assessment by article 13(2)."""
    services: tuple[EService, ...] = ()
    """The e-services that carry it out."""
    oots_code: str = ""
    """Procedure code in OOTS messages, where it differs from the Annex II code."""

    @property
    def once_only_code(self) -> str | None:
        """The procedure code of OOTS messages: its own, else the Annex II code."""
        if self.oots_code:
            return self.oots_code
        return next((code.code for code in self.codes if code.annex is Annex.PROCEDURES), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceService(Description):
    """An assistance or problem-solving service (articles 11 and 16)."""

    kind: ClassVar[Kind] = Kind.ASSISTANCE

    service: str
    """Its full name in Annex III, or the name of a service under article 7(3)."""
    results: Text | None = None
    """Type, purpose and expected results (11(1)(a))."""
    fees: tuple[Fee, ...] = ()
    """Fees and online payment (11(1)(c))."""
    deadlines: tuple[Deadline, ...] = ()
    """Deadlines, or the average time (11(1)(d))."""
    languages: tuple[Language, ...] = ()
    """Languages of the request and of the follow-up (11(1)(e))."""
    extension_notice: Text | None = None
    """How the user hears of a longer time, its reason and the new deadline (article 16)."""
