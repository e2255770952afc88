"""Read and write whatever answers an evidence request."""

from collections.abc import Collection

from sdg_connector.evidence import exceptions, response
from sdg_connector.evidence.errors import EdmMisuse, EdmRefused, refused
from sdg_connector.evidence.exceptions import EvidenceFailure
from sdg_connector.evidence.identifiers import host_of
from sdg_connector.evidence.judging import refuse_broken
from sdg_connector.evidence.response import EvidenceResponse
from sdg_connector.regrep import (
    QueryResponse,
    RegRepRefused,
    ResponseStatus,
)
from sdg_connector.regrep.reader import query_response, read_root
from sdg_connector.regrep.writer import query_response_element, to_bytes
from sdg_connector.vocabulary import ValueMisuse


def read_evidence_answer(
    data: bytes,
    *,
    expected_request_id: str | None = None,
    content_ids: Collection[str] | None = None,
) -> EvidenceResponse | EvidenceFailure:
    """Give the answer in these bytes: evidence, or a failure.

    ``expected_request_id`` is the request that is waiting: an answer to another one is refused.
    ``content_ids`` are the attachments that came along: a reference to anything else is refused.
    Raises ``EdmRefused`` with the rule that is broken.
    """
    try:
        root = read_root(data)
        refuse_broken(root)
        value = query_response(root)
    except RegRepRefused as error:
        raise EdmRefused(
            rule=error.rule, expected=error.expected, found=error.found, wire_code="EDM:ERR:0003"
        ) from None
    answer = _answer(value, content_ids)
    if expected_request_id is not None and answer.request_id not in {None, expected_request_id}:
        raise refused("R-EDM-RESP-S004", "an answer to the request that waits", "another's")
    return answer


def write_evidence_response(answer: EvidenceResponse) -> bytes:
    """Give the bytes of an answer with evidence; raises ``EdmMisuse`` for a broken rule."""
    return _written(answer)


def write_evidence_failure(answer: EvidenceFailure) -> bytes:
    """Give the bytes of a failure; raises ``EdmMisuse`` for a broken rule."""
    return _written(answer)


def check_preview_location(
    location: str, *, allowed_hosts: Collection[str], already_seen: Collection[str] = ()
) -> None:
    """Refuse a preview location that the person's browser must not be sent to.

    It must be https, on a host that the provider owns, and new: a location that came before in
    the same exchange is a loop. Raises ``EdmRefused`` (TDD 4.9, R-EDM-ERR-C019).
    """
    host = host_of(location)
    if not host:
        raise refused("R-EDM-ERR-C019", "an https URL", "another location")
    if host not in {one.lower() for one in allowed_hosts}:
        raise refused("TDD 4.9 preview host", "a host of the evidence provider", "another host")
    if location in set(already_seen):
        raise refused("TDD 4.9 preview loop", "a new preview location", "one used before")


def _answer(
    value: QueryResponse, content_ids: Collection[str] | None
) -> EvidenceResponse | EvidenceFailure:
    if value.status is ResponseStatus.FAILURE or (
        value.status is ResponseStatus.UNAVAILABLE and value.exceptions
    ):
        return exceptions.evidence_failure(value)
    return response.evidence_response(value, content_ids=content_ids)


def _written(answer: EvidenceResponse | EvidenceFailure) -> bytes:
    try:
        if isinstance(answer, EvidenceFailure):
            value = exceptions.query_response(answer)
        else:
            response.check_response(answer)
            value = response.query_response(answer)
        root = query_response_element(value)
        refuse_broken(root)
    except (EdmRefused, ValueMisuse) as error:
        raise EdmMisuse(str(error)) from None
    return to_bytes(root)
