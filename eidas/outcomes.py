"""Answers without a login: what a node's status means, in words that a person understands.

LoginNotCompleted
├── LoginDeclined        the person, or the service, refused to go on
├── LoginCancelled       the person stopped
├── AuthenticationFailed the person could not be authenticated
├── LevelNotAvailable    no means of identification at the wanted level
├── AttributesNotAvailable  the node does not have what was asked for
├── RequestNotAccepted   the node finds our request wrong
└── NodeFailed           the node itself could not finish
"""

import re
from typing import ClassVar, Final

from eidas.errors import EidasError
from eidas.vocabulary import StatusCode, SubStatusCode


class LoginNotCompleted(EidasError):
    """The node answered, properly signed, that there is no login."""

    TITLE: ClassVar[str] = "You were not logged in"
    ADVICE: ClassVar[str] = "Please try again, or use another way to log in."

    def __init__(self, *, status: str, sub_status: str = "", code: str = "") -> None:
        """Keep the published codes; the node's free text may name a person and is dropped."""
        super().__init__(
            f"outcome.{_dashed(type(self).__name__)}",
            found=" / ".join(_tail(part) for part in (status, sub_status) if part),
            clause="SAML Core 2.0, 3.2.2.2",
            code=code,
        )
        self.status = status
        self.sub_status = sub_status

    @property
    def text_id(self) -> str:
        """Key under which a translated text may be kept."""
        return f"eidas.{_dashed(type(self).__name__)}"


class LoginDeclined(LoginNotCompleted):
    """Consent was refused, or the node will not serve this request."""

    TITLE = "The login was declined"
    ADVICE = "Nothing about you was sent. You can start again whenever you like."


class LoginCancelled(LoginNotCompleted):
    """The person stopped before the end."""

    TITLE = "You stopped the login"
    ADVICE = "Nothing about you was sent. You can start again whenever you like."


class AuthenticationFailed(LoginNotCompleted):
    """The person could not prove who they are."""

    TITLE = "Your country could not confirm who you are"
    ADVICE = "Check your card, app or password with the service that issued it, then try again."


class LevelNotAvailable(LoginNotCompleted):
    """There is no means of identification at the level that was asked for."""

    TITLE = "This service needs a more secure way to log in"
    ADVICE = "Log in with a means of identification of a higher level of assurance."


class AttributesNotAvailable(LoginNotCompleted):
    """The node cannot deliver what was asked for."""

    TITLE = "Your country could not send the data this service needs"
    ADVICE = "Your record may be incomplete. Ask the service that issued your electronic identity."


class RequestNotAccepted(LoginNotCompleted):
    """The node finds our request wrong: the fault is on our side."""

    TITLE = "The other country did not accept our question"
    ADVICE = "This is not your fault. Please tell the service you came from."


class NodeFailed(LoginNotCompleted):
    """The node could not finish."""

    TITLE = "The other country's login service had a problem"
    ADVICE = "Please try again in a few minutes."


_BY_SUB_STATUS: Final[dict[str, type[LoginNotCompleted]]] = {
    SubStatusCode.AUTHN_FAILED: AuthenticationFailed,
    SubStatusCode.NO_AUTHN_CONTEXT: LevelNotAvailable,
    SubStatusCode.REQUEST_DENIED: LoginDeclined,
    SubStatusCode.INVALID_ATTRIBUTE: AttributesNotAvailable,
    SubStatusCode.INVALID_NAME_ID_POLICY: RequestNotAccepted,
}
_BY_CODE: Final[dict[str, type[LoginNotCompleted]]] = {
    # six-digit codes that eIDAS-Node 2.9 puts first into StatusMessage
    "003002": AuthenticationFailed,
    "003007": LevelNotAvailable,
    "202019": LevelNotAvailable,
    "202021": LevelNotAvailable,
    "202010": AttributesNotAvailable,
    "203021": AttributesNotAvailable,
}
_CODE: Final = re.compile(r"\s*(\d{6})\b")
_CANCELLED: Final = re.compile(r"\bcancel", re.IGNORECASE)


def outcome_of(*, status: str, sub_status: str, message: str) -> LoginNotCompleted:
    """Give the outcome for a status that is not Success.

    The node's code decides first, then the second-level status, then the first.
    """
    found = _CODE.match(message)
    code = found[1] if found else ""
    kind = _BY_CODE.get(code) or _BY_SUB_STATUS.get(sub_status)
    if kind is None:
        at_fault = {StatusCode.REQUESTER, StatusCode.VERSION_MISMATCH}
        kind = RequestNotAccepted if status in at_fault else NodeFailed
    # SAML has no status for "the person pressed Cancel"; nodes say it in the message only.
    if kind in {AuthenticationFailed, LoginDeclined} and _CANCELLED.search(message):
        kind = LoginCancelled
    return kind(status=status, sub_status=sub_status, code=code)


def _dashed(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _tail(uri: str) -> str:
    known = {item.value for item in (*StatusCode, *SubStatusCode)}
    return uri.rpartition(":")[2] if uri in known else "another status"
