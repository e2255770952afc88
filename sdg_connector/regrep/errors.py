"""What goes wrong between RegRep bytes and RegRep values."""

from sdg_connector.errors import OwnMistake, PeerMistake


class RegRepRefused(PeerMistake):
    """The bytes are not the RegRep document that was expected."""


class RegRepMisuse(OwnMistake):
    """A RegRep value of ours cannot be written."""
