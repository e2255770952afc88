"""What the Common Services may answer instead of a result."""

from dataclasses import dataclass

from sdg_connector.errors import ConnectorError, OwnMistake, PeerMistake
from sdg_connector.vocabulary import (
    DataServiceEvidenceType,
    DsdErrorCode,
    EbErrorCode,
    JurisdictionDetermination,
    LcmErrorCode,
    ProviderClassification,
)


class DirectoryRefused(PeerMistake):
    """An answer of the Common Services breaks a published rule."""


class DirectoryMisuse(OwnMistake):
    """A query or an answer of ours would break a published rule."""


@dataclass(slots=True, eq=False)
class DirectoryFailure(ConnectorError):
    """The Evidence Broker or the Data Service Directory answered with an error code."""

    code: DsdErrorCode | EbErrorCode | LcmErrorCode
    message: str
    detail: str | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What has to be known before the provider of one evidence type can be found (TDD 3.1.4)."""

    evidence_type: DataServiceEvidenceType
    concepts: tuple[ProviderClassification, ...] = ()
    """Questions; each answer goes back as ``<identifier>=<value>``."""
    jurisdiction: JurisdictionDetermination | None = None
    """1.x: whose place is asked, and at which level."""


@dataclass(slots=True, eq=False)
class MoreNeeded(DirectoryFailure):
    """DSD:ERR:0005: the person must answer a question before a provider can be found."""

    needed: tuple[Needed, ...] = ()
    """One for each evidence type that the directory asks about."""
