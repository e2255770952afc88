"""What can be wrong with a user's answers."""

from collections.abc import Mapping

from procedures.errors import Refused


class AnswersRefused(Refused):
    """Answers do not fit their form; each question with its mistake, never with its answer."""

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        """Keep all mistakes by the id of their question."""
        super().__init__(dict(mistakes))
        self.mistakes = dict(mistakes)

    def __str__(self) -> str:
        return "; ".join(f"{key}: {message}" for key, message in self.mistakes.items())
