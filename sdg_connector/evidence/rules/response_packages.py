"""EDM-RESP-S, the part about packages: what line 2.0 asks of main evidence and its supplements."""

from collections.abc import Callable
from typing import Final

from lxml import etree

from sdg_connector.evidence.rules import response_places as at
from sdg_connector.vocabulary.codes import EvidenceRole
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules import (
    FROM_2_0,
    Check,
    PartCheck,
    Rule,
    attribute_given,
    attribute_is,
    exactly_one,
    rule,
    uuid_urn,
)
from sdg_connector.vocabulary.rules.part import SLOT, Part, local_type

SCHEME: Final = "urn:fdc:oots:classification:edm"
ASSOCIATION: Final = "urn:oasis:names:tc:ebxml-regrep:AssociationType:"
_OBJECT: Final = qualified("rim:RegistryObject")
_CLASSIFICATION: Final = qualified("rim:Classification")
_EVIDENCE: Final = qualified("sdg:Evidence")
_MAIN: Final = EvidenceRole.MAIN.value
_SUPPLEMENTS: Final = (
    EvidenceRole.ANNEX,
    EvidenceRole.HUMAN_READABLE_VERSION,
    EvidenceRole.TRANSLATION,
)
_MAIN_NEEDS: Final = (
    "Identifier",
    "IssuingDate",
    "IsAbout",
    "IssuingAuthority",
    "IsConformantTo",
    "Distribution",
)
_SUPPLEMENT_FORBIDS: Final = (
    "IsAbout",
    "IssuingAuthority",
    "IsConformantTo",
    "ValidityPeriod",
    "IssuingDate",
)


def _is(element: etree._Element, node: str, *, scheme: str | None = SCHEME) -> bool:
    return any(
        one.get("classificationNode") == node
        and (scheme is None or one.get("classificationScheme") == scheme)
        for one in element.iterchildren(_CLASSIFICATION)
    )


def _sibling(association: etree._Element, end: str) -> list[etree._Element]:
    identifier, parent = association.get(end), association.getparent()
    if identifier is None or parent is None:
        return []
    return [one for one in parent.iterchildren(_OBJECT) if one.get("id") == identifier]


def _described(element: etree._Element) -> etree._Element | None:
    for slot in element.iterchildren(SLOT):
        if slot.get("name") == "EvidenceMetadata":
            return next(slot.iter(_EVIDENCE), None)
    return None


def _has_main(part: Part) -> bool:
    return any(_is(one, _MAIN, scheme=None) for one in part.named(_OBJECT))


def _once_classified(part: Part) -> bool:
    schemes = [one.get("classificationScheme") for one in part.named(_CLASSIFICATION)]
    return schemes.count(SCHEME) == 1


def _is_source(part: Part) -> bool:
    document = part.element.getparent()
    listed = None if document is None else document.getparent()
    if document is None or listed is None:
        return False
    identifier = document.get("id")
    return identifier is not None and any(
        local_type(one) == "AssociationType" and one.get("sourceObject") == identifier
        for one in listed.iterchildren(_OBJECT)
    )


def _main_is_whole(part: Part) -> bool:
    document = part.element.getparent()
    evidence = None if document is None else _described(document)
    if evidence is None:
        return False
    present = {str(one.tag).rpartition("}")[2] for one in evidence}
    return present.issuperset(_MAIN_NEEDS)


def _supplement_is_bare(part: Part) -> bool:
    document = part.element.getparent()
    evidence = None if document is None else _described(document)
    if evidence is None:
        return True
    present = {str(one.tag).rpartition("}")[2] for one in evidence}
    model = f"{qualified('sdg:Distribution')}/{qualified('sdg:ConformsTo')}"
    return not present.intersection(_SUPPLEMENT_FORBIDS) and evidence.find(model) is None


def _end(end: str, node: str) -> PartCheck:
    return PartCheck(
        holds=lambda part: any(_is(one, node) for one in _sibling(part.element, end)),
        asks=f"a {node} of the package as {end}",
        fix=f"Write the id of the {node} as {end}.",
        found=lambda _: "another object",
    )


def _typed(role: str) -> PartCheck:
    def holds(part: Part) -> bool:
        if not any(_is(one, role, scheme=None) for one in _sibling(part.element, "sourceObject")):
            return True
        if not any(_is(one, _MAIN, scheme=None) for one in _sibling(part.element, "targetObject")):
            return True
        return part.element.get("type") == f"{ASSOCIATION}{role}"

    return PartCheck(
        holds=holds,
        asks=f"the association type of a {role}",
        fix=f"Write type={ASSOCIATION}{role}.",
        found=lambda _: "another type",
    )


def _check(holds: Callable[[Part], bool], asks: str, fix: str, found: str) -> PartCheck:
    return PartCheck(holds=holds, asks=asks, fix=fix, found=lambda _: found)


def _of_2_0(identifier: str, context: str, check: Check) -> Rule:
    return rule(f"R-EDM-RESP-{identifier}", context, check, lines=FROM_2_0)


def _classified(role: str) -> str:
    return f"{at.PACKED}/rim:Classification[@classificationNode='{role}']"


def _associated(role: str) -> str:
    return f"{at.ASSOCIATION}[@type='{ASSOCIATION}{role}']"


_ROLES: Final = tuple(
    (role.value, source, target, typing)
    for role, source, target, typing in zip(
        _SUPPLEMENTS,
        ("S052", "S053", "S054"),
        ("S056", "S057", "S058"),
        ("S059", "S061", "S060"),
        strict=True,
    )
)
"""The numbers of the typing rules cross: S060 is the translation's, S061 the readable version's."""

PACKAGES: Final = (
    _of_2_0(
        "S066",
        at.OBJECT,
        _check(
            lambda part: local_type(part.element) == "RegistryPackageType",
            "a registry package",
            "Put each evidence into a RegistryObject of the type rim:RegistryPackageType.",
            "another kind of object",
        ),
    ),
    _of_2_0("S046", at.PACKAGE, exactly_one("rim:RegistryObjectList")),
    _of_2_0(
        "S047",
        f"{at.OBJECT}/rim:RegistryObjectList",
        _check(
            _has_main,
            "a Classification MainEvidence in the package",
            "Classify one as MainEvidence.",
            "none",
        ),
    ),
    _of_2_0(
        "S048",
        at.PACKED_DOCUMENT,
        _check(
            _once_classified,
            f"exactly one Classification in the scheme {SCHEME}",
            "Classify the document once.",
            "another number of them",
        ),
    ),
    _of_2_0(
        "S049",
        f"{at.PACKED}/rim:Classification[@classificationScheme='{SCHEME}']",
        attribute_is("classificationNode", *EvidenceRole),
    ),
    rule("R-EDM-RESP-S065", f"{at.PACKED}/rim:Classification/@id", uuid_urn(), lines=FROM_2_0),
    _of_2_0(
        "S062",
        _classified(_MAIN),
        _check(
            _main_is_whole,
            ", ".join(_MAIN_NEEDS),
            "Describe the main evidence in full.",
            "a part of it",
        ),
    ),
    *(
        _of_2_0(
            "S050",
            _classified(role),
            _check(
                _is_source,
                f"an association from the {role}",
                "Write an association from it to the main evidence.",
                "none",
            ),
        )
        for role, *_ in _ROLES
    ),
    *(
        _of_2_0(
            "S063",
            _classified(role),
            _check(
                _supplement_is_bare,
                f"a {role} that only names itself",
                f"Leave out {', '.join(_SUPPLEMENT_FORBIDS)} and Distribution/ConformsTo.",
                "more",
            ),
        )
        for role, *_ in _ROLES
    ),
    _of_2_0("S051", at.ASSOCIATION, attribute_given("sourceObject")),
    _of_2_0("S055", at.ASSOCIATION, attribute_given("targetObject")),
    *(
        _of_2_0(source, _associated(role), _end("sourceObject", role))
        for role, source, *_ in _ROLES
    ),
    *(
        _of_2_0(target, _associated(role), _end("targetObject", _MAIN))
        for role, _, target, _ in _ROLES
    ),
    *(_of_2_0(typing, at.ASSOCIATION, _typed(role)) for role, _, _, typing in _ROLES),
)
