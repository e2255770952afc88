"""The one table of moves; everything else about the journey is looked up here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sdg_connector.errors import OwnMistake
from sdg_connector.journey.events import Effect, Happened
from sdg_connector.journey.states import State


@dataclass(frozen=True, slots=True)
class Move:
    """Where an event leads, and what is wanted then, in this order."""

    state: State
    effects: tuple[Effect, ...] = ()


class OutOfPlace(OwnMistake):
    """An event that the present state does not know: late, repeated, or nobody's."""

    def __init__(self, state: State, happened: Happened) -> None:
        super().__init__(f"journey: {happened!s} does not happen while {state!s}")
        self.state = state
        self.happened = happened


_DECLINED = Move(State.DECLINED, (Effect.ERASE_EVIDENCE, Effect.TELL_THE_PERSON))
_REFUSED = Move(State.REFUSED, (Effect.TELL_THE_PERSON,))
_EXPIRED = Move(State.EXPIRED, (Effect.ERASE_EVIDENCE, Effect.TELL_THE_PERSON))
_FAILED = Move(State.FAILED, (Effect.TELL_THE_PERSON,))
_PREVIEW = Move(State.PREVIEWING, (Effect.OFFER_PREVIEW,))
_ARRIVED = Move(State.RECEIVED, (Effect.OFFER_EVIDENCE,))
_AWAIT_ANSWER = Move(State.WAITING, (Effect.AWAIT_ANSWER,))
_AWAIT_EVIDENCE = Move(State.RECEIVING, (Effect.AWAIT_EVIDENCE,))
_DEFERRED = Move(State.DEFERRED, (Effect.TELL_THE_PERSON, Effect.AWAIT_THE_DAY))

_ENDINGS: Final = {
    Happened.NOTHING_GIVEN: _DECLINED,
    Happened.PROVIDER_REFUSED: _REFUSED,
    Happened.ANSWER_BROKEN: _FAILED,
    Happened.CANCELLED: _DECLINED,
    Happened.TIME_UP: _EXPIRED,
}
"""What ends an exchange wherever it waits for the provider."""
_LATER: Final = {Happened.EVIDENCE_LATER: _DEFERRED, Happened.EVIDENCE_TOO_LATE: _REFUSED}
"""What an answer without the evidence, but with a moment, leads to."""

TABLE: Final[Mapping[State, Mapping[Happened, Move]]] = {
    State.CHOOSING: {
        Happened.PROCEDURE_CHOSEN: Move(State.IDENTIFYING, (Effect.ASK_FOR_LOGIN,)),
    },
    State.IDENTIFYING: {
        Happened.IDENTIFIED: Move(State.FINDING, (Effect.FIND_EVIDENCE,)),
        Happened.LOGIN_FAILED: Move(State.CHOOSING, (Effect.TELL_THE_PERSON,)),
    },
    State.FINDING: {
        Happened.OFFERS_FOUND: Move(State.FINDING, (Effect.SHOW_WHAT_WILL_BE_ASKED,)),
        Happened.MORE_NEEDED: Move(State.FINDING, (Effect.ASK_THE_PERSON,)),
        Happened.NOTHING_FOUND: _FAILED,
        Happened.EXPLICIT_REQUEST_GIVEN: Move(State.REQUESTING, (Effect.SEND_REQUEST,)),
        Happened.CANCELLED: _DECLINED,
    },
    # An answer may overtake its receipt: the receipt was lost, the request was not.
    State.REQUESTING: {
        **_ENDINGS,
        Happened.RECEIPT_CAME: _AWAIT_ANSWER,
        Happened.NOT_DELIVERED: _FAILED,
        Happened.PREVIEW_REQUIRED: _PREVIEW,
        Happened.EVIDENCE_ARRIVED: _ARRIVED,
        **_LATER,
    },
    State.WAITING: {
        **_ENDINGS,
        Happened.PREVIEW_REQUIRED: _PREVIEW,
        Happened.EVIDENCE_ARRIVED: _ARRIVED,
        **_LATER,
    },
    State.PREVIEWING: {
        **_ENDINGS,
        Happened.LEFT_FOR_PREVIEW: Move(State.SECOND_REQUEST, (Effect.SEND_SECOND_REQUEST,)),
    },
    State.SECOND_REQUEST: {
        **_ENDINGS,
        Happened.RECEIPT_CAME: _AWAIT_EVIDENCE,
        Happened.NOT_DELIVERED: _FAILED,
        Happened.EVIDENCE_ARRIVED: _ARRIVED,
        **_LATER,
        Happened.PERSON_RETURNED: Move(State.SECOND_REQUEST),
    },
    State.RECEIVING: {
        **_ENDINGS,
        Happened.EVIDENCE_ARRIVED: _ARRIVED,
        **_LATER,
        Happened.PERSON_RETURNED: Move(State.RECEIVING),
    },
    # A new first request: a preview location of the earlier one has had its use (TDD 4.9).
    State.DEFERRED: {
        Happened.DUE: Move(State.REQUESTING, (Effect.SEND_REQUEST,)),
        Happened.PERSON_RETURNED: Move(State.DEFERRED),
        Happened.CANCELLED: _DECLINED,
        Happened.TIME_UP: _EXPIRED,
    },
    State.RECEIVED: {
        Happened.PERSON_RETURNED: Move(State.RECEIVED),
        Happened.EVIDENCE_ATTACHED: Move(State.HANDED_OVER, (Effect.KEEP_EVIDENCE,)),
        Happened.EVIDENCE_DROPPED: _DECLINED,
        Happened.CANCELLED: _DECLINED,
        Happened.TIME_UP: _EXPIRED,
    },
    State.HANDED_OVER: {},
    State.DECLINED: {},
    State.REFUSED: {},
    State.EXPIRED: {},
    State.FAILED: {},
}


def advance(state: State, happened: Happened) -> Move:
    """Give the move that the table holds for an event; raises ``OutOfPlace`` where it has none."""
    move = TABLE[state].get(happened)
    if move is None:
        raise OutOfPlace(state, happened)
    return move
