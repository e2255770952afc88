"""Read the registry objects of an answer as evidence packages, and refuse loose ends."""

from collections.abc import Sequence

from sdg_connector.evidence.errors import refused
from sdg_connector.evidence.identifiers import is_content_id
from sdg_connector.evidence.packages import EvidenceDocument, EvidencePackage
from sdg_connector.evidence.packaging import ASSOCIATION, SCHEME
from sdg_connector.evidence.slots import SlotReader, checked, sdg_value
from sdg_connector.regrep import AnyValue, ObjectKind, RegistryObject
from sdg_connector.vocabulary import Evidence, EvidenceRole
from sdg_connector.vocabulary.identifiers import is_uuid_urn

_MAIN_NEEDS = {
    "is_about": "IsAbout",
    "issuing_authority": "IssuingAuthority",
    "conformant_to": "IsConformantTo",
    "issuing_date": "IssuingDate",
    "distribution": "Distribution",
}
"""What the schema of the 1.x lines, and R-EDM-RESP-S062 in line 2.0, want of a main evidence."""
_SUPPLEMENT_FORBIDS = (
    "is_about",
    "issuing_authority",
    "conformant_to",
    "issuing_date",
    "validity_period",
)


def flat_packages(objects: Sequence[RegistryObject]) -> tuple[EvidencePackage, ...]:
    """The evidences of a 1.x answer, each alone in its package."""
    found = []
    for one in objects:
        if one.kind is not ObjectKind.EXTRINSIC or one.objects or one.classifications:
            raise refused("R-EDM-RESP-S015", "extrinsic objects only", "another kind of object")
        document = _document(one, EvidenceRole.MAIN, None)
        for name, element in _MAIN_NEEDS.items():
            if getattr(document.metadata, name) is None:
                raise refused("sdg/Evidence", f"the element {element} in Evidence", "none")
        found.append(EvidencePackage(package_id=one.id, main=document))
    return tuple(found)


def packaged_packages(objects: Sequence[RegistryObject]) -> tuple[EvidencePackage, ...]:
    """The packages of a 2.0 answer (R-EDM-RESP-S046 to S066)."""
    return tuple(_package(one) for one in objects)


def _package(package: RegistryObject) -> EvidencePackage:
    if package.kind is not ObjectKind.PACKAGE:
        raise refused("R-EDM-RESP-S066", "registry packages only", "another kind of object")
    checked(is_uuid_urn, package.id, rule="R-EDM-RESP-S037", expected="a UUID URN")
    members = [one for one in package.objects if one.kind is not ObjectKind.ASSOCIATION]
    links = [one for one in package.objects if one.kind is ObjectKind.ASSOCIATION]
    documents = [_classified(one) for one in members]
    mains = [one for one in documents if one.role is EvidenceRole.MAIN]
    if len(mains) != 1:
        raise refused("R-EDM-RESP-S047", "one MainEvidence in a package", f"{len(mains)}")
    supplements = [one for one in documents if one.role is not EvidenceRole.MAIN]
    _check_metadata(mains[0], supplements)
    return EvidencePackage(
        package_id=package.id,
        main=mains[0],
        supplements=_associated(mains[0], supplements, links),
    )


def _classified(member: RegistryObject) -> EvidenceDocument:
    if len(member.classifications) != 1:
        raise refused("R-EDM-RESP-S048", "one Classification", f"{len(member.classifications)}")
    classification = member.classifications[0]
    if classification.scheme != SCHEME:
        raise refused("R-EDM-RESP-S049", f"the scheme {SCHEME}", "another")
    try:
        role = EvidenceRole(classification.node)
    except ValueError:
        raise refused("R-EDM-RESP-S065", "a published role", "another") from None
    return _document(member, role, classification.id)


def _associated(
    main: EvidenceDocument,
    supplements: Sequence[EvidenceDocument],
    links: Sequence[RegistryObject],
) -> tuple[EvidenceDocument, ...]:
    by_source = {one.source: one for one in links}
    known = {one.object_id for one in supplements}
    if set(by_source) != known or len(by_source) != len(links):
        raise refused("R-EDM-RESP-S050", "one association from each supplement", "another set")
    found = []
    for one in supplements:
        link = by_source[one.object_id]
        if link.target != main.object_id:
            raise refused("R-EDM-RESP-S051", "the main evidence as target", "another object")
        if link.association_type != f"{ASSOCIATION}{one.role}":
            raise refused("R-EDM-RESP-S059", f"the association of a {one.role}", "another")
        found.append(
            EvidenceDocument(
                object_id=one.object_id,
                metadata=one.metadata,
                content_id=one.content_id,
                title=one.title,
                role=one.role,
                classification_id=one.classification_id,
                association_id=link.id,
            )
        )
    return tuple(found)


def _check_metadata(main: EvidenceDocument, supplements: Sequence[EvidenceDocument]) -> None:
    if any(getattr(main.metadata, name) is None for name in _MAIN_NEEDS):
        raise refused("R-EDM-RESP-S062", "the full description of a MainEvidence", "a part of it")
    for one in supplements:
        if any(getattr(one.metadata, name) is not None for name in _SUPPLEMENT_FORBIDS):
            raise refused("R-EDM-RESP-S063", "a supplement that only names itself", "more")


def _document(
    value: RegistryObject, role: EvidenceRole, classification_id: str | None
) -> EvidenceDocument:
    checked(is_uuid_urn, value.id, rule="R-EDM-RESP-S037", expected="a UUID URN")
    slots = SlotReader(value.slots, known=("EvidenceMetadata",), closed_by="R-EDM-RESP-S015")
    metadata = slots.required(
        "EvidenceMetadata", AnyValue, missing="R-EDM-RESP-S015", mistyped="R-EDM-RESP-S024"
    )
    item = value.repository_item
    if item is None:
        raise refused("R-EDM-RESP-S033", "a RepositoryItemRef", "none")
    content_id = item.href.removeprefix("cid:")
    if content_id == item.href or not is_content_id(content_id):
        raise refused(
            "R-EDM-RESP-C042",
            "a cid: reference into the message",
            "another reference",
            wire_code="EDM:ERR:0006",
        )
    return EvidenceDocument(
        object_id=value.id,
        metadata=sdg_value(metadata, "Evidence", Evidence, rule="R-EDM-RESP-S029"),
        content_id=content_id,
        title=item.title,
        role=role,
        classification_id=classification_id,
    )
