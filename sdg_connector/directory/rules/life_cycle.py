"""LCM-SUC and LCM-ERR: what a directory answers to a submission."""

from typing import Final

from sdg_connector.directory.rules.severities import any_severity
from sdg_connector.regrep import ResponseStatus
from sdg_connector.vocabulary import LcmErrorCode
from sdg_connector.vocabulary.namespaces import RS, qualified
from sdg_connector.vocabulary.rules import (
    ROOT,
    PartCheck,
    RuleFile,
    attribute_filled,
    attribute_given,
    attribute_is,
    attribute_uuid_urn,
    exception_type,
    having,
    one_of,
    root_in,
    root_is,
    rule,
    uuid_urn,
    without,
)

_RESPONSE: Final = "rs:RegistryResponse"
_EXCEPTION: Final = f"{_RESPONSE}/rs:Exception"
_NO_PREFIX: Final = "published for an element without a namespace, which never stands there"


def _correlated() -> PartCheck:
    exception = qualified("rs:Exception")
    return PartCheck(
        holds=lambda part: (
            part.element.get("requestId") is not None
            or any(one.get("code") == "LCM:ERR:0003" for one in part.named(exception))
        ),
        asks="a requestId, or the code LCM:ERR:0003",
        fix="Copy the id of the submission as requestId.",
        found=lambda _: "neither",
    )


SUCCESS: Final = RuleFile(
    name="LCM-SUC",
    rules=(
        rule("R-LCM-SUC-001", ROOT, root_is("RegistryResponse")),
        rule("R-LCM-SUC-002", ROOT, root_in(RS)),
        rule("R-LCM-SUC-003", _RESPONSE, attribute_given("requestId")),
        rule("R-LCM-SUC-004", f"{_RESPONSE}/@requestId", uuid_urn()),
        rule("R-LCM-SUC-005", _RESPONSE, attribute_given("status")),
        rule("R-LCM-SUC-006", _RESPONSE, attribute_is("status", ResponseStatus.SUCCESS)),
        rule("R-LCM-SUC-007", _RESPONSE, without("rim:RegistryObjectList")),
        rule("R-LCM-SUC-008", _RESPONSE, without("rim:Slot")),
    ),
)
ERROR: Final = RuleFile(
    name="LCM-ERR",
    rules=(
        rule("R-LCM-ERR-001", ROOT, root_is("RegistryResponse")),
        rule("R-LCM-ERR-002", ROOT, root_in(RS)),
        rule("R-LCM-ERR-003", _RESPONSE, _correlated()),
        rule("R-LCM-ERR-004", f"{_RESPONSE}[@requestId]", attribute_uuid_urn("requestId")),
        rule("R-LCM-ERR-005", _RESPONSE, attribute_given("status")),
        rule("R-LCM-ERR-006", _RESPONSE, attribute_is("status", ResponseStatus.FAILURE)),
        rule("R-LCM-ERR-007", _RESPONSE, without("rim:RegistryObjectList")),
        rule("R-LCM-ERR-008", _RESPONSE, having("rs:Exception")),
        rule(
            "R-LCM-SUC-008",
            _RESPONSE,
            without("rim:Slot"),
            deviation="published for a Slot without a namespace, which never stands there",
        ),
        rule("R-LCM-ERR-009", _EXCEPTION, attribute_given("xsi:type"), deviation=_NO_PREFIX),
        rule(
            "R-LCM-010",
            f"{_EXCEPTION}/@xsi:type",
            exception_type("rs:InvalidRequestExceptionType"),
            deviation=_NO_PREFIX,
        ),
        rule("R-LCM-ERR-011", _EXCEPTION, attribute_given("severity"), deviation=_NO_PREFIX),
        rule(
            "R-LCM-012",
            f"{_EXCEPTION}/@severity",
            any_severity(),
            deviation=f"{_NO_PREFIX}, and for the word ErrorSeverity; ours asks for a code",
        ),
        rule("R-LCM-ERR-013", _EXCEPTION, attribute_given("message"), deviation=_NO_PREFIX),
        rule(
            "R-LCM-014",
            _EXCEPTION,
            attribute_filled("message"),
            deviation=f"{_NO_PREFIX}, and for one fixed sentence; ours asks for any",
        ),
        rule("R-LCM-ERR-015", _EXCEPTION, attribute_given("code"), deviation=_NO_PREFIX),
        rule(
            "R-LCM-016",
            f"{_EXCEPTION}/@code",
            one_of(*LcmErrorCode),
            deviation=f"{_NO_PREFIX}, and for SERVICE:ERR:0001; ours asks for the list's codes",
        ),
        rule("R-LCM-SUC-017", _EXCEPTION, without("rim:Slot"), deviation=_NO_PREFIX),
    ),
)
