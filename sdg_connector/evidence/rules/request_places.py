"""Where the rules of an evidence request look."""

from typing import Final


def slot(name: str) -> str:
    """The value of a slot of the request."""
    return f"query:QueryRequest/rim:Slot[@name='{name}']/rim:SlotValue"


def query_slot(name: str) -> str:
    """The value of a slot of the query, as the structure rules write it."""
    return f"query:Query/rim:Slot[@name='{name}']/rim:SlotValue"


REQUEST: Final = "query:QueryRequest"
QUERY: Final = "query:QueryRequest/query:Query"
SPECIFICATION: Final = slot("SpecificationIdentifier")
ISSUED: Final = slot("IssueDateTime")
PROCEDURE: Final = slot("Procedure")
PREVIEW: Final = slot("PreviewLocation")
RETURN: Final = slot("ReturnLocation")
REQUIREMENTS: Final = slot("Requirements")
REQUIREMENT: Final = f"{REQUIREMENTS}/rim:Element/sdg:Requirement"
REQUESTER: Final = slot("EvidenceRequester")
REQUESTER_AGENT: Final = f"{REQUESTER}/rim:Element/sdg:Agent"
PROVIDER: Final = slot("EvidenceProvider")
PROVIDER_AGENT: Final = f"{PROVIDER}/sdg:Agent"
CLASSIFICATION: Final = slot("EvidenceProviderClassification")
CONCEPT: Final = f"{CLASSIFICATION}/rim:Element/sdg:EvidenceProviderClassification"
EVIDENCE_TYPE: Final = (
    f"query:QueryRequest/{query_slot('EvidenceRequest')}/sdg:DataServiceEvidenceType"
)
PERSON: Final = f"query:QueryRequest/{query_slot('NaturalPerson')}/sdg:Person"
ORGANISATION: Final = f"query:QueryRequest/{query_slot('LegalPerson')}/sdg:LegalPerson"
REPRESENTATIVE: Final = f"query:QueryRequest/{query_slot('AuthorizedRepresentative')}/sdg:Person"
REPRESENTING: Final = (
    f"query:QueryRequest/{query_slot('AuthorizedRepresentativeLegalPerson')}/sdg:LegalPerson"
)
