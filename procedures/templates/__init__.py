"""Unified services: one template, many municipalities that take it over, and what drifts apart."""

from procedures.templates.adoption import (
    Adoption,
    applied,
    read_adoption,
    take_over,
    write_adoption,
)
from procedures.templates.drift import Drift, Drifting, confirmed, drift
from procedures.templates.errors import TemplateBroken
from procedures.templates.mergers import Conflict, Merged, Merger, merged
from procedures.templates.spread import Municipality, Spread, read_municipalities, spread
from procedures.templates.template import Policy, Template, read_template

__all__ = [
    "Adoption",
    "Conflict",
    "Drift",
    "Drifting",
    "Merged",
    "Merger",
    "Municipality",
    "Policy",
    "Spread",
    "Template",
    "TemplateBroken",
    "applied",
    "confirmed",
    "drift",
    "merged",
    "read_adoption",
    "read_municipalities",
    "read_template",
    "spread",
    "take_over",
    "write_adoption",
]
