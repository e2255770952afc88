"""Error codes of the evidence exchange and of the Common Services, with type and sentence.

Transcribed from ``EDMErrorCodes``, ``DSDErrorCodes``, ``EBErrorCodes``, ``LCMErrorCodes`` and
``ErrorSeverity`` in https://code.europa.eu/oots/tdd/tdd_chapters. The published severity list
points PreviewRequired at ``EDM:ERR:0001`` and AdditionalInput at ``DSD:ERR:005``; the messages use
``EDM:ERR:0002`` and ``DSD:ERR:0005``, and so do we.
"""

from enum import StrEnum
from typing import Self

from sdg_connector.vocabulary.namespaces import QUERY, RS


class Severity(StrEnum):
    """ErrorSeverity-CodeList with the semantic repository's host since October 2023."""

    ERROR = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
    PREVIEW_REQUIRED = (
        "urn:sr.oots.tech.ec.europa.eu:codes:ErrorSeverity:EDMErrorResponse:PreviewRequired"
    )
    ADDITIONAL_INPUT = (
        "urn:sr.oots.tech.ec.europa.eu:codes:ErrorSeverity:DSDErrorResponse:AdditionalInput"
    )

    @classmethod
    def _missing_(cls, value: object) -> "Severity | None":
        """Read the host of April 2023 (without ``.ec``) as the same severity."""
        if isinstance(value, str) and value.startswith("urn:sr.oots.tech.europa.eu:"):
            modern = value.replace(".tech.europa.eu:", ".tech.ec.europa.eu:", 1)
            return next((one for one in cls if one.value == modern), None)
        return None


class ErrorCode(StrEnum):
    """A published code that knows its exception type and its message."""

    exception_type: str
    """``{namespace}Local`` of the value of ``xsi:type``."""
    message: str

    def __new__(cls, code: str, exception_type: str, message: str) -> Self:
        """Keep the two facts that the code list gives beside the code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.exception_type = exception_type
        member.message = message
        return member

    @classmethod
    def of(cls, code: str | None) -> Self | None:
        """The member with this code, or None when the list does not have it."""
        return next((one for one in cls if one.value == code), None)


_AUTHENTICATION = f"{{{RS}}}AuthenticationExceptionType"
_AUTHORIZATION = f"{{{RS}}}AuthorizationExceptionType"
_INVALID = f"{{{RS}}}InvalidRequestExceptionType"
_NOT_FOUND = f"{{{RS}}}ObjectNotFoundExceptionType"
_TIMEOUT = f"{{{RS}}}TimeoutExceptionType"
_UNRESOLVED = f"{{{RS}}}UnresolvedReferenceExceptionType"
_UNSUPPORTED = f"{{{RS}}}UnsupportedCapabilityExceptionType"
_QUERY = f"{{{QUERY}}}QueryExceptionType"


class EdmErrorCode(ErrorCode):
    """EDMErrorCodes-CodeList."""

    FAILED_AUTHENTICATION = "EDM:ERR:0001", _AUTHENTICATION, "Failed Authentication"
    MISSING_AUTHORIZATION = "EDM:ERR:0002", _AUTHORIZATION, "Missing Authorization"
    INVALID_REQUEST = (
        "EDM:ERR:0003",
        _INVALID,
        "Syntactically or semantically invalid request",
    )
    OBJECT_NOT_FOUND = "EDM:ERR:0004", _NOT_FOUND, "Object not found"
    TIMEOUT = "EDM:ERR:0005", _TIMEOUT, "Exceeding timeout period"
    UNRESOLVED_REFERENCE = (
        "EDM:ERR:0006",
        _UNRESOLVED,
        "Referenced object that cannot be resolved",
    )
    UNSUPPORTED_CAPABILITY = (
        "EDM:ERR:0007",
        _UNSUPPORTED,
        "Optional feature or capability is not supported",
    )
    QUERY = "EDM:ERR:0008", _QUERY, "Problem during the processing of a QueryRequest"


class DsdErrorCode(ErrorCode):
    """DSDErrorCodes-CodeList."""

    NO_DATA_SERVICE = (
        "DSD:ERR:0001",
        _NOT_FOUND,
        "No Data Services were found based on the given parameters",
    )
    EVIDENCE_TYPE_UNKNOWN = (
        "DSD:ERR:0002",
        _NOT_FOUND,
        "The Evidence Type requested cannot be found",
    )
    INVALID_PARAMETERS = (
        "DSD:ERR:0003",
        _INVALID,
        "The query parameters do not follow the query specification",
    )
    QUERY_UNKNOWN = "DSD:ERR:0004", _INVALID, "The requested Query does not exist"
    MORE_NEEDED = (
        "DSD:ERR:0005",
        _NOT_FOUND,
        "The query requires the included extra attributes to be provided by the user",
    )
    INCORRECT_VALUE = (
        "DSD:ERR:0006",
        _INVALID,
        "Incorrect provided value for requested parameters",
    )


class EbErrorCode(ErrorCode):
    """EBErrorCodes-CodeList."""

    EMPTY_RESULT = "EB:ERR:0001", _NOT_FOUND, "The result set is empty"
    REQUIREMENT_UNKNOWN = (
        "EB:ERR:0002",
        _NOT_FOUND,
        "The requirement requested, represented by the requirement id, does not exist",
    )
    INVALID_PARAMETERS = (
        "EB:ERR:0003",
        _INVALID,
        "The query parameters do not follow the query specification",
    )
    JURISDICTION_LEVEL_UNKNOWN = (
        "EB:ERR:0004",
        _INVALID,
        "The jurisdiction level code query parameter is invalid or unknown",
    )
    PROCEDURE_UNKNOWN = (
        "EB:ERR:0005",
        _INVALID,
        "The procedure-id query parameter is invalid or unknown",
    )
    COUNTRY_UNKNOWN = (
        "EB:ERR:0006",
        _INVALID,
        "The country query parameter is invalid or unknown",
    )
    QUERY_UNKNOWN = "EB:ERR:0007", _INVALID, "The requested Query does not exist"


class LcmErrorCode(ErrorCode):
    """LCMErrorCodes-CodeList."""

    OBJECT = (
        "LCM:ERR:0001",
        _INVALID,
        "A registry object in the Request does not comply with the specification",
    )
    ASSOCIATION = (
        "LCM:ERR:0002",
        _INVALID,
        "An association in the Request does not comply with the specification",
    )
    DATASET = (
        "LCM:ERR:0003",
        _INVALID,
        "The dataset provided failed to pass the validation and integrity check",
    )
