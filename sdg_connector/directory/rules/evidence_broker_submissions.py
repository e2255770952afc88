"""EB-SUB: what a Member State submits to the Evidence Broker."""

from typing import Final

from sdg_connector.directory.rules.recurring import HOST, LATER_CODES, somewhere, spoken
from sdg_connector.directory.rules.submission_checks import (
    ALWAYS,
    LINK,
    LIST,
    OBJECT,
    REQUEST,
    an_association,
    associated,
    classified_as_its_slot,
    classified_or_association,
    end_is,
    envelope,
    listed,
    typed,
)
from sdg_connector.vocabulary.rules import (
    SECOND,
    Rule,
    RuleFile,
    ends_in_uuid,
    evidence_type_address,
    having,
    having_path,
    procedure,
    requirement_address,
    rule,
    uuid,
    uuid_urn,
    value_type,
    without,
)

_NODES: Final = ("EvidenceType", "EvidenceTypeList", "Requirement", "ReferenceFramework")
_TYPE, _LIST, _REQUIREMENT, _FRAMEWORK = (
    f"{OBJECT}/rim:Slot[@name='{one}']/rim:SlotValue/sdg:{one}" for one in _NODES
)
_NO_NAMESPACE: Final = "published for elements without a namespace, which never stand there"


def _slots() -> tuple[Rule, ...]:
    """The four kinds of objects: classified by their slot, an AnyValueType with their element."""
    found = []
    for offset, node in enumerate(_NODES):
        value = f"{OBJECT}/rim:Slot[@name='{node}']/rim:SlotValue"
        found += [
            rule(
                f"EB-SUB-S{14 + offset:03}",
                "rim:RegistryObject",
                classified_as_its_slot(node),
                deviation=_NO_NAMESPACE,
            ),
            rule(f"EB-SUB-S{18 + offset:03}", value, value_type("AnyValueType")),
            rule(f"EB-SUB-S{22 + offset:03}", value, having(f"sdg:{node}"), deviation=SECOND),
        ]
    return tuple(found)


def _ends(name: str, source: str, target: str, *, ids: tuple[str, str, str]) -> tuple[Rule, ...]:
    """One type of association: its two ends, and that nothing else joins such objects."""
    of_source, of_target, of_type = ids
    return (
        rule(of_source, associated(name), end_is("sourceObject", source)),
        rule(of_target, associated(name), end_is("targetObject", target)),
        rule(of_type, LINK, typed(source, target, name)),
    )


def _again(number: str, name: str, end: str, node: str) -> Rule:
    """The same question once more: its publisher asks it under two numbers."""
    return rule(number, associated(name), end_is(end, node))


_CONTAINS, _FULFILLS, _DERIVES = (
    "ContainsEvidence",
    "FulfillsRequirement",
    "DerivesFromReferenceFramework",
)
_ASSOCIATIONS: Final = (
    *_ends(
        _CONTAINS,
        "EvidenceTypeList",
        "EvidenceType",
        ids=("R-EB-SUB-S036a", "R-EB-SUB-S036b", "R-EB-SUB-S037"),
    ),
    *_ends(
        _FULFILLS,
        "EvidenceTypeList",
        "Requirement",
        ids=("EB-SUB-S038a", "EB-SUB-S038b", "R-EB-SUB-S039"),
    ),
    *_ends(
        _DERIVES,
        "Requirement",
        "ReferenceFramework",
        ids=("EB-SUB-S040a", "EB-SUB-S040b", "R-EB-SUB-S040"),
    ),
    _again("EB-SUB-S051", _DERIVES, "sourceObject", "Requirement"),
    _again("EB-SUB-S052", _DERIVES, "targetObject", "ReferenceFramework"),
    _again("EB-SUB-S053", _FULFILLS, "targetObject", "Requirement"),
    _again("EB-SUB-S054", _CONTAINS, "sourceObject", "EvidenceTypeList"),
    _again("EB-SUB-S055", _CONTAINS, "targetObject", "EvidenceType"),
)
_FRAMEWORKS: Final = f"{OBJECT}/rim:Slot/rim:SlotValue/sdg:ReferenceFramework"

STRUCTURE: Final = RuleFile(
    name="EB-SUB-S",
    rules=(
        *envelope("EB-SUB-S", "urn:fdc:oots:classification:eb", *_NODES),
        *_slots(),
        rule("EB-SUB-S026", _TYPE, without("sdg:Distribution")),
        rule("EB-SUB-S027", _LIST, without("sdg:EvidenceType")),
        rule("EB-SUB-S028", _REQUIREMENT, without("sdg:EvidenceType", "sdg:ReferenceFramework")),
        rule("EB-SUB-S029", f"{_FRAMEWORK}/sdg:RelatedTo", having("sdg:Identifier")),
        rule("EB-SUB-S030", OBJECT, classified_or_association(), deviation=ALWAYS),
        *_ASSOCIATIONS,
        rule("EB-SUB-S042", REQUEST, having_path("rim:RegistryObjectList", "rim:RegistryObject")),
        rule("R-EDM-REQ-S043", f"{OBJECT}/@id", uuid_urn()),
        listed("R-EDM-REQ-S044", "EvidenceType"),
        listed("R-EDM-REQ-S045", "EvidenceTypeList"),
        rule("R-EDM-REQ-S047", LIST, an_association()),
        listed("R-EDM-REQ-S048", "ReferenceFramework"),
        rule("R-EDM-REQ-S049", _FRAMEWORKS, having("sdg:RelatedTo")),
        rule("R-EDM-REQ-S050", _FRAMEWORKS, having("sdg:Jurisdiction")),
    ),
)

CONTENT: Final = RuleFile(
    name="EB-SUB-C",
    rules=(
        rule(
            "R-EB-SUB-C001",
            f"{_TYPE}/sdg:EvidenceTypeClassification",
            evidence_type_address(),
            deviation=HOST,
        ),
        *spoken("R-EB-SUB-C002", "R-EB-SUB-C003", f"{_TYPE}/sdg:Title"),
        *spoken("R-EB-SUB-C004", "R-EB-SUB-C005", f"{_TYPE}/sdg:Description"),
        somewhere("R-EB-SUB-C006", f"{_TYPE}/sdg:Jurisdiction"),
        rule("R-EB-SUB-C007", f"{_LIST}/sdg:Identifier", uuid()),
        *spoken("R-EB-SUB-C010", "R-EB-SUB-C011", f"{_LIST}/sdg:Name"),
        rule(
            "R-EB-SUB-C012", f"{_REQUIREMENT}/sdg:Identifier", requirement_address(), deviation=HOST
        ),
        *spoken("R-EB-SUB-C013", "R-EB-SUB-C014", f"{_REQUIREMENT}/sdg:Name"),
        rule("R-EB-SUB-C015", f"{_FRAMEWORK}/sdg:Identifier", ends_in_uuid()),
        *spoken("R-EB-SUB-C016", "R-EB-SUB-C017", f"{_FRAMEWORK}/sdg:Title"),
        *spoken("R-EB-SUB-C018", "R-EB-SUB-C019", f"{_FRAMEWORK}/sdg:Description"),
        somewhere("R-EB-SUB-C020", f"{_FRAMEWORK}/sdg:Jurisdiction"),
        rule(
            "R-EB-SUB-C023",
            f"{_FRAMEWORK}/sdg:RelatedTo/sdg:Identifier",
            procedure(),
            deviation=LATER_CODES,
        ),
    ),
)
