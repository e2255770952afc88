"""Life situations: the services that one thing in life needs, under conditions and in an order."""

from procedures.situations.events import LifeEvent, events_of
from procedures.situations.files import (
    is_situation,
    read_situation,
    situation_schema,
    situation_tree,
    write_situation,
)
from procedures.situations.judging import SituationReport, judge_situation
from procedures.situations.model import Condition, LifeSituation, SituationStep, Stage
from procedures.situations.planning import Plan, PlannedStage, PlannedStep, plan
from procedures.situations.search import SituationIndex

__all__ = [
    "Condition",
    "LifeEvent",
    "LifeSituation",
    "Plan",
    "PlannedStage",
    "PlannedStep",
    "SituationIndex",
    "SituationReport",
    "SituationStep",
    "Stage",
    "events_of",
    "is_situation",
    "judge_situation",
    "plan",
    "read_situation",
    "situation_schema",
    "situation_tree",
    "write_situation",
]
