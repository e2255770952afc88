"""Write an evidence request in its line; every rule is asked before any octet leaves."""

from dataclasses import replace

from sdg_connector.evidence.errors import EdmMisuse, EdmRefused
from sdg_connector.evidence.judging import refuse_broken
from sdg_connector.evidence.request import EvidenceRequest
from sdg_connector.evidence.request_reading import check_locations, check_requester
from sdg_connector.evidence.slots import (
    any_slot,
    any_value,
    collection_slot,
    flag_slot,
    moment_slot,
    string_slot,
    texts_value,
)
from sdg_connector.regrep import (
    QueryRequest,
    Slot,
)
from sdg_connector.regrep.writer import query_request_element, to_bytes
from sdg_connector.vocabulary import (
    EdmLine,
    NaturalPerson,
    Text,
    ValueMisuse,
)


def write_evidence_request(request: EvidenceRequest) -> bytes:
    """Give the bytes of an evidence request in its line.

    Raises ``EdmMisuse`` when the request would break a rule of that line.
    """
    try:
        check_locations(request.preview_location, request.return_location)
        check_requester(request.requester)
        root = query_request_element(regrep_request(request))
        refuse_broken(root)
    except (EdmRefused, ValueMisuse) as error:
        raise EdmMisuse(str(error)) from None
    return to_bytes(root)


def regrep_request(request: EvidenceRequest) -> QueryRequest:
    """Give the RegRep value of a request."""
    line = request.line
    slots = [
        string_slot("SpecificationIdentifier", line),
        moment_slot("IssueDateTime", request.issued_at),
    ]
    if request.procedure is not None:
        slots.append(_procedure_slot(request.procedure, line))
    if request.preview_location is not None:
        slots.append(string_slot("PreviewLocation", request.preview_location))
    if request.return_location is not None:
        slots.append(string_slot("ReturnLocation", request.return_location))
    slots += [
        flag_slot("PossibilityForPreview", value=request.preview_possible),
        flag_slot("ExplicitRequestGiven", value=request.explicit_request),
    ]
    if request.requirements:
        references = [one.reference() for one in request.requirements]
        if line.version < (1, 2):
            references = [replace(one, descriptions=()) for one in references]
        slots.append(collection_slot("Requirements", "Requirement", references, line))
    slots += [
        collection_slot("EvidenceRequester", "Agent", request.requester, line),
        any_slot("EvidenceProvider", "Agent", request.provider.reference(), line),
    ]
    if request.provider_classification:
        slots.append(
            collection_slot(
                "EvidenceProviderClassification",
                "EvidenceProviderClassification",
                request.provider_classification,
                line,
            )
        )
    return QueryRequest(
        id=request.request_id, slots=tuple(slots), query_slots=_query_slots(request)
    )


def _query_slots(request: EvidenceRequest) -> tuple[Slot, ...]:
    line = request.line
    person = isinstance(request.subject, NaturalPerson)
    slots = [
        any_slot(
            "NaturalPerson" if person else "LegalPerson",
            "Person" if person else "LegalPerson",
            request.subject,
            line,
        ),
        any_slot("EvidenceRequest", "DataServiceEvidenceType", request.evidence_type, line),
    ]
    if request.representative is not None:
        slots.append(any_slot("AuthorizedRepresentative", "Person", request.representative, line))
    if request.representing_organisation is not None:
        slots.append(
            Slot(
                "AuthorizedRepresentativeLegalPerson",
                any_value("LegalPerson", request.representing_organisation, line),
            )
        )
    return tuple(slots)


def _procedure_slot(code: str, line: EdmLine) -> Slot:
    if line.is_packaged:
        return string_slot("Procedure", code)
    return Slot("Procedure", texts_value((Text(code, "EN"),)))
