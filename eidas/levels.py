"""Levels of assurance: what may be asked for, and which answer is good enough."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from eidas.errors import EidasMisuse
from eidas.vocabulary import MESSAGE_FORMAT


class LevelOfAssurance(StrEnum):
    """Levels of Regulation (EU) 910/2014 article 8, as Message Format 1.4, 2.4.1 writes them."""

    LOW = "http://eidas.europa.eu/LoA/low"
    SUBSTANTIAL = "http://eidas.europa.eu/LoA/substantial"
    HIGH = "http://eidas.europa.eu/LoA/high"
    NOT_NOTIFIED_LOW = "http://eidas.europa.eu/NotNotified/LoA/low"
    NOT_NOTIFIED_SUBSTANTIAL = "http://eidas.europa.eu/NotNotified/LoA/substantial"
    NOT_NOTIFIED_HIGH = "http://eidas.europa.eu/NotNotified/LoA/high"

    @property
    def notified(self) -> bool:
        """Whether a scheme with this level was notified to the Commission."""
        return self in NOTIFIED


NOTIFIED: Final = (LevelOfAssurance.LOW, LevelOfAssurance.SUBSTANTIAL, LevelOfAssurance.HIGH)
"""The notified levels, weakest first; only these have an order."""

RESERVED_PREFIX: Final = "http://eidas.europa.eu/LoA/"
"""Only the three notified levels may start like this."""

_CLAUSE: Final = f"{MESSAGE_FORMAT}, 2.3.2 and 2.4.1"


class Comparison(StrEnum):
    """How an answer is compared with the request (SAML Core 3.3.2.2.1)."""

    MINIMUM = "minimum"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class RequestedLevels:
    """The levels that a request accepts; only what the profile allows can be made."""

    comparison: Comparison
    uris: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a combination that Message Format 1.4 section 2.3.2 forbids."""
        fault = fault_of(self.comparison, self.uris)
        if fault:
            raise EidasMisuse("request.level", expected=fault, clause=_CLAUSE)

    @classmethod
    def at_least(cls, level: LevelOfAssurance) -> Self:
        """Ask for a notified level or better."""
        return cls(Comparison.MINIMUM, (level.value,))

    @classmethod
    def any_of(cls, *uris: str) -> Self:
        """Ask for one of exactly these levels, of which at least one is not notified."""
        return cls(Comparison.EXACT, tuple(str(uri) for uri in uris))

    @classmethod
    def for_level(cls, level: LevelOfAssurance) -> Self:
        """Ask for ``level`` with the comparison that it demands."""
        if level.notified:
            return cls.at_least(level)
        twins = dict(zip(tuple(LevelOfAssurance)[3:], NOTIFIED, strict=True))
        better = NOTIFIED[NOTIFIED.index(twins[level]) :]
        return cls.any_of(level, *better)

    def accept(self, uri: str) -> bool:
        """Say whether an answer of this level is good enough."""
        if self.comparison is Comparison.EXACT:
            return uri in self.uris
        asked = NOTIFIED.index(LevelOfAssurance(self.uris[0]))
        return any(uri == level.value for level in NOTIFIED[asked:])


def fault_of(comparison: str, uris: tuple[str, ...]) -> str:
    """Say what a set of requested levels should have been, or give an empty string."""
    notified = [level.value for level in NOTIFIED]
    if not uris or len(set(uris)) != len(uris):
        return "at least one level, each once"
    if any(uri.startswith(RESERVED_PREFIX) and uri not in notified for uri in uris):
        return f"no level of our own beneath {RESERVED_PREFIX}"
    asked = [uri for uri in uris if uri in notified]
    if comparison == Comparison.MINIMUM:
        return "" if len(uris) == len(asked) == 1 else "one notified level with minimum"
    if len(asked) == len(uris):
        return "Comparison minimum for a notified level"
    if asked and set(asked) != set(notified[notified.index(min(asked, key=notified.index)) :]):
        return "with a notified level also every better one"
    return ""
