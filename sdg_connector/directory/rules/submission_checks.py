"""What the rules of Life Cycle Management ask about the objects of a submission."""

from typing import Final

from lxml import etree

from sdg_connector.vocabulary.namespaces import LCM, qualified
from sdg_connector.vocabulary.rules import (
    ROOT,
    AttributeCheck,
    PartCheck,
    Rule,
    attribute_is,
    attribute_such,
    attribute_uuid_urn,
    having,
    having_path,
    root_in,
    root_is,
    rule,
)
from sdg_connector.vocabulary.rules.part import SLOT, Part, local_type

REQUEST: Final = "lcm:SubmitObjectsRequest"
LIST: Final = f"{REQUEST}/rim:RegistryObjectList"
OBJECT: Final = f"{LIST}/rim:RegistryObject"
CLASSIFICATION: Final = "rim:RegistryObject/rim:Classification"
LINK: Final = "rim:RegistryObject[@sourceObject and @targetObject]"
ASSOCIATION_TYPE: Final = "urn:oasis:names:tc:ebxml-regrep:AssociationType:"
ALWAYS: Final = "published with count() of a truth value, so it always holds"
_OBJECT: Final = qualified("rim:RegistryObject")
_CLASSIFICATION: Final = qualified("rim:Classification")


def associated(name: str) -> str:
    """The associations of one type."""
    return f"rim:RegistryObject[@type='{ASSOCIATION_TYPE}{name}']"


def envelope(prefix: str, scheme: str, *nodes: str) -> tuple[Rule, ...]:
    """What the two submissions have alike, up to the classifications of their objects."""
    return (
        rule(f"{prefix}001", ROOT, root_is("SubmitObjectsRequest")),
        rule(f"{prefix}002", ROOT, root_in(LCM)),
        rule(f"{prefix}004", REQUEST, attribute_uuid_urn("id")),
        rule(f"{prefix}005", REQUEST, having("rim:RegistryObjectList")),
        rule(f"{prefix}006", "rim:RegistryObject", _not_empty("id")),
        rule(f"{prefix}007", "rim:RegistryObject", classified_or_association()),
        rule(f"{prefix}008", CLASSIFICATION, _not_empty("id")),
        rule(f"{prefix}009", CLASSIFICATION, attribute_uuid_urn("id")),
        rule(f"{prefix}010", CLASSIFICATION, _not_empty("classificationScheme")),
        rule(f"{prefix}011", CLASSIFICATION, _not_empty("classificationNode")),
        rule(f"{prefix}012", CLASSIFICATION, attribute_is("classificationScheme", scheme)),
        rule(f"{prefix}013", CLASSIFICATION, attribute_is("classificationNode", *nodes)),
    )


def listed(number: str, slot: str) -> Rule:
    """The submission holds an object with this slot."""
    return rule(number, LIST, having_path("rim:RegistryObject", f"rim:Slot={slot}"))


def _not_empty(name: str) -> AttributeCheck:
    return attribute_such(
        name, bool, asks=f"the attribute {name} with a value", fix=f"Write the attribute {name}."
    )


def classified_or_association() -> PartCheck:
    """An object is classified, unless it is an association."""
    return PartCheck(
        holds=lambda part: (
            local_type(part.element) == "AssociationType" or part.count(_CLASSIFICATION) > 0
        ),
        asks="a Classification, or an association",
        fix="Classify the object.",
        found=lambda _: "neither",
    )


def classified_as_its_slot(node: str) -> PartCheck:
    """An object with this slot is classified by its name."""

    def holds(part: Part) -> bool:
        if not any(one.get("name") == node for one in part.named(SLOT)):
            return True
        return _is(part.element, node)

    return PartCheck(
        holds=holds,
        asks=f"an object with the slot {node} classified {node}",
        fix=f"Write classificationNode={node}.",
        found=lambda _: "another classification",
    )


def an_association() -> PartCheck:
    """The list holds an association."""
    return PartCheck(
        holds=lambda part: any(local_type(one) == "AssociationType" for one in part.named(_OBJECT)),
        asks="at least one association",
        fix="Write the associations between the objects.",
        found=lambda _: "none",
    )


def end_is(end: str, node: str) -> PartCheck:
    """An end of the association is an object of this classification."""
    return PartCheck(
        holds=lambda part: _count(part.element, end, node) > 0,
        asks=f"an object classified {node} as {end}",
        fix=f"Write the id of an object classified {node} as {end}.",
        found=lambda _: "another object",
    )


def joins(source: str, target: str) -> PartCheck:
    """The association joins one object of each classification."""
    return PartCheck(
        holds=lambda part: _both(part, source, target) == 2,
        asks=f"an association from one {source} to one {target}",
        fix="Write the ids of those two objects.",
        found=lambda _: "other objects",
    )


def typed(source: str, target: str, name: str) -> PartCheck:
    """An association between these two classifications has this type."""
    return PartCheck(
        holds=lambda part: (
            _both(part, source, target) != 2
            or part.element.get("type") == f"{ASSOCIATION_TYPE}{name}"
        ),
        asks=f"the type {name} of an association from {source} to {target}",
        fix=f"Write type={ASSOCIATION_TYPE}{name}.",
        found=lambda _: "another type",
    )


def _both(part: Part, source: str, target: str) -> int:
    ends = (("sourceObject", source), ("targetObject", target))
    return sum(_count(part.element, end, node) for end, node in ends)


def _count(association: etree._Element, end: str, node: str) -> int:
    identifier = association.get(end)
    if identifier is None:
        return 0
    everywhere = association.getroottree().getroot().iter(_OBJECT)
    return sum(1 for one in everywhere if one.get("id") == identifier and _is(one, node))


def _is(element: etree._Element, node: str) -> bool:
    return any(
        one.get("classificationNode") == node for one in element.iterchildren(_CLASSIFICATION)
    )
