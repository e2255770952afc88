"""How a procedure runs: its steps, its e-services, what works at a distance or from abroad."""

from dataclasses import dataclass
from enum import StrEnum

from procedures.model.parties import Authority
from procedures.model.text import Text
from procedures.model.values import Territory, WebAddress


class ChannelKind(StrEnum):
    """A way to use a service."""

    ONLINE = "online"
    MOBILE = "mobile"
    EMAIL = "e-mail"
    E_ADDRESS = "e-address"
    PHONE = "phone"
    POST = "post"
    IN_PERSON = "in-person"
    ASSISTED = "assisted"
    """A person of a customer service centre does it for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A step that needs the user in person, which is an exception (article 6(3))."""

    reason: Text
    """The overriding reason of public interest: security, health, fraud."""
    notified: str = ""
    """The reference of its notification to the Commission and Member States (article 6(4))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a procedure (article 10(1)(a))."""

    text: Text
    channels: tuple[ChannelKind, ...] = (ChannelKind.ONLINE,)
    presence: Presence | None = None


class Answer(StrEnum):
    """An answer of the self-assessment."""

    YES = "yes"
    NO = "no"
    NOT_NEEDED = "not-needed"


class Acknowledgement(StrEnum):
    """How the user hears that the application arrived (article 6(2)(b))."""

    AUTOMATIC = "automatic"
    IMMEDIATE_OUTPUT = "immediate-output"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """What can be done at a distance: the points of article 6(2)."""

    identification: Answer
    information: Answer
    evidence: Answer
    signature: Answer
    submission: Answer
    acknowledgement: Acknowledgement
    completion_notice: Answer
    """An electronic notice that the procedure is completed (article 6(2)(d))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossBorder:
    """What users of other Member States can do: the points of article 13(2)."""

    foreign_information: Answer
    """Whether forms take addresses, phones and identifiers that differ from the domestic ones."""
    eidas: Answer
    """Whether notified foreign eID, signature and seal work wherever domestic means do."""
    electronic_evidence: Answer
    payment: Answer
    """Whether fees can be paid by cross-border payment services without discrimination."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EService:
    """One e-service by which the procedure is carried out; a procedure may have several."""

    title: Text
    page: WebAddress
    authority: Authority | None = None
    """Whose service it is, where it is another than the description's."""
    territory: tuple[Territory, ...] = ()
    channels: tuple[ChannelKind, ...] = (ChannelKind.ONLINE,)
