"""EDM-REQ-S: the slots of an evidence request, their types and what each of them holds."""

from typing import Final

from sdg_connector.evidence.rules import request_places as at
from sdg_connector.vocabulary.findings import FindingSeverity
from sdg_connector.vocabulary.namespaces import QUERY
from sdg_connector.vocabulary.rules import (
    FROM_1_1,
    FROM_1_1_TO_1_2,
    FROM_2_0,
    ONLY_1_0,
    ONLY_1_X,
    ROOT,
    RuleFile,
    attribute_is,
    children_only,
    having,
    having_path,
    one_slot,
    root_in,
    root_is,
    rule,
    slot_named,
    slots,
    uuid_urn,
    value_type,
)
from sdg_connector.vocabulary.rules.every_slot import (
    COLLECTION,
    SET,
    filled_value,
    one_value,
    together,
)

WARNING, INFO = FindingSeverity.WARNING, FindingSeverity.INFO
_SLOTS: Final = (
    "SpecificationIdentifier",
    "IssueDateTime",
    "Procedure",
    "PreviewLocation",
    "PossibilityForPreview",
    "ExplicitRequestGiven",
    "Requirements",
    "EvidenceRequester",
    "EvidenceProvider",
    "EvidenceProviderClassification",
)
_QUERY_SLOTS_1_0: Final = (
    "EvidenceRequest",
    "LegalPerson",
    "NaturalPerson",
    "AuthorizedRepresentative",
)
_QUERY_SLOTS: Final = (*_QUERY_SLOTS_1_0, "AuthorizedRepresentativeLegalPerson")

_ENVELOPE = (
    rule("R-EDM-REQ-S001", ROOT, root_is("QueryRequest")),
    rule("R-EDM-REQ-S002", ROOT, root_in(QUERY)),
    rule("R-EDM-REQ-S004", f"{at.REQUEST}/@id", uuid_urn()),
    rule("R-EDM-REQ-S005", at.REQUEST, one_slot("SpecificationIdentifier")),
    rule("R-EDM-REQ-S006", at.REQUEST, one_slot("IssueDateTime")),
    rule("R-EDM-REQ-S007", at.REQUEST, one_slot("Procedure"), severity=WARNING, lines=ONLY_1_X),
    rule("R-EDM-REQ-S007", at.REQUEST, one_slot("Procedure"), lines=FROM_2_0),
    rule("R-EDM-REQ-S008", at.REQUEST, one_slot("PreviewLocation"), severity=INFO, lines=ONLY_1_0),
    rule("R-EDM-REQ-S009", at.REQUEST, one_slot("PossibilityForPreview")),
    rule("R-EDM-REQ-S010", at.REQUEST, one_slot("ExplicitRequestGiven")),
    rule("R-EDM-REQ-S011", at.REQUEST, one_slot("Requirements"), severity=WARNING, lines=ONLY_1_X),
    rule("R-EDM-REQ-S011", at.REQUEST, one_slot("Requirements"), lines=FROM_2_0),
    rule("R-EDM-REQ-S012", at.REQUEST, one_slot("EvidenceRequester")),
    rule("R-EDM-REQ-S013", at.REQUEST, one_slot("EvidenceProvider")),
    rule(
        "R-EDM-REQ-S014",
        at.REQUEST,
        one_slot("EvidenceProviderClassification"),
        severity=INFO,
    ),
    rule(
        "EDM-REQ-S unnamed 1",
        at.REQUEST,
        one_slot("AuthorizedRepresentative"),
        severity=INFO,
        lines=ONLY_1_0,
    ),
    rule("R-EDM-REQ-S015", "query:Query", one_slot("EvidenceRequest")),
    rule("R-EDM-REQ-S016", "query:Query", slots("NaturalPerson", "LegalPerson", least=1, most=1)),
    rule(
        "R-EDM-REQ-S019",
        f"{at.REQUEST}/rim:Slot",
        slot_named(*_SLOTS, *_QUERY_SLOTS_1_0),
        lines=ONLY_1_0,
    ),
    rule("R-EDM-REQ-S019", f"{at.REQUEST}/rim:Slot", slot_named(*_SLOTS), lines=FROM_1_1_TO_1_2),
    rule(
        "R-EDM-REQ-S019",
        f"{at.REQUEST}/rim:Slot",
        slot_named(*_SLOTS, "ReturnLocation"),
        lines=FROM_2_0,
    ),
    rule("R-EDM-REQ-S049", f"{at.QUERY}/rim:Slot", slot_named(*_QUERY_SLOTS), lines=FROM_1_1),
    rule(
        "R-EDM-REQ-S062", at.REQUEST, together("PreviewLocation", "ReturnLocation"), lines=FROM_2_0
    ),
)

_TYPES = (
    rule("R-EDM-REQ-S020", at.SPECIFICATION, value_type("StringValueType")),
    rule("R-EDM-REQ-S021", at.ISSUED, value_type("DateTimeValueType")),
    rule(
        "R-EDM-REQ-S022",
        at.PROCEDURE,
        value_type("InternationalStringValueType"),
        lines=ONLY_1_X,
    ),
    rule("R-EDM-REQ-S022", at.PROCEDURE, value_type("StringValueType"), lines=FROM_2_0),
    rule("R-EDM-REQ-S023", at.PREVIEW, value_type("StringValueType")),
    rule("R-EDM-REQ-S024", at.slot("PossibilityForPreview"), value_type("BooleanValueType")),
    rule("R-EDM-REQ-S025", at.slot("ExplicitRequestGiven"), value_type("BooleanValueType")),
    rule("R-EDM-REQ-S026", at.REQUIREMENTS, value_type("CollectionValueType")),
    rule("R-EDM-REQ-S027", f"{at.REQUIREMENTS}/rim:Element", value_type("AnyValueType")),
    rule("R-EDM-REQ-S028", at.REQUESTER, value_type("CollectionValueType")),
    rule("R-EDM-REQ-S029", f"{at.REQUESTER}/rim:Element", value_type("AnyValueType")),
    rule("R-EDM-REQ-S030", at.PROVIDER, value_type("AnyValueType")),
    rule("R-EDM-REQ-S031", at.CLASSIFICATION, value_type("CollectionValueType")),
    rule("R-EDM-REQ-S032", f"{at.CLASSIFICATION}/rim:Element", value_type("AnyValueType")),
    rule("R-EDM-REQ-S033", at.query_slot("EvidenceRequest"), value_type("AnyValueType")),
    rule("R-EDM-REQ-S034", at.query_slot("LegalPerson"), value_type("AnyValueType")),
    rule("R-EDM-REQ-S035", at.query_slot("NaturalPerson"), value_type("AnyValueType")),
    rule("R-EDM-REQ-S036", at.query_slot("AuthorizedRepresentative"), value_type("AnyValueType")),
    rule(
        "R-EDM-REQ-S055",
        at.query_slot("AuthorizedRepresentativeLegalPerson"),
        value_type("AnyValueType"),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-S061", at.RETURN, value_type("StringValueType"), lines=FROM_2_0),
    rule("R-EDM-REQ-S050", "rim:Slot", one_value(), lines=FROM_1_1),
    rule("R-EDM-REQ-S051", "rim:SlotValue", filled_value(), lines=FROM_1_1),
    rule("R-EDM-REQ-S052", COLLECTION, having("rim:Element"), lines=FROM_1_1),
    rule("R-EDM-REQ-S053", COLLECTION, attribute_is("collectionType", SET), lines=FROM_1_1),
)

_CONTENTS = (
    rule("R-EDM-REQ-S037", f"{at.REQUIREMENTS}/rim:Element", having("sdg:Requirement")),
    rule("R-EDM-REQ-S038", at.REQUIREMENT, having("sdg:Name", "sdg:Identifier")),
    rule(
        "R-EDM-REQ-S038",
        at.REQUIREMENT,
        children_only("sdg:Identifier", "sdg:Name", "sdg:Description"),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-S039", at.REQUESTER, having_path("rim:Element", "sdg:Agent")),
    rule(
        "R-EDM-REQ-S040",
        at.REQUESTER_AGENT,
        having("sdg:Identifier", "sdg:Name", without=("sdg:Jurisdiction",)),
    ),
    rule(
        "R-EDM-REQ-S040",
        at.REQUESTER_AGENT,
        children_only("sdg:Identifier", "sdg:Name", "sdg:Address", "sdg:Classification"),
        lines=FROM_1_1,
    ),
    rule(
        "R-EDM-REQ-S041",
        f"{at.CLASSIFICATION}/rim:Element",
        having("sdg:EvidenceProviderClassification"),
    ),
    rule("R-EDM-REQ-S042", at.PROVIDER, having("sdg:Agent")),
    rule("R-EDM-REQ-S043", at.PROVIDER_AGENT, having("sdg:Identifier", "sdg:Name")),
    rule(
        "R-EDM-REQ-S043",
        at.PROVIDER_AGENT,
        children_only("sdg:Identifier", "sdg:Name"),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-S044", at.query_slot("EvidenceRequest"), having("sdg:DataServiceEvidenceType")),
    rule(
        "R-EDM-REQ-S045",
        f"{at.query_slot('EvidenceRequest')}/sdg:DataServiceEvidenceType",
        having("sdg:Identifier", "sdg:EvidenceTypeClassification", "sdg:Title"),
        deviation="published with 'or 2', so it always holds; what the schema lets be absent "
        "(Description, a distribution in 2.0) is not asked for",
    ),
    rule(
        "R-EDM-REQ-S045",
        f"{at.query_slot('EvidenceRequest')}/sdg:DataServiceEvidenceType",
        children_only(
            "sdg:Identifier",
            "sdg:EvidenceTypeClassification",
            "sdg:Title",
            "sdg:Description",
            "sdg:DistributedAs",
        ),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-S046", at.query_slot("NaturalPerson"), having("sdg:Person")),
    rule("R-EDM-REQ-S047", at.query_slot("LegalPerson"), having("sdg:LegalPerson")),
    rule("R-EDM-REQ-S048", at.query_slot("AuthorizedRepresentative"), having("sdg:Person")),
    rule(
        "R-EDM-REQ-S056",
        at.query_slot("AuthorizedRepresentativeLegalPerson"),
        having("sdg:LegalPerson"),
        lines=FROM_1_1,
    ),
)

FILE: Final = RuleFile(name="EDM-REQ-S", rules=_ENVELOPE + _TYPES + _CONTENTS)
