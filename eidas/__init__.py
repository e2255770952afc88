"""Ask a Member State who the user is; believe only a verified answer."""

from eidas.accept import accept_response
from eidas.bindings import LoginForm, LoginRedirect
from eidas.errors import EidasError, EidasMisuse, MetadataRefused, RequestRefused, ResponseRefused
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
