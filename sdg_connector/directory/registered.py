"""What a submission registers: objects of the two directories, and what links them.

TDD 3.1.5 for the Data Service Directory, 3.2.5 for the Evidence Broker.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sdg_connector.directory.errors import DirectoryRefused
from sdg_connector.vocabulary import (
    AccessService,
    DataServiceEvidenceType,
    EvidenceType,
    EvidenceTypeList,
    LcmErrorCode,
    ReferenceFramework,
    Requirement,
)

Registrable = (
    AccessService
    | DataServiceEvidenceType
    | EvidenceType
    | EvidenceTypeList
    | Requirement
    | ReferenceFramework
)


class Registry(StrEnum):
    """Which of the Common Services a submission is for."""

    DATA_SERVICE_DIRECTORY = "dsd"
    EVIDENCE_BROKER = "eb"


class LinkKind(StrEnum):
    """What one registered object is to another."""

    SERVES = "ServesEvidenceType"
    CONTAINS = "ContainsEvidence"
    FULFILLS = "FulfillsRequirement"
    DERIVES = "DerivesFromReferenceFramework"


@dataclass(frozen=True, slots=True)
class Node:
    """A kind of registered object: its slot and classification node, its element, its type."""

    name: str
    element: str
    type: type[Any]
    registry: Registry


_DSD, _EB = Registry.DATA_SERVICE_DIRECTORY, Registry.EVIDENCE_BROKER
NODES: Final = (
    Node("EvidenceProvider", "AccessService", AccessService, _DSD),
    Node("DataServiceEvidenceType", "DataServiceEvidenceType", DataServiceEvidenceType, _DSD),
    Node("EvidenceType", "EvidenceType", EvidenceType, _EB),
    Node("EvidenceTypeList", "EvidenceTypeList", EvidenceTypeList, _EB),
    Node("Requirement", "Requirement", Requirement, _EB),
    Node("ReferenceFramework", "ReferenceFramework", ReferenceFramework, _EB),
)
BY_NAME: Final = {one.name: one for one in NODES}
BY_TYPE: Final = {one.type: one for one in NODES}
ENDS: Final[dict[LinkKind, tuple[type[Any], type[Any]]]] = {
    LinkKind.SERVES: (AccessService, DataServiceEvidenceType),
    LinkKind.CONTAINS: (EvidenceTypeList, EvidenceType),
    LinkKind.FULFILLS: (EvidenceTypeList, Requirement),
    LinkKind.DERIVES: (Requirement, ReferenceFramework),
}
"""What an association leads from and to (R-DSD-SUB-S028, R-EB-SUB-S036, EB-SUB-S038, S040)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One object of a submission."""

    id: str
    """``urn:uuid:…``: the registry knows the object by it from then on."""
    value: Registrable
    classification_id: str
    """``urn:uuid:…``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One association of a submission."""

    id: str
    kind: LinkKind
    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Everything that is registered at once; every change is final and visible to all states."""

    id: str
    """``urn:uuid:…``."""
    registry: Registry
    objects: tuple[Registered, ...]
    links: tuple[Link, ...]


def refused(
    rule: str, expected: str, found: str, *, code: LcmErrorCode = LcmErrorCode.OBJECT
) -> DirectoryRefused:
    """A registry object, or the whole submission, that breaks a rule."""
    return DirectoryRefused(rule=rule, expected=expected, found=found, wire_code=code)


def association_refused(rule: str, expected: str, found: str) -> DirectoryRefused:
    """An association that breaks a rule."""
    return refused(rule, expected, found, code=LcmErrorCode.ASSOCIATION)
