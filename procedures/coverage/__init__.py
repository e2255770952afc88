"""Which procedures of Annex II a country offers, how well, and what is declared to OOTS."""

from procedures.coverage.declarations import Declaration, DeclarationsRefused, read_declarations
from procedures.coverage.table import CoverageRow, Service, Standing, coverage
from procedures.coverage.writing import coverage_csv, coverage_json, coverage_page

__all__ = [
    "CoverageRow",
    "Declaration",
    "DeclarationsRefused",
    "Service",
    "Standing",
    "coverage",
    "coverage_csv",
    "coverage_json",
    "coverage_page",
    "read_declarations",
]
