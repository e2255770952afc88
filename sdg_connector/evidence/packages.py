"""The documents of an answer: main evidence, and what stands beside it."""

from dataclasses import dataclass

from sdg_connector.vocabulary import Evidence, EvidenceRole


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDocument:
    """One attachment with what the answer says about it."""

    object_id: str
    """``urn:uuid:…`` of the registry object."""
    metadata: Evidence
    content_id: str
    """Content-ID of the attachment, without ``cid:`` and angle brackets."""
    title: str | None = None
    role: EvidenceRole = EvidenceRole.MAIN
    classification_id: str | None = None
    """2.0: ``urn:uuid:…`` of the classification that carries the role."""
    association_id: str | None = None
    """2.0, supplements only: ``urn:uuid:…`` of the association with the main evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePackage:
    """One evidence with its annexes, translations and human-readable versions."""

    package_id: str
    """``urn:uuid:…``; in a 1.x line, which has no packages, the id of the evidence."""
    main: EvidenceDocument
    supplements: tuple[EvidenceDocument, ...] = ()

    @property
    def documents(self) -> tuple[EvidenceDocument, ...]:
        """The main evidence and then its supplements."""
        return (self.main, *self.supplements)
