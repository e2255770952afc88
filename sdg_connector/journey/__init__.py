"""What a person is in the middle of, from the choice of a procedure to the handed-over evidence."""

from sdg_connector.journey.diagram import diagram
from sdg_connector.journey.events import Effect, Happened
from sdg_connector.journey.machine import TABLE, Move, OutOfPlace, advance
from sdg_connector.journey.states import State

__all__ = [
    "TABLE",
    "Effect",
    "Happened",
    "Move",
    "OutOfPlace",
    "State",
    "advance",
    "diagram",
]
