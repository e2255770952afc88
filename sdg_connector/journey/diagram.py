"""The journey as a drawing, made from the table."""

from collections.abc import Iterator

from sdg_connector.journey.machine import TABLE
from sdg_connector.journey.states import State


def diagram() -> str:
    """Give the table as a Mermaid state diagram; several events of one way share an arrow."""
    return "\n".join(["stateDiagram-v2", *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    for state in State:
        if _name(state) != state:
            yield f'    state "{state}" as {_name(state)}'
    yield f"    [*] --> {_name(State.CHOOSING)}"
    for state, moves in TABLE.items():
        ways: dict[State, list[str]] = {}
        for happened, move in moves.items():
            ways.setdefault(move.state, []).append(happened)
        for target, events in ways.items():
            yield f"    {_name(state)} --> {_name(target)} : {', '.join(events)}"
    for state in State:
        if state.is_end:
            yield f"    {_name(state)} --> [*]"


def _name(state: State) -> str:
    return state.replace(" ", "_")
