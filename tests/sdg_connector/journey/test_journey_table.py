"""The table of moves, walked through in every direction."""

from itertools import product
from pathlib import Path

import pytest

from sdg_connector.journey import TABLE, Happened, OutOfPlace, State, advance, diagram

ANSWERS = (
    Happened.PREVIEW_REQUIRED,
    Happened.EVIDENCE_ARRIVED,
    Happened.NOTHING_GIVEN,
    Happened.PROVIDER_REFUSED,
    Happened.ANSWER_BROKEN,
    Happened.EVIDENCE_LATER,
    Happened.EVIDENCE_TOO_LATE,
)


def _reachable(start: State) -> set[State]:
    found, open_ = {start}, [start]
    while open_:
        for move in TABLE[open_.pop()].values():
            if move.state not in found:
                found.add(move.state)
                open_.append(move.state)
    return found


@pytest.mark.parametrize(("state", "happened"), list(product(State, Happened)))
def test_every_event_in_every_state_moves_or_is_out_of_place(
    state: State, happened: Happened
) -> None:
    if happened in TABLE[state]:
        assert advance(state, happened) is TABLE[state][happened]
        return
    with pytest.raises(OutOfPlace) as raised:
        advance(state, happened)
    assert (raised.value.state, raised.value.happened) == (state, happened)


@pytest.mark.parametrize("state", [state for state in State if state.is_end])
def test_an_end_knows_no_event(state: State) -> None:
    assert TABLE[state] == {}


@pytest.mark.parametrize("state", [state for state in State if not state.is_end])
def test_from_every_open_state_an_end_can_be_reached(state: State) -> None:
    assert any(found.is_end for found in _reachable(state))


def test_every_state_is_reached_from_the_first_one() -> None:
    assert _reachable(State.CHOOSING) == set(State)


def test_every_event_is_known_somewhere() -> None:
    assert {happened for moves in TABLE.values() for happened in moves} == set(Happened)


@pytest.mark.parametrize(
    "state", [state for state in State if state.is_exchange and not state.is_end]
)
def test_every_open_exchange_can_run_out_of_time_and_can_be_cancelled(state: State) -> None:
    assert advance(state, Happened.TIME_UP).state is State.EXPIRED
    assert advance(state, Happened.CANCELLED).state is State.DECLINED


def test_nothing_is_sent_before_the_explicit_request() -> None:
    reached_without = {State.CHOOSING}
    grown = True
    while grown:
        targets = {
            move.state
            for state in reached_without
            for happened, move in TABLE[state].items()
            if happened is not Happened.EXPLICIT_REQUEST_GIVEN
        }
        grown = not targets <= reached_without
        reached_without |= targets
    assert State.REQUESTING not in reached_without
    assert not any(state.is_exchange and not state.is_end for state in reached_without)


@pytest.mark.parametrize("happened", ANSWERS)
def test_an_answer_may_overtake_its_receipt(happened: Happened) -> None:
    overtaking = advance(State.REQUESTING, happened)
    assert overtaking == advance(State.WAITING, happened)


def test_a_second_preview_is_not_followed() -> None:
    for state in (State.PREVIEWING, State.SECOND_REQUEST, State.RECEIVING):
        with pytest.raises(OutOfPlace):
            advance(state, Happened.PREVIEW_REQUIRED)


@pytest.mark.parametrize(
    "state", [State.REQUESTING, State.WAITING, State.SECOND_REQUEST, State.RECEIVING]
)
def test_evidence_that_comes_later_is_asked_for_anew_and_not_for_ever(state: State) -> None:
    later = advance(state, Happened.EVIDENCE_LATER)
    assert later.state is State.DEFERRED
    assert advance(later.state, Happened.DUE).state is State.REQUESTING
    assert advance(state, Happened.EVIDENCE_TOO_LATE).state is State.REFUSED


@pytest.mark.parametrize("happened", [*ANSWERS, Happened.RECEIPT_CAME, Happened.PREVIEW_REQUIRED])
def test_while_nobody_is_asked_no_answer_counts(happened: Happened) -> None:
    with pytest.raises(OutOfPlace):
        advance(State.DEFERRED, happened)


def test_the_drawing_in_the_docs_is_drawn_from_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "journey.md").read_text("utf-8")
    assert f"```mermaid\n{diagram()}```" in page
