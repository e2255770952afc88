"""What an agency that holds evidence brings along: its register, its documents, its say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from sdg_connector.connector.matching import Known, Subject
from sdg_connector.content import Content
from sdg_connector.evidence import EvidenceRequest
from sdg_connector.vocabulary import EvidenceRole, EvidenceType


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSupplement:
    """A file that stands beside the evidence itself (line 2.0)."""

    role: EvidenceRole
    """Annex, human-readable version or translation."""
    identifier: str
    title: str
    media_type: str
    content: Content = field(repr=False)
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEvidence:
    """One evidence as the register can give it out."""

    identifier: str
    """UUID of this evidence."""
    title: str
    evidence_type: EvidenceType
    issued: date
    media_type: str
    content: Content = field(repr=False)
    """The octets, or for a big file something that reads them: ``FileContent``."""
    language: str | None = None
    conforms_to: str | None = None
    """Address of the data model; mandatory for XML and JSON (R-EDM-RESP-C044)."""
    supplements: tuple[HeldSupplement, ...] = ()


class EvidenceRegister(Protocol):
    """The register behind a provider: the part that every agency writes itself."""

    def may_ask(self, request: EvidenceRequest) -> bool:
        """Whether this requester may have this type of evidence for this procedure."""
        ...

    def known(self, subject: Subject) -> Iterable[Known]:
        """The records that could be the subject's, such as all of one day of birth."""
        ...

    def evidence(self, record: str, request: EvidenceRequest) -> Sequence[HeldEvidence]:
        """What the record proves, of the type that is asked for; empty when it proves nothing."""
        ...
