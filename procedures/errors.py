"""What can go wrong with a description or with the Gateway, sorted by whose fault it is.

::

    ProceduresError
    ├── ProceduresMisuse         ours: the caller asked for what the law or a format forbids
    │   └── UnknownCode          no annex and no published list knows the code
    ├── Refused                  theirs: what came breaks a rule
    │   ├── DescriptionRefused   a description file, with all its mistakes
    │   └── GatewayRefused       the Commission's service said no, field by field
    └── GatewaySilent            nobody's: no answer came
"""

from dataclasses import dataclass


class ProceduresError(Exception):
    """The root of all errors of this package; ``str()`` is a sentence."""


class ProceduresMisuse(ProceduresError, ValueError):
    """You asked for something that the law, or the format of a field, forbids."""


class UnknownCode(ProceduresMisuse):
    """No annex of Regulation (EU) 2018/1724 and no published list knows this code."""


class Refused(ProceduresError):
    """What somebody sent breaks a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong in a description file."""

    path: str
    """Where, as keys and positions: ``fees[0].amount``; empty for the whole file."""
    line: int | None
    """The line in the file, counted from 1; none where there is no file."""
    message: str
    """What was expected, as a sentence."""

    def __str__(self) -> str:
        """Say where and what."""
        place = f"line {self.line}: " if self.line is not None else ""
        return f"{place}{self.path or 'the file'}: {self.message}"


class DescriptionRefused(Refused):
    """A description cannot be read; every mistake in it is listed."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        """Keep all mistakes, in the order of the file."""
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        """Count the mistakes and list them."""
        several = "s" if len(self.mistakes) > 1 else ""
        return f"{len(self.mistakes)} mistake{several}: " + "; ".join(map(str, self.mistakes))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One complaint of the Commission's service, mapped to the thing we sent."""

    field: str
    """The field as the service names it: ``linkData[0].title``."""
    ours: str
    """What it was made from: the description and its field, or empty when nobody can tell."""
    message: str


class GatewayRefused(Refused):
    """The Commission's service answered that it does not take what we sent."""

    def __init__(self, *, status: int, errors: tuple[FieldError, ...]) -> None:
        """Keep the HTTP status and the complaints."""
        super().__init__(status, errors)
        self.status = status
        self.errors = errors

    def __str__(self) -> str:
        """Name the status and each complaint."""
        what = "; ".join(f"{one.ours or one.field}: {one.message}" for one in self.errors)
        return f"the service answered {self.status}: {what or 'no reason given'}"


class GatewaySilent(ProceduresError):
    """The Commission's service could not be reached, or gave no answer that can be read."""
