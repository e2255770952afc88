"""Judge a description by the articles of the law, and say where and how to mend it."""

from procedures.quality.report import QualityReport, quality
from procedures.quality.rules import Rule, Shortcoming, rules
from procedures.quality.self_assessment import (
    Point,
    cross_border_points,
    fully_online_points,
)
from procedures.quality.writing import quality_csv, quality_json, quality_page

__all__ = [
    "Point",
    "QualityReport",
    "Rule",
    "Shortcoming",
    "cross_border_points",
    "fully_online_points",
    "quality",
    "quality_csv",
    "quality_json",
    "quality_page",
    "rules",
]
