"""How the sandbox misbehaves when a tester asks it to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum, auto
from typing import Any

from sdg_connector.errors import OwnMistake


class LoginAnswer(StrEnum):
    """What the node sends back after a login."""

    RIGHT = "right"
    TAMPERED = "tampered"
    EXPIRED = "expired"


class LoginFault(StrEnum):
    """What is wrong in the node's answer itself, which its own key signs; or a proper refusal.

    The names are those of ``eidas.node.WrongAnswer`` and ``eidas.node.Refusal``.
    """

    RIGHT = auto()
    SIGNED_BY_ANOTHER = auto()
    ENCRYPTED_FOR_ANOTHER = auto()
    SIGNED_BY_PKCS1 = auto()
    UNSIGNED = auto()
    ALTERED = auto()
    PLAIN_ASSERTION = auto()
    SECOND_ASSERTION = auto()
    PLAIN_BESIDE_ENCRYPTED = auto()
    UNREADABLE = auto()
    WRONG_ISSUER = auto()
    WRONG_ASSERTION_ISSUER = auto()
    WRONG_DESTINATION = auto()
    NO_DESTINATION = auto()
    WRONG_IN_RESPONSE_TO = auto()
    NO_IN_RESPONSE_TO = auto()
    WRONG_CONFIRMATION_REQUEST = auto()
    WRONG_RECIPIENT = auto()
    RECIPIENT_PREFIX = auto()
    WRONG_AUDIENCE = auto()
    NO_AUDIENCE = auto()
    NO_CONDITIONS = auto()
    EXPIRED = auto()
    EXPIRED_CONFIRMATION = auto()
    NOT_YET_VALID = auto()
    OLD = auto()
    FROM_THE_FUTURE = auto()
    OLD_AUTHENTICATION = auto()
    HOLDER_OF_KEY = auto()
    TWO_CONFIRMATIONS = auto()
    NO_SUBJECT = auto()
    UNKNOWN_NAME_ID = auto()
    NO_AUTHN_STATEMENT = auto()
    TWO_AUTHN_STATEMENTS = auto()
    NO_ATTRIBUTE_STATEMENT = auto()
    TWO_ATTRIBUTE_STATEMENTS = auto()
    LOWER_LEVEL = auto()
    UNKNOWN_LEVEL = auto()
    MISSING_ATTRIBUTE = auto()
    REPEATED_ATTRIBUTE = auto()
    EMPTY_ATTRIBUTE = auto()
    WRONG_COUNTRY = auto()
    WRONG_RECEIVER = auto()
    SUCCESS_WITHOUT_ASSERTION = auto()
    REFUSAL_CONSENT_DECLINED = auto()
    REFUSAL_CANCELLED = auto()
    REFUSAL_AUTHENTICATION_FAILED = auto()
    REFUSAL_LEVEL_NOT_AVAILABLE = auto()
    REFUSAL_ATTRIBUTES_NOT_AVAILABLE = auto()
    REFUSAL_REQUEST_NOT_ACCEPTED = auto()
    REFUSAL_NODE_FAILED = auto()


class DirectoryAnswer(StrEnum):
    """What the Evidence Broker and the Data Service Directory answer."""

    RIGHT = "right"
    NOBODY = "nobody"
    TAMPERED = "tampered"
    """The octets are no longer those that were signed."""
    ASKS = "asks"
    """The person must say something first (DSD:ERR:0005)."""
    DOWN = "down"


class ProviderAnswer(StrEnum):
    """What the data service does with an evidence request."""

    RIGHT = "right"
    DOWN = "down"
    UNKNOWN = "unknown"
    LATER = "later"
    """The evidence can be asked for again a while later, and once more then."""


class RegistryAnswer(StrEnum):
    """What the registries answer to a submission; the last three whatever it holds."""

    RIGHT = "right"
    OBJECT = "LCM:ERR:0001"
    ASSOCIATION = "LCM:ERR:0002"
    DATASET = "LCM:ERR:0003"


class GatewayAnswer(StrEnum):
    """What the Commission's collect API and links repository do with a call."""

    RIGHT = "right"
    DOWN = "down"


@dataclass(slots=True)
class SandboxSwitches:
    """The present behaviour; the only thing in the sandbox that changes while it runs by hand."""

    login: LoginAnswer = LoginAnswer.RIGHT
    fault: LoginFault = LoginFault.RIGHT
    directory: DirectoryAnswer = DirectoryAnswer.RIGHT
    provider: ProviderAnswer = ProviderAnswer.RIGHT
    registry: RegistryAnswer = RegistryAnswer.RIGHT
    gateway: GatewayAnswer = GatewayAnswer.RIGHT

    def present(self) -> tuple[tuple[str, StrEnum], ...]:
        """Each switch and how it stands."""
        return tuple((one.name, getattr(self, one.name)) for one in fields(self))

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Set the named switches; raises `OwnMistake` for a name or a value that there is not."""
        kinds = {name: type(value) for name, value in self.present()}
        try:
            changes = {name: kinds[name](value) for name, value in wanted.items()}
        except (KeyError, ValueError, TypeError) as unknown:
            known = {name: [str(one) for one in kind] for name, kind in kinds.items()}
            raise OwnMistake(f"the switches of the sandbox are {known}") from unknown
        for name, value in changes.items():
            setattr(self, name, value)
