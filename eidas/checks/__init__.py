"""Judging single SAML messages and metadata for testers: findings instead of exceptions."""

from eidas.checks.finding import Finding, Judgement, Severity
from eidas.checks.saml_metadata import check_saml_metadata
from eidas.checks.saml_request import check_saml_request
from eidas.checks.saml_response import check_saml_response

__all__ = [
    "Finding",
    "Judgement",
    "Severity",
    "check_saml_metadata",
    "check_saml_request",
    "check_saml_response",
]
