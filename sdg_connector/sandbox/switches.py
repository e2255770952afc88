"""How the sandbox misbehaves when a tester asks it to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sdg_connector.errors import OwnMistake


class LoginAnswer(StrEnum):
    """What the node sends back after a login."""

    RIGHT = "right"
    TAMPERED = "tampered"
    EXPIRED = "expired"


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


@dataclass(slots=True)
class SandboxSwitches:
    """The present behaviour; the only thing in the sandbox that changes while it runs by hand."""

    login: LoginAnswer = LoginAnswer.RIGHT
    directory: DirectoryAnswer = DirectoryAnswer.RIGHT
    provider: ProviderAnswer = ProviderAnswer.RIGHT

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
