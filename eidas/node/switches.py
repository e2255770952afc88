"""Ways for a test node to say no, and to answer wrongly."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from eidas.vocabulary import StatusCode, SubStatusCode
from xmltrust import Certificate, SigningKey


class Refusal(StrEnum):
    """Proper answers without a login."""

    CONSENT_DECLINED = "consent declined"
    CANCELLED = "cancelled by the person"
    AUTHENTICATION_FAILED = "authentication failed"
    LEVEL_NOT_AVAILABLE = "level of assurance not available"
    ATTRIBUTES_NOT_AVAILABLE = "attributes not available"
    REQUEST_NOT_ACCEPTED = "request not accepted"
    NODE_FAILED = "node failed"

    @property
    def status(self) -> tuple[StatusCode, SubStatusCode | None, str]:
        """Give status, second-level status and message, as eIDAS-Node 2.9 writes them."""
        return _STATUS[self]


_STATUS = {
    Refusal.CONSENT_DECLINED: (
        StatusCode.RESPONDER,
        SubStatusCode.REQUEST_DENIED,
        "consent not given",
    ),
    Refusal.CANCELLED: (
        StatusCode.RESPONDER,
        SubStatusCode.AUTHN_FAILED,
        "cancelled by user",
    ),
    Refusal.AUTHENTICATION_FAILED: (
        StatusCode.RESPONDER,
        SubStatusCode.AUTHN_FAILED,
        "003002 - authentication.failed",
    ),
    Refusal.LEVEL_NOT_AVAILABLE: (
        StatusCode.RESPONDER,
        SubStatusCode.NO_AUTHN_CONTEXT,
        "202019 - idp.incorrect.loa",
    ),
    Refusal.ATTRIBUTES_NOT_AVAILABLE: (
        StatusCode.RESPONDER,
        SubStatusCode.INVALID_ATTRIBUTE,
        "202010 - missing.mandatory.attr",
    ),
    Refusal.REQUEST_NOT_ACCEPTED: (StatusCode.REQUESTER, None, ""),
    Refusal.NODE_FAILED: (StatusCode.RESPONDER, None, ""),
}


class WrongAnswer(StrEnum):
    """Wrong answers that a tester may want from a node; each must be refused."""

    UNSIGNED = "unsigned"
    ALTERED = "altered after signing"
    PLAIN_ASSERTION = "assertion not encrypted"
    SECOND_ASSERTION = "a second encrypted assertion"
    PLAIN_BESIDE_ENCRYPTED = "a plain assertion beside the encrypted one"
    UNREADABLE = "encrypted content altered before signing"
    WRONG_ISSUER = "another issuer"
    WRONG_ASSERTION_ISSUER = "another issuer of the assertion"
    WRONG_DESTINATION = "another destination"
    NO_DESTINATION = "no destination"
    WRONG_IN_RESPONSE_TO = "answers another request"
    NO_IN_RESPONSE_TO = "answers no request"
    WRONG_CONFIRMATION_REQUEST = "confirmation for another request"
    WRONG_RECIPIENT = "another recipient"
    RECIPIENT_PREFIX = "our recipient address and more behind it"
    WRONG_AUDIENCE = "another audience"
    NO_AUDIENCE = "no audience"
    NO_CONDITIONS = "no conditions"
    EXPIRED = "expired conditions"
    EXPIRED_CONFIRMATION = "expired confirmation"
    NOT_YET_VALID = "conditions not valid yet"
    OLD = "issued long ago"
    FROM_THE_FUTURE = "issued in the future"
    OLD_AUTHENTICATION = "authenticated before the request"
    HOLDER_OF_KEY = "holder-of-key confirmation"
    TWO_CONFIRMATIONS = "two subject confirmations"
    NO_SUBJECT = "no subject"
    UNKNOWN_NAME_ID = "unknown name identifier format"
    NO_AUTHN_STATEMENT = "no authentication statement"
    TWO_AUTHN_STATEMENTS = "two authentication statements"
    NO_ATTRIBUTE_STATEMENT = "no attribute statement"
    TWO_ATTRIBUTE_STATEMENTS = "two attribute statements"
    LOWER_LEVEL = "lower level of assurance"
    UNKNOWN_LEVEL = "unknown level of assurance"
    MISSING_ATTRIBUTE = "a mandatory attribute is missing"
    REPEATED_ATTRIBUTE = "an attribute comes twice"
    EMPTY_ATTRIBUTE = "an attribute is empty"
    WRONG_COUNTRY = "identifier of another issuing country"
    WRONG_RECEIVER = "identifier for another receiving country"
    SUCCESS_WITHOUT_ASSERTION = "success without an assertion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How one answer is to be wrong; by default it is right."""

    wrong: frozenset[WrongAnswer] = frozenset()
    signing_key: SigningKey | None = None
    """Sign with this key instead of the node's."""
    recipient: Certificate | None = None
    """Encrypt for this key instead of the connector's."""

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Give the switches by the text or the name of each wrong answer."""
        by_name = {one.name.lower(): one for one in WrongAnswer}
        return cls(wrong=frozenset(by_name.get(name) or WrongAnswer(name) for name in names))

    def __contains__(self, answer: WrongAnswer) -> bool:
        """Say whether the answer is to be wrong in this way."""
        return answer in self.wrong
