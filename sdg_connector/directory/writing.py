"""Write what an Evidence Broker and a Data Service Directory answer."""

from collections.abc import Callable, Sequence

from sdg_connector.directory.errors import Needed
from sdg_connector.regrep import (
    AnyValue,
    CollectionValue,
    QueryResponse,
    RegistryObject,
    ResponseException,
    ResponseStatus,
    Slot,
    StringValue,
    write_query_response,
)
from sdg_connector.vocabulary import (
    CommonServicesLine,
    DataServiceEvidenceType,
    DsdErrorCode,
    EbErrorCode,
    Requirement,
    Severity,
)
from sdg_connector.vocabulary.binding import write_element

NewId = Callable[[], str]
"""Gives a new ``urn:uuid:…``."""


def write_requirements(
    requirements: Sequence[Requirement],
    *,
    new_id: NewId,
    line: CommonServicesLine = CommonServicesLine.V2_0,
) -> bytes:
    """An answer to the requirements query; an empty one is EB:ERR:0001 (TDD 3.2.4)."""
    if not requirements:
        return write_directory_error(EbErrorCode.EMPTY_RESULT, detail="EMPTY_RESULT", line=line)
    return _success("Requirement", requirements, new_id, line)


def write_evidence_types(
    requirements: Sequence[Requirement],
    *,
    new_id: NewId,
    line: CommonServicesLine = CommonServicesLine.V2_0,
) -> bytes:
    """An answer to the evidence types query."""
    return write_requirements(requirements, new_id=new_id, line=line)


def write_data_services(
    evidence_types: Sequence[DataServiceEvidenceType],
    *,
    new_id: NewId,
    line: CommonServicesLine = CommonServicesLine.V2_0,
) -> bytes:
    """An answer to the data services query; an empty one is DSD:ERR:0001 (TDD 3.1.4)."""
    if not evidence_types:
        code = DsdErrorCode.NO_DATA_SERVICE
        return write_directory_error(code, detail="DS_NOT_FOUND", line=line)
    return _success("DataServiceEvidenceType", evidence_types, new_id, line)


def write_directory_error(
    code: DsdErrorCode | EbErrorCode,
    *,
    detail: str | None = None,
    line: CommonServicesLine = CommonServicesLine.V2_0,
) -> bytes:
    """An answer with an error code."""
    return _failed([_exception(code, Severity.ERROR, detail)], line)


def write_more_needed(
    needed: Sequence[Needed], *, line: CommonServicesLine = CommonServicesLine.V2_0
) -> bytes:
    """The answer DSD:ERR:0005, with what the person must say about each evidence type."""
    return _failed([_asking(one, line) for one in needed], line)


def _asking(needed: Needed, line: CommonServicesLine) -> ResponseException:
    kind = _any("DataServiceEvidenceType", needed.evidence_type, line)
    slots = [Slot("DataServiceEvidenceType", kind)]
    if needed.jurisdiction is not None:
        name = "EvidenceProviderJurisdictionDetermination"
        slots.append(Slot("JurisdictionDetermination", _any(name, needed.jurisdiction, line)))
    if needed.concepts:
        name = "EvidenceProviderClassification"
        asked = CollectionValue(tuple(_any(name, one, line) for one in needed.concepts))
        slots.append(Slot("UserRequestedClassificationConcepts", asked))
    return _exception(
        DsdErrorCode.MORE_NEEDED, Severity.ADDITIONAL_INPUT, "ADDITIONAL_INPUT", tuple(slots)
    )


def _success(name: str, values: Sequence[object], new_id: NewId, line: CommonServicesLine) -> bytes:
    return write_query_response(
        QueryResponse(
            status=ResponseStatus.SUCCESS,
            slots=_specification(line),
            objects=tuple(
                RegistryObject(id=new_id(), slots=(Slot(name, _any(name, value, line)),))
                for value in values
            ),
        )
    )


def _exception(
    code: DsdErrorCode | EbErrorCode,
    severity: Severity,
    detail: str | None,
    slots: tuple[Slot, ...] = (),
) -> ResponseException:
    return ResponseException(
        type=code.exception_type,
        severity=severity,
        message=code.message,
        code=code,
        detail=detail,
        slots=slots,
    )


def _failed(exceptions: Sequence[ResponseException], line: CommonServicesLine) -> bytes:
    return write_query_response(
        QueryResponse(
            status=ResponseStatus.FAILURE,
            slots=_specification(line),
            exceptions=tuple(exceptions),
        )
    )


def _any(name: str, value: object, line: CommonServicesLine) -> AnyValue:
    return AnyValue(write_element(name, value, version=line.version))


def _specification(line: CommonServicesLine) -> tuple[Slot, ...]:
    if line is CommonServicesLine.V1_0:
        return ()
    return (Slot("SpecificationIdentifier", StringValue(line)),)
