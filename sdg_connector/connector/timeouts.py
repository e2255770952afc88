"""How long each part of an exchange may take (TDD 4.4.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sdg_connector.journey import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """The requester's limits; each is longer than the provider's, which answers first."""

    answer: timedelta = timedelta(minutes=6)
    """T1: from a first request to its answer."""
    leaving: timedelta = timedelta(minutes=15)
    """T2: from the preview exception until the person goes there."""
    evidence: timedelta = timedelta(minutes=41)
    """T3: from the second request to the evidence."""
    keeping: timedelta = timedelta(hours=24)
    """How long evidence waits for the person's decision, and stays after it."""
    later: timedelta = timedelta(days=30)
    """From the explicit request to the last moment at which evidence that the provider has later
    is asked for."""
    again: int = 5
    """How often a provider may say that it has the evidence later."""
    pause: timedelta = timedelta(minutes=5)
    """Between such an answer and the next request, at least, whatever moment it names."""

    def limit(self, state: State) -> timedelta | None:
        """The limit that begins when a state is entered; None where something else sets it."""
        return {
            State.WAITING: self.answer,
            State.PREVIEWING: self.leaving,
            State.RECEIVING: self.evidence,
            State.RECEIVED: self.keeping,
        }.get(state)

    def ask_again_at(self, available_at: datetime, *, now: datetime) -> datetime:
        """When a provider that has the evidence later is asked again."""
        return max(available_at, now + self.pause)

    def waits_for(self, available_at: datetime, *, asked_at: datetime, times: int) -> bool:
        """Whether evidence that is available then is waited for.

        ``asked_at`` is the explicit request, ``times`` how often the provider was asked again.
        """
        return times < self.again and available_at <= asked_at + self.later

    @property
    def lasts(self) -> timedelta:
        """How long one round of an exchange can last, with the keeping of what it brought."""
        return self.answer + self.leaving + self.evidence + 2 * self.keeping
