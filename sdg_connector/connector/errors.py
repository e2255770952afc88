"""What the connector tells its caller when it cannot do what was asked."""

from sdg_connector.errors import ConnectorError, OwnMistake


class NothingFound(ConnectorError):
    """No data service holds a proof that the procedure asks for."""


class UnknownExchange(OwnMistake):
    """No exchange has this id, or it was erased."""


class Gone(OwnMistake):
    """The document was erased on schedule, or cannot be opened with the keys at hand."""


class Overtaken(ConnectorError):
    """Another worker moved the exchange on meanwhile."""


class StoredDifferently(ConnectorError):
    """A message id was used again for another message."""
