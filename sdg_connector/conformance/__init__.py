"""Judge files and pages for compliance testers: one verdict each, with every finding named."""

from sdg_connector.conformance.kinds import Kind, guess_kind
from sdg_connector.conformance.reports import ReportFormat, render
from sdg_connector.conformance.runner import Report, Source, judge, report
from sdg_connector.conformance.schematron import CannotJudge
from sdg_connector.conformance.sources import CannotOpen, open_sources, read_context

__all__ = [
    "CannotJudge",
    "CannotOpen",
    "Kind",
    "Report",
    "ReportFormat",
    "Source",
    "guess_kind",
    "judge",
    "open_sources",
    "read_context",
    "render",
    "report",
]
