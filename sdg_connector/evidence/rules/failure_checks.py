"""What the rules of error responses ask and no other rule does."""

from typing import Final

from sdg_connector.vocabulary import EdmErrorCode, Severity
from sdg_connector.vocabulary.codes import AgentClassification
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules import PartCheck, TextCheck, one_of
from sdg_connector.vocabulary.rules.part import Part, local_type, text_of

_EXCEPTION: Final = qualified("rs:Exception")
_AUTHORIZATION: Final = EdmErrorCode.MISSING_AUTHORIZATION.exception_type.rpartition("}")[2]
_INVALID: Final = EdmErrorCode.INVALID_REQUEST.exception_type.rpartition("}")[2]
EXCEPTION_TYPES: Final = tuple(one.exception_type.rpartition("}")[2] for one in EdmErrorCode)


def severity() -> TextCheck:
    """Error, or preview required; the older host of the repository is known too."""

    def holds(text: str) -> bool:
        try:
            return Severity(text) is not Severity.ADDITIONAL_INPUT
        except ValueError:
            return False

    return TextCheck(
        holds=holds,
        asks=f"{Severity.ERROR} or {Severity.PREVIEW_REQUIRED}",
        fix=f"Write {Severity.PREVIEW_REQUIRED} for a preview, else {Severity.ERROR}.",
    )


def is_error() -> PartCheck:
    """The severity is the plain one."""
    return PartCheck(
        holds=lambda part: Severity.ERROR in part.element.get("severity", ""),
        asks=f"severity {Severity.ERROR}, unless the code is EDM:ERR:0002",
        fix=f"Write severity={Severity.ERROR}.",
        found=lambda _: "another severity",
    )


def is_no_error() -> PartCheck:
    """The severity is not the plain one."""
    return PartCheck(
        holds=lambda part: Severity.ERROR not in part.element.get("severity", ""),
        asks="the severity PreviewRequired of an AuthorizationException",
        fix=f"Write severity={Severity.PREVIEW_REQUIRED}.",
        found=lambda _: f"{Severity.ERROR}",
    )


def correlated() -> PartCheck:
    """The response names its request, unless the request could not be read."""
    return PartCheck(
        holds=lambda part: (
            part.element.get("requestId") is not None
            or any(local_type(one) == _INVALID for one in part.named(_EXCEPTION))
        ),
        asks=f"a requestId, or an {_INVALID}",
        fix="Copy the id of the request as requestId.",
        found=lambda _: "none",
    )


def preview_is_required() -> PartCheck:
    """An exception with a preview location is the one that asks for a preview."""

    def holds(part: Part) -> bool:
        if not part.slots("PreviewLocation"):
            return True
        required = Severity.PREVIEW_REQUIRED.name
        return _severity_of(part) == required and local_type(part.element) == _AUTHORIZATION

    return PartCheck(
        holds=holds,
        asks=f"PreviewRequired and {_AUTHORIZATION} beside a PreviewLocation",
        fix="Write the exception of EDM:ERR:0002, or leave PreviewLocation out.",
        found=lambda _: "another exception",
    )


def preview_is_given() -> PartCheck:
    """An exception that requires a preview says where."""
    return PartCheck(
        holds=lambda part: (
            _severity_of(part) != Severity.PREVIEW_REQUIRED.name
            or part.slots("PreviewLocation") > 0
        ),
        asks="the slot PreviewLocation beside PreviewRequired",
        fix="Write where the person sees the evidence.",
        found=lambda _: "none",
    )


def preview_method() -> PartCheck:
    """``rim:Value`` is a method of HTTP that a browser can be sent with."""
    tag = qualified("rim:Value")
    return PartCheck(
        holds=lambda part: any(text_of(one) in {"GET", "POST", "PUT"} for one in part.named(tag)),
        asks="GET, POST or PUT",
        fix="Write GET.",
        found=lambda part: "another method" if part.count(tag) else "none",
    )


def error_classification() -> TextCheck:
    """A code of AgentClassification, the requester's left out."""
    return one_of(*(one for one in AgentClassification if one.value != "ER"))


def _severity_of(part: Part) -> str:
    try:
        return Severity(part.element.get("severity", "")).name
    except ValueError:
        return ""
