"""Life and business events as CPSV-AP names them, beside the headings of Annex II.

The names are the first level of CPSV-AP 2.2.1 (https://semiceu.github.io/CPSV-AP/). Nobody has
published how they meet the headings of Annex II to Regulation (EU) 2018/1724; `events_of` is our
reading of both lists.
"""

from enum import StrEnum
from typing import Final

from procedures.codes import Annex, PolicyCode


class LifeEvent(StrEnum):
    """An event in somebody's life, or in that of a business."""

    HAVING_A_CHILD = "having-a-child"
    BECOMING_A_CARETAKER = "becoming-a-caretaker"
    STARTING_EDUCATION = "starting-education"
    LOOKING_FOR_A_NEW_JOB = "looking-for-a-new-job"
    LOSING_A_JOB = "losing-or-quitting-a-job"
    LOOKING_FOR_A_PLACE_TO_LIVE = "looking-for-a-place-to-live"
    CHANGING_RELATIONSHIP_STATUS = "changing-relationship-status"
    DRIVING_A_VEHICLE = "driving-a-vehicle"
    TRAVELLING_ABROAD = "travelling-abroad"
    MOVING = "moving-to-or-from-the-country"
    MILITARY_SERVICE = "going-into-military-service"
    HEALTH_PROBLEM = "facing-an-emergency-or-health-problem"
    CRIME = "facing-a-crime"
    STARTING_BUSINESS = "starting-business"
    STARTING_CROSS_BORDER_BUSINESS = "starting-cross-border-business"
    DOING_BUSINESS = "doing-business"
    CLOSING_BUSINESS = "closing-business"

    @property
    def of_business(self) -> bool:
        """Whether it is an event of a business (``cv:BusinessEvent``) and not of a life."""
        return self.value.endswith("business")

    @property
    def english(self) -> str:
        """The event in English."""
        words = self.value.replace("-", " ")
        return words[:1].upper() + words[1:]


_OF_ANNEX_II: Final = {
    "R": (LifeEvent.HAVING_A_CHILD,),
    "S": (LifeEvent.LOOKING_FOR_A_PLACE_TO_LIVE,),
    "T": (LifeEvent.STARTING_EDUCATION,),
    "U": (LifeEvent.LOOKING_FOR_A_NEW_JOB,),
    "V": (LifeEvent.MOVING,),
    "X": (LifeEvent.STARTING_BUSINESS, LifeEvent.DOING_BUSINESS, LifeEvent.CLOSING_BUSINESS),
}
"""The list of events that we know has none for W, retiring."""


def events_of(code: PolicyCode) -> tuple[LifeEvent, ...]:
    """The events under which CPSV-AP would look for a procedure of Annex II."""
    return _OF_ANNEX_II.get(code.area, ()) if code.annex is Annex.PROCEDURES else ()
