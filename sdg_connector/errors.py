"""The root of the connector's errors: what a broken rule tells the caller, the log and the peer.

::

    ConnectorError
    ├── OwnMistake      you asked for what the standard forbids
    ├── PeerMistake     the peer sent what it must not
    └── NobodyAnswered  no answer came in time
"""

from dataclasses import dataclass


class ConnectorError(Exception):
    """A rule was broken; ``str()`` is a sentence that names no person."""


class OwnMistake(ConnectorError):
    """You asked for something that the standard or the configuration forbids."""


@dataclass(slots=True, eq=False)
class PeerMistake(ConnectorError):
    """A peer sent what it must not: the rule, what was expected, what came, and what to answer."""

    rule: str
    """Identifier of the broken rule, as its publisher writes it (``R-EDM-REQ-S016``)."""
    expected: str
    """What the rule asks for, in words."""
    found: str
    """What came instead, without any person's data."""
    wire_code: str = ""
    """The code to answer with (``EDM:ERR:0003``, ``EBMS:0101``); empty when silence is right."""

    def __reduce__(self) -> tuple[object, ...]:
        """A durable workflow stores its error: the four fields bring it back whole."""
        return (type(self), (self.rule, self.expected, self.found, self.wire_code))

    def __str__(self) -> str:
        return f"{self.rule}: expected {self.expected}, found {self.found}"


class NobodyAnswered(ConnectorError):
    """A peer could not be reached, or did not answer in the agreed time."""
