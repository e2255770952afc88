"""What is wrong with a configuration, all of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sdg_connector.errors import OwnMistake


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong."""

    where: str
    """The setting: ``access_point.peers[0].certificate``."""
    message: str
    """What was expected and what stands there, without any secret."""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class ConfigurationRefused(OwnMistake):
    """The configuration cannot be used; every mistake is listed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)
