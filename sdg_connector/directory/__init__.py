"""Ask the Common Services which evidence proves what and who holds it, and answer as they do."""

from sdg_connector.directory.answers import (
    combinations,
    read_data_services,
    read_evidence_types,
    read_requirements,
)
from sdg_connector.directory.errors import (
    DirectoryFailure,
    DirectoryMisuse,
    DirectoryRefused,
    MoreNeeded,
    Needed,
)
from sdg_connector.directory.queries import (
    QueryId,
    data_services_query,
    evidence_types_query,
    requirements_query,
)
from sdg_connector.directory.writing import (
    write_data_services,
    write_directory_error,
    write_evidence_types,
    write_more_needed,
    write_requirements,
)

__all__ = [
    "DirectoryFailure",
    "DirectoryMisuse",
    "DirectoryRefused",
    "MoreNeeded",
    "Needed",
    "QueryId",
    "combinations",
    "data_services_query",
    "evidence_types_query",
    "read_data_services",
    "read_evidence_types",
    "read_requirements",
    "requirements_query",
    "write_data_services",
    "write_directory_error",
    "write_evidence_types",
    "write_more_needed",
    "write_requirements",
]
