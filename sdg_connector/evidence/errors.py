"""What goes wrong between EDM bytes and EDM values."""

from sdg_connector.errors import OwnMistake, PeerMistake


class EdmRefused(PeerMistake):
    """A message of the exchange data model breaks a published rule."""


class EdmMisuse(OwnMistake):
    """A message of ours would break a published rule, and is not written."""


def refused(rule: str, expected: str, found: str, *, wire_code: str = "EDM:ERR:0003") -> EdmRefused:
    """The refusal of a message, with the code to answer with."""
    return EdmRefused(rule=rule, expected=expected, found=found, wire_code=wire_code)
