"""Ask a Member State who the user is; believe only a verified answer.

A name's module is imported when the name is first used: a program pays for what it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eidas.accept import accept_response
    from eidas.bindings import LoginForm, LoginRedirect
    from eidas.errors import (
        EidasError,
        EidasMisuse,
        MetadataRefused,
        RequestRefused,
        ResponseRefused,
    )
    from eidas.identity import (
        Address,
        Gender,
        Identity,
        LegalPerson,
        Name,
        NaturalPerson,
        PersonIdentifier,
    )
    from eidas.levels import LevelOfAssurance, RequestedLevels
    from eidas.login import request_login
    from eidas.metadata import ConnectorMetadata, NodeMetadata
    from eidas.metadata_writer import service_provider_metadata
    from eidas.outcomes import (
        AttributesNotAvailable,
        AuthenticationFailed,
        LevelNotAvailable,
        LoginCancelled,
        LoginDeclined,
        LoginNotCompleted,
        NodeFailed,
        RequestNotAccepted,
    )
    from eidas.pending import PendingLogin
    from eidas.policy import Policy
    from eidas.replay import MemoryReplayGuard, ReplayGuard
    from eidas.service_provider import Contact, Organisation, ServiceProvider
    from eidas.vocabulary import Binding, NameIdFormat, PersonKind, SPType

__all__ = [
    "Address",
    "AttributesNotAvailable",
    "AuthenticationFailed",
    "Binding",
    "ConnectorMetadata",
    "Contact",
    "EidasError",
    "EidasMisuse",
    "Gender",
    "Identity",
    "LegalPerson",
    "LevelNotAvailable",
    "LevelOfAssurance",
    "LoginCancelled",
    "LoginDeclined",
    "LoginForm",
    "LoginNotCompleted",
    "LoginRedirect",
    "MemoryReplayGuard",
    "MetadataRefused",
    "Name",
    "NameIdFormat",
    "NaturalPerson",
    "NodeFailed",
    "NodeMetadata",
    "Organisation",
    "PendingLogin",
    "PersonIdentifier",
    "PersonKind",
    "Policy",
    "ReplayGuard",
    "RequestNotAccepted",
    "RequestRefused",
    "RequestedLevels",
    "ResponseRefused",
    "SPType",
    "ServiceProvider",
    "accept_response",
    "request_login",
    "service_provider_metadata",
]

_HOMES = {
    "accept_response": "eidas.accept",
    "LoginForm": "eidas.bindings",
    "LoginRedirect": "eidas.bindings",
    "EidasError": "eidas.errors",
    "EidasMisuse": "eidas.errors",
    "MetadataRefused": "eidas.errors",
    "RequestRefused": "eidas.errors",
    "ResponseRefused": "eidas.errors",
    "Address": "eidas.identity",
    "Gender": "eidas.identity",
    "Identity": "eidas.identity",
    "LegalPerson": "eidas.identity",
    "Name": "eidas.identity",
    "NaturalPerson": "eidas.identity",
    "PersonIdentifier": "eidas.identity",
    "LevelOfAssurance": "eidas.levels",
    "RequestedLevels": "eidas.levels",
    "request_login": "eidas.login",
    "ConnectorMetadata": "eidas.metadata",
    "NodeMetadata": "eidas.metadata",
    "service_provider_metadata": "eidas.metadata_writer",
    "AttributesNotAvailable": "eidas.outcomes",
    "AuthenticationFailed": "eidas.outcomes",
    "LevelNotAvailable": "eidas.outcomes",
    "LoginCancelled": "eidas.outcomes",
    "LoginDeclined": "eidas.outcomes",
    "LoginNotCompleted": "eidas.outcomes",
    "NodeFailed": "eidas.outcomes",
    "RequestNotAccepted": "eidas.outcomes",
    "PendingLogin": "eidas.pending",
    "Policy": "eidas.policy",
    "MemoryReplayGuard": "eidas.replay",
    "ReplayGuard": "eidas.replay",
    "Contact": "eidas.service_provider",
    "Organisation": "eidas.service_provider",
    "ServiceProvider": "eidas.service_provider",
    "Binding": "eidas.vocabulary",
    "NameIdFormat": "eidas.vocabulary",
    "PersonKind": "eidas.vocabulary",
    "SPType": "eidas.vocabulary",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import the name from its module (PEP 562), once: later looks find it here."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return found

    def __dir__() -> list[str]:
        """What this package offers."""
        return __all__
