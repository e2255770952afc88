"""Write what an Evidence Broker and a Data Service Directory answer."""

from collections.abc import Callable, Sequence

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
    ProviderClassification,
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
    return _failure(code, Severity.ERROR, detail, (), line)


def write_more_needed(
    evidence_type: DataServiceEvidenceType,
    concepts: Sequence[ProviderClassification],
    *,
    line: CommonServicesLine = CommonServicesLine.V2_0,
) -> bytes:
    """The answer DSD:ERR:0005, with the questions that the person must answer."""
    name = "EvidenceProviderClassification"
    asked = CollectionValue(tuple(_any(name, one, line) for one in concepts))
    slots = (
        Slot("DataServiceEvidenceType", _any("DataServiceEvidenceType", evidence_type, line)),
        Slot("UserRequestedClassificationConcepts", asked),
    )
    severity = Severity.ADDITIONAL_INPUT
    detail = "UserRequestedClassificationConcepts"
    return _failure(DsdErrorCode.MORE_NEEDED, severity, detail, slots, line)


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


def _failure(
    code: DsdErrorCode | EbErrorCode,
    severity: Severity,
    detail: str | None,
    slots: tuple[Slot, ...],
    line: CommonServicesLine,
) -> bytes:
    exception = ResponseException(
        type=code.exception_type,
        severity=severity,
        message=code.message,
        code=code,
        detail=detail,
        slots=slots,
    )
    return write_query_response(
        QueryResponse(
            status=ResponseStatus.FAILURE,
            slots=_specification(line),
            exceptions=(exception,),
        )
    )


def _any(name: str, value: object, line: CommonServicesLine) -> AnyValue:
    return AnyValue(write_element(name, value, version=line.version))


def _specification(line: CommonServicesLine) -> tuple[Slot, ...]:
    if line is CommonServicesLine.V1_0:
        return ()
    return (Slot("SpecificationIdentifier", StringValue(line)),)
