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
from sdg_connector.directory.registered import Submission
from sdg_connector.directory.submission_answers import (
    read_submission_answer,
    write_submission_answer,
)
from sdg_connector.directory.submissions import (
    data_services_submission,
    read_submission,
    requirements_submission,
    write_submission,
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
    "Submission",
    "combinations",
    "data_services_query",
    "data_services_submission",
    "evidence_types_query",
    "read_data_services",
    "read_evidence_types",
    "read_requirements",
    "read_submission",
    "read_submission_answer",
    "requirements_query",
    "requirements_submission",
    "write_data_services",
    "write_directory_error",
    "write_evidence_types",
    "write_more_needed",
    "write_requirements",
    "write_submission",
    "write_submission_answer",
]
