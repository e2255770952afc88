"""The evidence request of both lines, as one typed value."""

from dataclasses import dataclass, replace
from datetime import datetime

from sdg_connector.vocabulary import (
    Agent,
    AgentClassification,
    DataServiceEvidenceType,
    EdmLine,
    LegalPerson,
    NaturalPerson,
    ProviderClassification,
    Requirement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRequest:
    """One evidence request, first or second (TDD 4.5; SDGR Article 14)."""

    request_id: str
    """``urn:uuid:…``, new for each request (R-EDM-REQ-S004)."""
    line: EdmLine
    issued_at: datetime
    procedure: str | None
    """Code of the procedure list, as ``T3``."""
    requirements: tuple[Requirement, ...]
    requester: tuple[Agent, ...]
    """The evidence requester, then intermediary platforms."""
    provider: Agent
    evidence_type: DataServiceEvidenceType
    subject: NaturalPerson | LegalPerson
    preview_possible: bool = True
    explicit_request: bool = True
    preview_location: str | None = None
    """Only in the second request: copied from the preview exception."""
    return_location: str | None = None
    """2.0: where the person comes back to; stands exactly when the preview location does."""
    provider_classification: tuple[ProviderClassification, ...] = ()
    representative: NaturalPerson | None = None
    representing_organisation: LegalPerson | None = None

    @property
    def evidence_requester(self) -> Agent:
        """The agent that is classified ER."""
        return next(
            one
            for one in self.requester
            if one.classification is AgentClassification.EVIDENCE_REQUESTER
        )

    @property
    def acting(self) -> NaturalPerson | LegalPerson | None:
        """Whoever acts for the subject; None when the subject acts."""
        return self.representative or self.representing_organisation

    def second(
        self,
        *,
        request_id: str,
        issued_at: datetime,
        preview_location: str,
        return_location: str | None = None,
    ) -> "EvidenceRequest":
        """The request that follows a preview exception (TDD 4.9).

        ``return_location`` travels in 2.0 only; in a 1.x line it goes into the browser's URL.
        """
        return replace(
            self,
            request_id=request_id,
            issued_at=issued_at,
            preview_location=preview_location,
            return_location=return_location if self.line.is_packaged else None,
        )
