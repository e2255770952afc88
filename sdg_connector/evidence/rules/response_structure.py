"""EDM-RESP-S: the slots and objects of an evidence response."""

from typing import Final

from sdg_connector.evidence.rules import response_places as at
from sdg_connector.evidence.rules.response_packages import PACKAGES
from sdg_connector.regrep import ResponseStatus
from sdg_connector.vocabulary.findings import FindingSeverity
from sdg_connector.vocabulary.namespaces import QUERY, qualified
from sdg_connector.vocabulary.rules import (
    FROM_1_1,
    FROM_2_0,
    ONLY_1_0,
    ONLY_1_X,
    ROOT,
    PartCheck,
    RuleFile,
    attribute_given,
    attribute_is,
    attribute_such,
    children_only,
    having,
    one_slot,
    root_in,
    root_is,
    rule,
    slots,
    uuid_urn,
    value_type,
    without,
)
from sdg_connector.vocabulary.rules.part import SLOT

_REQUIRED: Final = (
    "SpecificationIdentifier",
    "EvidenceResponseIdentifier",
    "IssueDateTime",
    "EvidenceProvider",
    "EvidenceRequester",
)
_AVAILABLE: Final = "ResponseAvailableDateTime"
_WRONG_ROOT: Final = "published for a QueryRequest, which is never at hand here"
_MISSPELT: Final = "published for rim:RespositoryItemRef, which no schema knows"
_OUTSIDE: Final = "published for a place where nothing can stand; ours reads where it is meant"


def _all_slots() -> PartCheck:
    return PartCheck(
        holds=lambda part: all(part.slots(one) for one in _REQUIRED) or part.slots(_AVAILABLE) > 0,
        asks=f"the slots {', '.join(_REQUIRED)}",
        fix="Write the slot that is missing.",
        found=lambda part: "no " + ", ".join(one for one in _REQUIRED if not part.slots(one)),
        by_outline=True,
    )


def _nothing_else() -> PartCheck:
    listed, known = qualified("rim:RegistryObjectList"), {*_REQUIRED, _AVAILABLE}
    return PartCheck(
        holds=lambda part: all(
            tag == listed or (tag == SLOT and child.get("name") in known)
            for tag, child in zip(part.tags, part.children, strict=True)
        ),
        asks=f"only the slots {', '.join((*_REQUIRED, _AVAILABLE))} and a RegistryObjectList",
        fix="Remove the other elements, or correct the names of the slots.",
        found=lambda _: "another element",
        by_outline=True,
    )


_ENVELOPE = (
    rule("R-EDM-RESP-S001", ROOT, root_is("QueryResponse")),
    rule("R-EDM-RESP-S002", ROOT, root_in(QUERY)),
    rule("R-EDM-RESP-S003", at.RESPONSE, attribute_given("requestId")),
    rule("R-EDM-RESP-S004", f"{at.RESPONSE}/@requestId", uuid_urn()),
    rule("R-EDM-RESP-S005", at.RESPONSE, attribute_given("status")),
    rule(
        "R-EDM-RESP-S006",
        at.RESPONSE,
        attribute_is("status", ResponseStatus.SUCCESS, ResponseStatus.UNAVAILABLE),
    ),
    rule("R-EDM-RESP-S007", at.SUCCESS, having("rim:RegistryObjectList")),
    rule(
        "R-EDM-RESP-S008",
        at.SUCCESS,
        without("rs:Exception"),
        deviation="published as an Exception inside an Exception, which refuses every Exception",
    ),
    *(
        rule(f"R-EDM-RESP-S{number:03}", at.RESPONSE, one_slot(name))
        for number, name in enumerate(_REQUIRED, start=9)
    ),
    rule(
        "R-EDM-RESP-S014",
        at.RESPONSE,
        slots(_AVAILABLE, least=0, most=1),
        severity=FindingSeverity.INFO,
        lines=ONLY_1_0,
    ),
    rule("R-EDM-RESP-S014", at.SUCCESS, slots(_AVAILABLE, least=0, most=0), lines=FROM_1_1),
    rule("R-EDM-RESP-S045", at.UNAVAILABLE, one_slot(_AVAILABLE), lines=FROM_1_1),
    rule("R-EDM-RESP-S016", at.RESPONSE, _all_slots(), lines=ONLY_1_0),
    rule("R-EDM-RESP-S016", at.RESPONSE, _nothing_else(), lines=FROM_1_1),
)

_TYPES = (
    rule("R-EDM-RESP-S017", at.SPECIFICATION, value_type("StringValueType")),
    rule("R-EDM-RESP-S018", at.IDENTIFIER, value_type("StringValueType")),
    rule("R-EDM-RESP-S019", at.ISSUED, value_type("DateTimeValueType")),
    rule("R-EDM-RESP-S020", at.PROVIDER, value_type("CollectionValueType")),
    rule(
        "R-EDM-REQ-S021",
        f"{at.PROVIDER}/rim:Element",
        value_type("AnyValueType"),
        deviation=_WRONG_ROOT,
    ),
    rule("R-EDM-RESP-S022", at.REQUESTER, value_type("AnyValueType")),
    rule("R-EDM-RESP-S023", at.AVAILABLE, value_type("DateTimeValueType")),
    rule("R-EDM-RESP-S024", at.METADATA, value_type("AnyValueType")),
)

_CONTENTS = (
    rule(
        "R-EDM-RESP-S025",
        f"{at.PROVIDER}/rim:Element",
        having("sdg:Agent"),
        deviation=_WRONG_ROOT,
    ),
    rule(
        "R-EDM-RESP-S026",
        at.PROVIDER_AGENT,
        having("sdg:Identifier", "sdg:Name", "sdg:Classification"),
        deviation=f"{_OUTSIDE}; the address, which the schema lets be absent, is not asked for",
    ),
    rule("R-EDM-RESP-S027", at.REQUESTER, having("sdg:Agent")),
    rule("R-EDM-RESP-S028", at.REQUESTER_AGENT, having("sdg:Identifier", "sdg:Name")),
    rule(
        "R-EDM-RESP-S028",
        at.REQUESTER_AGENT,
        children_only("sdg:Identifier", "sdg:Name"),
        lines=FROM_2_0,
    ),
    rule("R-EDM-RESP-S029", at.METADATA, having("sdg:Evidence")),
    rule(
        "R-EDM-RESP-S030",
        at.evidence("sdg:IsConformantTo"),
        having("sdg:EvidenceTypeClassification", "sdg:Title"),
        deviation=f"{_OUTSIDE}; the description, which the schema lets be absent, is not asked for",
    ),
    rule(
        "R-EDM-RESP-S041",
        at.evidence("sdg:IsAbout/sdg:NaturalPerson"),
        children_only(
            "sdg:Identifier",
            "sdg:FamilyName",
            "sdg:GivenName",
            "sdg:DateOfBirth",
            "sdg:PlaceOfBirth",
        ),
        lines=FROM_1_1,
    ),
    rule(
        "R-EDM-RESP-S042",
        at.evidence("sdg:IsAbout/sdg:LegalPerson"),
        children_only("sdg:LegalPersonIdentifier", "sdg:LegalName"),
        lines=FROM_1_1,
    ),
)

_ITEM: Final = "rim:RepositoryItemRef"
_SUCCESSFUL: Final = f"{at.SUCCESS}/rim:RegistryObjectList/rim:RegistryObject"
_OBJECTS = (
    rule("R-EDM-RESP-S015", at.OBJECT, one_slot("EvidenceMetadata"), lines=ONLY_1_X),
    rule("R-EDM-RESP-S015", at.PACKED_DOCUMENT, one_slot("EvidenceMetadata"), lines=FROM_2_0),
    rule("R-EDM-RESP-S033", _SUCCESSFUL, having(_ITEM), lines=ONLY_1_X),
    rule("R-EDM-RESP-S033", at.PACKED_DOCUMENT, having(_ITEM), lines=FROM_2_0),
    rule(
        "R-EDM-RESP-S034",
        at.each(_ITEM),
        attribute_given("xlink:href"),
        deviation=_MISSPELT,
    ),
    rule(
        "R-EDM-RESP-S035",
        at.each(_ITEM),
        attribute_given("xlink:title"),
        severity=FindingSeverity.WARNING,
        lines=ONLY_1_0,
        deviation=f"{_MISSPELT}; a title is new to peers of line 1.0, so its absence only warns",
    ),
    rule(
        "R-EDM-RESP-S035",
        at.each(_ITEM),
        attribute_given("xlink:title"),
        lines=FROM_1_1,
    ),
    rule("R-EDM-RESP-S036", _SUCCESSFUL, attribute_given("id"), lines=ONLY_1_X),
    rule("R-EDM-RESP-S036", f"{at.OBJECT} | {at.PACKED}", attribute_given("id"), lines=FROM_2_0),
    rule("R-EDM-RESP-S037", f"{at.OBJECT}/@id | {at.PACKED}/@id", uuid_urn()),
    rule("EDM-RESP-S unnamed 1", f"{at.OBJECT}/{_ITEM}", attribute_given("xlink:href")),
    rule(
        "EDM-RESP-S unnamed 2",
        f"{at.OBJECT}/{_ITEM}",
        attribute_such(
            "xlink:href",
            lambda value: "@" in value,
            asks="a reference with @",
            fix="Refer to an attachment by cid: and its Content-ID.",
        ),
    ),
    rule(
        "EDM-RESP-S unnamed 3",
        f"{at.OBJECT}/{_ITEM}",
        attribute_such(
            "xlink:href",
            lambda value: value.startswith("cid:"),
            asks="a reference that begins with cid:",
            fix="Refer to an attachment by cid: and its Content-ID.",
        ),
    ),
)

FILE: Final = RuleFile(
    name="EDM-RESP-S", rules=_ENVELOPE + _TYPES + _CONTENTS + _OBJECTS + PACKAGES
)
