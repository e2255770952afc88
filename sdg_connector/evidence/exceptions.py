"""The answer that reports a failure, the preview exception among them, as one typed value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sdg_connector.evidence.errors import EdmMisuse, refused
from sdg_connector.evidence.identifiers import is_https
from sdg_connector.evidence.slots import (
    SlotReader,
    any_slot,
    checked,
    line_of,
    moment_of,
    moment_slot,
    sdg_value,
    string_slot,
    texts_of,
    texts_value,
)
from sdg_connector.regrep import (
    AnyValue,
    DateTimeValue,
    InternationalStringValue,
    QueryResponse,
    ResponseException,
    ResponseStatus,
    Slot,
    StringValue,
)
from sdg_connector.vocabulary import Agent, EdmErrorCode, EdmLine, Severity, Text
from sdg_connector.vocabulary.identifiers import is_loose_uuid, is_uuid_urn

_SLOTS: Final = (
    "SpecificationIdentifier",
    "EvidenceResponseIdentifier",
    "ErrorProvider",
    "EvidenceRequester",
    "IssueDateTime",
)
_EXCEPTION_SLOTS: Final = (
    "Timestamp",
    "PreviewLocation",
    "PreviewDescription",
    "PreviewMethod",
)
_METHODS: Final = frozenset({"GET", "POST", "PUT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRequired:
    """Where the person must look at the evidence before it is sent (TDD 4.9)."""

    location: str
    """An https URL of the provider, random and for one use."""
    descriptions: tuple[Text, ...] = ()
    method: str | None = None
    """1.x only: GET, POST or PUT; 2.0 always means GET."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceProblem:
    """One exception of a failed answer."""

    code: EdmErrorCode
    at: datetime
    detail: str | None = None
    """Free words of the provider, among them the rule that a request broke."""
    preview: PreviewRequired | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFailure:
    """A failed answer."""

    request_id: str | None
    """None only when the request could not be read."""
    response_id: str
    line: EdmLine
    provider: Agent
    """The agent that reports, classified ERRP."""
    requester: Agent | None
    problems: tuple[EvidenceProblem, ...]

    @property
    def code(self) -> EdmErrorCode:
        """The code of the first exception."""
        return self.problems[0].code

    @property
    def preview(self) -> PreviewRequired | None:
        """The preview that the provider asks for, if it asks for one."""
        return next((one.preview for one in self.problems if one.preview is not None), None)


def evidence_failure(value: QueryResponse) -> EvidenceFailure:
    """Give the typed failure of a RegRep value; raises ``EdmRefused``."""
    if value.objects is not None:
        raise refused("R-EDM-ERR-S07", "no RegistryObjectList in a failure", "one")
    if not value.exceptions:
        raise refused("R-EDM-ERR-S08", "an Exception in a failure", "none")
    slots = SlotReader(value.slots, known=_SLOTS, closed_by="R-EDM-ERR-S017a")
    line = line_of(
        slots.required(
            "SpecificationIdentifier",
            StringValue,
            missing="R-EDM-ERR-S09",
            mistyped="R-EDM-ERR-S18",
        ),
        rule="R-EDM-ERR-C001",
    )
    problems = tuple(_problem(one, line) for one in value.exceptions)
    response_id = slots.required(
        "EvidenceResponseIdentifier",
        StringValue,
        missing="R-EDM-ERR-S10",
        mistyped="R-EDM-ERR-S19",
    ).value
    return EvidenceFailure(
        request_id=_request_id(value, problems),
        response_id=checked(is_loose_uuid, response_id, rule="R-EDM-ERR-C002", expected="a UUID"),
        line=line,
        provider=sdg_value(
            slots.required(
                "ErrorProvider", AnyValue, missing="R-EDM-ERR-S11", mistyped="R-EDM-ERR-S020"
            ),
            "Agent",
            Agent,
            rule="R-EDM-ERR-S026",
        ),
        requester=_requester(slots),
        problems=problems,
    )


def query_response(failure: EvidenceFailure) -> QueryResponse:
    """Give the RegRep value of a failure."""
    line = failure.line
    slots = [
        string_slot("SpecificationIdentifier", line),
        string_slot("EvidenceResponseIdentifier", failure.response_id),
        any_slot("ErrorProvider", "Agent", failure.provider, line),
    ]
    if failure.requester is not None:
        requester = failure.requester.reference()
        slots.append(any_slot("EvidenceRequester", "Agent", requester, line))
    return QueryResponse(
        status=ResponseStatus.FAILURE,
        request_id=failure.request_id,
        slots=tuple(slots),
        exceptions=tuple(_exception(one, line) for one in failure.problems),
    )


def _request_id(value: QueryResponse, problems: tuple[EvidenceProblem, ...]) -> str | None:
    if value.request_id is None:
        if any(one.code is not EdmErrorCode.INVALID_REQUEST for one in problems):
            raise refused("R-EDM-ERR-C025", "a requestId", "none")
        return None
    return checked(
        is_uuid_urn, value.request_id, rule="R-EDM-ERR-S004", expected="urn:uuid: and a UUID"
    )


def _requester(slots: SlotReader) -> Agent | None:
    value = slots.optional("EvidenceRequester", AnyValue, mistyped="R-EDM-ERR-S021")
    return None if value is None else sdg_value(value, "Agent", Agent, rule="R-EDM-ERR-S027")


def _problem(value: ResponseException, line: EdmLine) -> EvidenceProblem:
    code = EdmErrorCode.of(value.code)
    if code is None:
        raise refused("R-EDM-ERR-C017", "a code of EDMErrorCodes", "another")
    if value.type != code.exception_type:
        raise refused("R-EDM-ERR-C013", f"the exception type of {code}", "another type")
    slots = SlotReader(value.slots, known=_EXCEPTION_SLOTS, closed_by="R-EDM-ERR-S017b")
    at = slots.required(
        "Timestamp", DateTimeValue, missing="R-EDM-ERR-S12", mistyped="R-EDM-ERR-S22"
    )
    return EvidenceProblem(
        code=code,
        at=moment_of(at, rule="R-EDM-ERR-C018"),
        detail=value.detail,
        preview=_preview(slots, value, code, line),
    )


def _preview(
    slots: SlotReader, value: ResponseException, code: EdmErrorCode, line: EdmLine
) -> PreviewRequired | None:
    try:
        severity = Severity(value.severity or "")
    except ValueError:
        raise refused("R-EDM-ERR-C014", "a published severity", "another") from None
    wanted = code is EdmErrorCode.MISSING_AUTHORIZATION
    if wanted != (severity is Severity.PREVIEW_REQUIRED):
        raise refused("R-EDM-ERR-C015", "PreviewRequired with EDM:ERR:0002 only", "another pair")
    location = slots.optional("PreviewLocation", StringValue, mistyped="R-EDM-ERR-S23")
    if location is None and wanted:
        raise refused("R-EDM-ERR-C019", "a PreviewLocation", "none")
    if location is None or not wanted:
        # An official sample repeats the location beside EDM:ERR:0005: nobody is sent there.
        return None
    if not is_https(location.value):
        raise refused("R-EDM-ERR-C019", "an https URL", "another location")
    described = slots.optional(
        "PreviewDescription", InternationalStringValue, mistyped="R-EDM-ERR-S24"
    )
    method = slots.optional("PreviewMethod", StringValue, mistyped="R-EDM-ERR-S25")
    if method is not None and (line.is_packaged or method.value not in _METHODS):
        raise refused("R-EDM-ERR-C021", "a method that the line knows", "another")
    return PreviewRequired(
        location=location.value,
        descriptions=() if described is None else texts_of(described),
        method=None if method is None else method.value,
    )


def _exception(problem: EvidenceProblem, line: EdmLine) -> ResponseException:
    wanted = problem.code is EdmErrorCode.MISSING_AUTHORIZATION
    if wanted != (problem.preview is not None):
        raise EdmMisuse("EDM:ERR:0002 asks for a preview, and nothing else does")
    slots = [moment_slot("Timestamp", problem.at)]
    if problem.preview is not None:
        if not is_https(problem.preview.location):
            raise EdmMisuse("R-EDM-ERR-C019: a preview location is an https URL")
        slots.append(string_slot("PreviewLocation", problem.preview.location))
        if problem.preview.descriptions:
            text = texts_value(problem.preview.descriptions)
            slots.append(Slot("PreviewDescription", text))
        if problem.preview.method is not None and not line.is_packaged:
            slots.append(string_slot("PreviewMethod", problem.preview.method))
    return ResponseException(
        type=problem.code.exception_type,
        severity=Severity.PREVIEW_REQUIRED if wanted else Severity.ERROR,
        message=problem.code.message,
        code=problem.code,
        detail=problem.detail,
        slots=tuple(slots),
    )
