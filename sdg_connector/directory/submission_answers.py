"""Read and write what a registry answers to a submission (R-LCM-SUC, R-LCM-ERR)."""

from sdg_connector.directory.errors import DirectoryFailure
from sdg_connector.directory.registered import refused
from sdg_connector.regrep import (
    QueryResponse,
    RegRepRefused,
    ResponseException,
    ResponseStatus,
    read_registry_response,
    write_registry_response,
)
from sdg_connector.vocabulary import LcmErrorCode, Severity


def write_submission_answer(
    request_id: str | None, *, problem: LcmErrorCode | None = None, detail: str | None = None
) -> bytes:
    """Give the ``rs:RegistryResponse`` to a submission: success, or what is wrong with it."""
    exceptions: tuple[ResponseException, ...] = ()
    if problem is not None:
        exceptions = (
            ResponseException(
                type=problem.exception_type,
                severity=Severity.ERROR,
                message=problem.message,
                code=problem,
                detail=detail,
            ),
        )
    status = ResponseStatus.FAILURE if exceptions else ResponseStatus.SUCCESS
    return write_registry_response(
        QueryResponse(status=status, request_id=request_id, exceptions=exceptions)
    )


def read_submission_answer(data: bytes, *, expected_request_id: str) -> None:
    """Return when the registry took the submission in.

    Raises ``DirectoryFailure`` with its code when it did not, and ``DirectoryRefused`` for anything
    that is not an answer to this submission.
    """
    try:
        response = read_registry_response(data)
    except RegRepRefused as error:
        raise refused(error.rule, error.expected, error.found) from None
    if response.objects is not None or response.slots:
        raise refused("R-LCM-SUC-007", "neither objects nor slots in an answer", "some")
    failed = response.status is ResponseStatus.FAILURE
    if failed != bool(response.exceptions) or response.status is ResponseStatus.UNAVAILABLE:
        raise refused("R-LCM-ERR-008", "an exception in a failure, and in nothing else", "other")
    codes = [LcmErrorCode.of(one.code) for one in response.exceptions]
    if None in codes:
        raise refused("R-LCM-016", "a code of LCMErrorCodes", "another")
    unread = response.request_id is None and codes[:1] == [LcmErrorCode.DATASET]
    if response.request_id != expected_request_id and not unread:
        raise refused("R-LCM-SUC-004", "an answer to this submission", "another's")
    for code, exception in zip(codes, response.exceptions, strict=True):
        if code is not None:
            raise DirectoryFailure(code, exception.message or code.message, exception.detail)
