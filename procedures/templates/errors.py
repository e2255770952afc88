"""What can be wrong with a template, or with a service that takes it over."""

from procedures.errors import Mistake, Refused


class TemplateBroken(Refused):
    """A template, an adoption or a list of municipalities cannot be used; all mistakes at once."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        """Keep all mistakes."""
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        """List the mistakes."""
        return "; ".join(map(str, self.mistakes))
