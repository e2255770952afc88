"""How long each part of an exchange may take (TDD 4.4.3)."""

from dataclasses import dataclass
from datetime import timedelta

from sdg_connector.journey import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """The requester's limits; each is longer than the provider's, which answers first."""

    answer: timedelta = timedelta(minutes=6)
    """T1: from the first request to its answer."""
    leaving: timedelta = timedelta(minutes=15)
    """T2: from the preview exception until the person goes there."""
    evidence: timedelta = timedelta(minutes=41)
    """T3: from the second request to the evidence."""
    keeping: timedelta = timedelta(hours=24)
    """How long evidence waits for the person's decision, and stays after it."""

    def limit(self, state: State) -> timedelta | None:
        """The limit that begins when a state is entered; None where sending sets its own."""
        return {
            State.WAITING: self.answer,
            State.PREVIEWING: self.leaving,
            State.RECEIVING: self.evidence,
            State.RECEIVED: self.keeping,
        }.get(state)
