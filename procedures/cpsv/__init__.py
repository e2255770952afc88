"""Descriptions as CPSV-AP, out and in; needs the extra ``rdf``, and to validate ``conformance``."""

from procedures.cpsv.export import json_ld, subject_of, to_graph, turtle
from procedures.cpsv.importing import read_cpsv
from procedures.cpsv.opening import RdfRefused, open_graph
from procedures.cpsv.validation import Violation, violations, vocabulary_warnings
from procedures.importing.imported import Imported

__all__ = [
    "Imported",
    "RdfRefused",
    "Violation",
    "json_ld",
    "open_graph",
    "read_cpsv",
    "subject_of",
    "to_graph",
    "turtle",
    "violations",
    "vocabulary_warnings",
]
