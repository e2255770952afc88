"""For any values, write then read is the identity; for any bytes, a value or our error."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as some

from sdg_connector.evidence import (
    EdmRefused,
    EvidenceFailure,
    EvidenceRequest,
    EvidenceResponse,
    read_evidence_answer,
    read_evidence_request,
    write_evidence_failure,
    write_evidence_request,
    write_evidence_response,
)
from sdg_connector.vocabulary import EdmLine
from tests.sdg_connector.evidence.test_evidence_exchange import request_of
from tests.support.evidence_messages import failures, requests, responses


@settings(deadline=None, max_examples=30)
@given(requests())
def test_any_request_reads_back_as_it_was_written(request: EvidenceRequest) -> None:
    assert read_evidence_request(write_evidence_request(request)) == request


@settings(deadline=None, max_examples=25)
@given(responses())
def test_any_response_reads_back_as_it_was_written(response: EvidenceResponse) -> None:
    assert read_evidence_answer(write_evidence_response(response)) == response


@settings(deadline=None, max_examples=20)
@given(failures())
def test_any_failure_reads_back_as_it_was_written(failure: EvidenceFailure) -> None:
    assert read_evidence_answer(write_evidence_failure(failure)) == failure


WRITTEN = [write_evidence_request(request_of(line)) for line in (EdmLine.V1_0, EdmLine.V2_0)]


@settings(deadline=None, max_examples=150)
@given(some.data(), some.sampled_from(WRITTEN))
def test_a_request_with_changed_bytes_is_a_value_or_our_error(
    data: some.DataObject, written: bytes
) -> None:
    at = data.draw(some.integers(0, len(written) - 1))
    changed = written[:at] + data.draw(some.binary(max_size=4)) + written[at + 1 :]
    for read in (read_evidence_request, read_evidence_answer):
        assert outcome_of(read, changed)


def outcome_of(read: Callable[[bytes], object], data: bytes) -> str:
    try:
        return type(read(data)).__name__
    except EdmRefused as refusal:
        return refusal.rule
