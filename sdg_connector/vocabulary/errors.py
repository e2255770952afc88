"""What goes wrong between an ``sdg:`` element and its typed value."""

from sdg_connector.errors import OwnMistake, PeerMistake


class ElementRefused(PeerMistake):
    """An ``sdg:`` element that a peer sent does not have the shape its type asks for."""


class ValueMisuse(OwnMistake):
    """A value of ours cannot be written in the chosen line of the data model."""


class NoCommonLine(OwnMistake):
    """The correspondent's ``ConformsTo`` names no line of the data model that we speak."""
