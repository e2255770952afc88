"""Turn evidence packages into the registry objects of their line."""

from collections.abc import Sequence
from typing import Final

from sdg_connector.evidence.errors import EdmMisuse
from sdg_connector.evidence.packages import EvidenceDocument, EvidencePackage
from sdg_connector.evidence.slots import any_slot
from sdg_connector.regrep import (
    ObjectClassification,
    ObjectKind,
    RegistryObject,
    RepositoryItemRef,
)
from sdg_connector.vocabulary import EdmLine

SCHEME: Final = "urn:fdc:oots:classification:edm"
ASSOCIATION: Final = "urn:oasis:names:tc:ebxml-regrep:AssociationType:"


def flat_objects(packages: Sequence[EvidencePackage], line: EdmLine) -> tuple[RegistryObject, ...]:
    """One extrinsic object for each evidence, as the 1.x lines want it (R-EDM-RESP-S015)."""
    if any(one.supplements for one in packages):
        raise EdmMisuse("a 1.x answer cannot carry annexes or translations beside an evidence")
    return tuple(_document(one.main, line, classified=False) for one in packages)


def packaged_objects(
    packages: Sequence[EvidencePackage], line: EdmLine
) -> tuple[RegistryObject, ...]:
    """One registry package for each evidence, as line 2.0 wants it (R-EDM-RESP-S066)."""
    return tuple(
        RegistryObject(
            id=package.package_id,
            kind=ObjectKind.PACKAGE,
            objects=(
                *(_document(one, line, classified=True) for one in package.documents),
                *(_association(one, package.main) for one in package.supplements),
            ),
        )
        for package in packages
    )


def _document(document: EvidenceDocument, line: EdmLine, *, classified: bool) -> RegistryObject:
    if classified and not document.classification_id:
        raise EdmMisuse("a document of line 2.0 needs a classification_id (R-EDM-RESP-S048)")
    return RegistryObject(
        id=document.object_id,
        kind=ObjectKind.EXTRINSIC,
        slots=(any_slot("EvidenceMetadata", "Evidence", document.metadata, line),),
        classifications=(
            ObjectClassification(
                id=document.classification_id or "", scheme=SCHEME, node=document.role
            ),
        )
        if classified
        else (),
        repository_item=RepositoryItemRef(href=f"cid:{document.content_id}", title=document.title),
    )


def _association(supplement: EvidenceDocument, main: EvidenceDocument) -> RegistryObject:
    if not supplement.association_id:
        raise EdmMisuse("a supplement needs an association_id (R-EDM-RESP-S050)")
    return RegistryObject(
        id=supplement.association_id,
        kind=ObjectKind.ASSOCIATION,
        association_type=f"{ASSOCIATION}{supplement.role}",
        source=supplement.object_id,
        target=main.object_id,
    )
