"""Ask for evidence and answer with it, in the 1.x and 2.0 lines of the exchange data model."""

from sdg_connector.evidence.answers import (
    check_preview_location,
    read_evidence_answer,
    write_evidence_failure,
    write_evidence_response,
)
from sdg_connector.evidence.errors import EdmMisuse, EdmRefused
from sdg_connector.evidence.exceptions import (
    EvidenceFailure,
    EvidenceProblem,
    PreviewRequired,
)
from sdg_connector.evidence.identifiers import preview_url_with_return
from sdg_connector.evidence.packages import EvidenceDocument, EvidencePackage
from sdg_connector.evidence.request import EvidenceRequest
from sdg_connector.evidence.request_reading import read_evidence_request
from sdg_connector.evidence.request_writing import write_evidence_request
from sdg_connector.evidence.response import EvidenceResponse

__all__ = [
    "EdmMisuse",
    "EdmRefused",
    "EvidenceDocument",
    "EvidenceFailure",
    "EvidencePackage",
    "EvidenceProblem",
    "EvidenceRequest",
    "EvidenceResponse",
    "PreviewRequired",
    "check_preview_location",
    "preview_url_with_return",
    "read_evidence_answer",
    "read_evidence_request",
    "write_evidence_failure",
    "write_evidence_request",
    "write_evidence_response",
]
