"""The terms of a procedure: what it costs, how long it takes, what it asks for, what follows."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from procedures.errors import ProceduresMisuse
from procedures.model.parties import LegalAct
from procedures.model.text import Text
from procedures.model.values import Country, Duration, WebAddress


class PaymentMethod(StrEnum):
    """How a fee can be paid."""

    CARD = "card"
    CREDIT_TRANSFER = "credit-transfer"
    DIRECT_DEBIT = "direct-debit"
    INTERNET_BANK = "internet-bank"
    INVOICE = "invoice"
    CASH = "cash"

    @property
    def online(self) -> bool:
        """Whether the payment can be made at a distance."""
        return self is not PaymentMethod.CASH


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What is paid (article 10(1)(f))."""

    amount: Decimal
    """Nought when it is free."""
    up_to: Decimal | None = None
    """The highest amount, where the fee depends on something."""
    currency: str = "EUR"
    title: Text | None = None
    basis: Text | None = None
    """What the amount depends on, who does not pay, when it is given back."""
    methods: tuple[PaymentMethod, ...] = ()
    cross_border: bool | None = None
    """Whether it can be paid from another Member State without discrimination (13(2)(e))."""
    page: WebAddress | None = None
    act: LegalAct | None = None

    def __post_init__(self) -> None:
        """Refuse amounts that no fee can have."""
        if self.amount < 0 or (self.up_to is not None and self.up_to < self.amount):
            raise ProceduresMisuse("expected an amount of 0 or more, and up_to not below amount")

    @property
    def free(self) -> bool:
        """Whether nothing is ever paid."""
        return self.amount == 0 and not self.up_to


class DeadlineOf(StrEnum):
    """Who must act in time."""

    USER = "user"
    AUTHORITY = "authority"


class Certainty(StrEnum):
    """How sure a time is (article 10(1)(g))."""

    STATUTORY = "statutory"
    AVERAGE = "average"
    ESTIMATED = "estimated"
    INDICATIVE = "indicative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A time limit, or the time that a thing usually takes."""

    whose: DeadlineOf
    text: Text
    length: Duration | None = None
    working_days: bool = False
    """Whether the days of ``length`` are working days."""
    certainty: Certainty = Certainty.STATUTORY


class MeansKind(StrEnum):
    """What a means of identification, authentication or signature is."""

    NOTIFIED_EID = "notified-eid"
    NATIONAL_EID = "national-eid"
    BANK = "bank"
    PASSWORD = "password"  # noqa: S105  the name of a means, not a secret
    IN_PERSON = "in-person"
    QUALIFIED_SIGNATURE = "qualified-signature"
    ADVANCED_SIGNATURE = "advanced-signature"
    QUALIFIED_SEAL = "qualified-seal"
    NONE = "none"


class AssuranceLevel(StrEnum):
    """The level of assurance by Regulation (EU) No 910/2014, article 8."""

    LOW = "low"
    SUBSTANTIAL = "substantial"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """An accepted means of authentication, identification or signature (article 10(1)(c))."""

    kind: MeansKind
    level: AssuranceLevel | None = None
    """The level required; only for electronic identification."""
    name: Text | None = None
    countries: tuple[Country, ...] = ()
    """Whose means are accepted; empty for all Member States."""


class EvidenceForm(StrEnum):
    """In what form evidence is accepted (article 10(1)(d))."""

    ELECTRONIC_DOCUMENT = "electronic-document"
    STRUCTURED_DATA = "structured-data"
    SCAN = "scan"
    PAPER = "paper"
    DECLARATION = "declaration"
    ONCE_ONLY = "once-only"
    """Received through the once-only technical system (article 14)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceNeed:
    """Evidence that has to be given: its type and its format (article 10(1)(d))."""

    title: Text
    forms: tuple[EvidenceForm, ...]
    formats: tuple[str, ...] = ()
    """Media types that are taken: ``application/pdf``."""
    required: bool = True
    note: Text | None = None
    requirement: WebAddress | None = None
    """The requirement of the OOTS Evidence Broker that it proves."""
    evidence_type: WebAddress | None = None
    """Its evidence type classification in the OOTS semantic repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redress:
    """A means of redress or appeal (article 10(1)(e))."""

    text: Text
    body: Text | None = None
    deadline: Duration | None = None
    page: WebAddress | None = None
    act: LegalAct | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What follows when the authority does not answer in time (article 10(1)(h))."""

    tacit_approval: bool
    text: Text
    delay_notice: Text | None = None
    """How the user hears of a delay or a longer deadline (article 10(2))."""
    act: LegalAct | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the user gets at the end."""

    title: Text
    electronic: bool = True
    by_law_physical: bool = False
    """Whether Union or national law demands a physical delivery (article 6(2)(c))."""
