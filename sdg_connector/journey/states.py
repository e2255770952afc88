"""Where a journey can stand."""

from enum import StrEnum


class State(StrEnum):
    """One place in the journey; the last five are its ends."""

    CHOOSING = "choosing"
    """The person reads about the procedure."""
    IDENTIFYING = "identifying"
    """The person logs in at the node of another Member State."""
    FINDING = "finding"
    """It is found out which evidence proves the requirement, who holds it, what will be asked."""
    REQUESTING = "requesting"
    """The first request is under way; no receipt yet (TDD 4.9, step 1)."""
    WAITING = "waiting"
    """The provider has the first request."""
    PREVIEWING = "previewing"
    """The provider asks for a preview; the person has not gone there yet (TDD 4.9, step 2)."""
    SECOND_REQUEST = "second request"
    """The person goes to the preview, the second request is under way (TDD 4.9, step 3)."""
    RECEIVING = "receiving"
    """The provider has the second request; the person looks and decides (TDD 4.9, step 4)."""
    DEFERRED = "deferred"
    """The provider has the evidence later; it is asked again by itself at the moment it named
    (TDD 4.5, ``ResponseAvailableDateTime``)."""
    RECEIVED = "received"
    """The evidence is here; the person decides whether it is used (SDGR, article 14)."""
    HANDED_OVER = "handed over"
    """The evidence belongs to the procedure."""
    DECLINED = "declined"
    """The person did not want the evidence to be sent or used."""
    REFUSED = "refused"
    """The provider answered with an error."""
    EXPIRED = "expired"
    """A time limit passed (TDD 4.4.3)."""
    FAILED = "failed"
    """Nobody could be reached, or an answer broke a rule."""

    @property
    def is_end(self) -> bool:
        """Whether nothing happens to the journey any more."""
        return self in _ENDS

    @property
    def is_exchange(self) -> bool:
        """Whether the state belongs to the exchange that follows the explicit request."""
        return self not in {State.CHOOSING, State.IDENTIFYING, State.FINDING}


_ENDS = frozenset({State.HANDED_OVER, State.DECLINED, State.REFUSED, State.EXPIRED, State.FAILED})
