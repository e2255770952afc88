"""How far an exchange has come, asked at any moment."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest

from sdg_connector.connector import Connector, Gone, Peers, Timeouts
from sdg_connector.connector import connector as waiting
from sdg_connector.connector.book import Record
from sdg_connector.journey import State
from sdg_connector.ports import Bell
from tests.support.new_exchange import NEW, NOW

PREVIEWING = replace(
    NEW.record(order="order"),
    exchange="e1",
    state=State.PREVIEWING,
    stimulus=1,
    preview="preview",
    deadline=NOW,
)
EXPIRED = replace(PREVIEWING, state=State.EXPIRED, problem="timeout")


RECEIVED = replace(PREVIEWING, state=State.RECEIVED)


def connector(*records: Record, workflows: Any = None) -> Connector:
    """Over a book that says these things one after another, when all documents are erased."""
    book: Any = Mock()
    book.with_files.side_effect = [(record, ()) for record in records]
    payloads: Any = Mock()
    payloads.several.side_effect = Gone("erased")
    unused: Any = Mock()
    return Connector(
        organisation=unused,
        peers=Peers(preview_hosts={}),
        directory=unused,
        book=book,
        exchanges=unused,
        payloads=payloads,
        workflows=workflows or unused,
        timeouts=Timeouts(),
        now=lambda: NOW,
        new_id=lambda: "id",
        pseudonyms=unused,
    )


def test_an_exchange_that_ends_while_it_is_looked_at_is_seen_at_its_end() -> None:
    seen = asyncio.run(connector(PREVIEWING, EXPIRED).status("e1"))
    assert (seen.state, seen.problem, seen.preview_location) == (State.EXPIRED, "timeout", "")


def test_a_preview_whose_documents_are_gone_is_said_to_be_gone() -> None:
    with pytest.raises(Gone):
        asyncio.run(connector(PREVIEWING, PREVIEWING).status("e1"))


def workflows(bell: Bell, *, rests_in: str) -> Any:
    """Run the exchange here, where it rests in this state, and ring this bell."""
    made: Any = Mock()
    made.watching.return_value = nullcontext(bell)
    made.rests_in.return_value = rests_in
    made.runs_here.return_value = True
    return made


async def until_received(asked: Connector, bell: Bell, *told: str) -> State:
    reached = asyncio.create_task(asked.until("e1", State.RECEIVED))
    for state in told:
        await asyncio.sleep(0)
        bell.ring(state)
    return (await reached).state


def test_whoever_waits_looks_when_the_bell_says_that_the_exchange_is_there() -> None:
    bell = Bell()
    asked = connector(RECEIVED, workflows=workflows(bell, rests_in="waiting"))
    told = ("requesting", "waiting", "received")
    assert asyncio.run(until_received(asked, bell, *told)) is State.RECEIVED


@pytest.mark.parametrize("end", [State.EXPIRED, State.HANDED_OVER])
def test_whoever_waits_is_told_of_another_end(end: State) -> None:
    bell = Bell()
    ended = replace(RECEIVED, state=end)
    asked = connector(ended, workflows=workflows(bell, rests_in="waiting"))
    assert asyncio.run(until_received(asked, bell, "waiting", end.value)) is end


def test_whoever_waits_looks_by_himself_when_the_bell_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "_LOOK_AGAIN", 0.01)
    bell = Bell()
    waits = replace(RECEIVED, state=State.WAITING)
    asked = connector(waits, RECEIVED, workflows=workflows(bell, rests_in="waiting"))
    assert asyncio.run(until_received(asked, bell)) is State.RECEIVED
