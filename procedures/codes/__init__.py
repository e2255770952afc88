"""Codes of the Single Digital Gateway: areas, procedures, assistance services, OOTS procedures."""

from procedures.codes.policy_code import Annex, Audience, PolicyCode
from procedures.codes.registry import (
    AssistanceEntry,
    CodeEntry,
    OotsProcedure,
    areas,
    assistance_services,
    entries,
    entry,
    knows,
    life_event,
    named,
    oots_procedures,
    spelled,
    with_output,
)

__all__ = [
    "Annex",
    "AssistanceEntry",
    "Audience",
    "CodeEntry",
    "OotsProcedure",
    "PolicyCode",
    "areas",
    "assistance_services",
    "entries",
    "entry",
    "knows",
    "life_event",
    "named",
    "oots_procedures",
    "spelled",
    "with_output",
]
