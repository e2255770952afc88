"""EB-REQ, EB-EVI and EB-ERR: what the Evidence Broker answers."""

from typing import Final

from sdg_connector.directory.rules.recurring import (
    EXCEPTION,
    FAILURE,
    HOST,
    LATER_CODES,
    LIST,
    OBJECT,
    RESPONSE,
    SUCCESS,
    answer,
    somewhere,
    spoken,
)
from sdg_connector.directory.rules.severities import any_severity
from sdg_connector.regrep import ResponseStatus
from sdg_connector.vocabulary import EbErrorCode, Severity
from sdg_connector.vocabulary.rules import (
    ONLY_1_X,
    SECOND,
    Rule,
    RuleFile,
    attribute_given,
    attribute_is,
    ends_in_uuid,
    evidence_type_address,
    exactly_one,
    exception_type,
    having,
    having_path,
    not_empty,
    one_of,
    procedure,
    requirement_address,
    rule,
    uuid_urn,
    value_type,
    without,
)

_VALUE: Final = "rim:Slot[@name='Requirement']/rim:SlotValue"
_REQUIREMENT: Final = f"{OBJECT}/{_VALUE}/sdg:Requirement"
_FRAMEWORK: Final = f"{_REQUIREMENT}/sdg:ReferenceFramework"
_EVIDENCE_TYPES: Final = f"{_REQUIREMENT}/sdg:EvidenceTypeList"
_TYPE: Final = f"{_EVIDENCE_TYPES}/sdg:EvidenceType"


def _structure(name: str, first: int) -> tuple[Rule, ...]:
    """What the two successful answers have alike; their objects are numbered from ``first``."""
    file = f"R-{name}-S"

    def number(offset: int) -> str:
        return f"{file}{first + offset:03}"

    return (
        *answer(
            f"{file}001", f"{file}002", f"{file}005", f"{file}006", wanted=ResponseStatus.SUCCESS
        ),
        rule(f"{file}007", SUCCESS, exactly_one("rim:RegistryObjectList")),
        rule(f"{file}008", SUCCESS, without("rs:Exception")),
        rule(number(0), "rim:RegistryObject", having_path("rim:Slot=Requirement")),
        rule(number(1), "rim:RegistryObject", exactly_one("rim:Slot"), deviation=SECOND),
        rule(number(2), _VALUE, value_type("AnyValueType")),
        rule(number(3), _VALUE, exactly_one("sdg:Requirement")),
        rule(
            number(4),
            f"{_VALUE}/sdg:Requirement/sdg:ReferenceFramework/sdg:RelatedTo",
            exactly_one("sdg:Identifier"),
        ),
        rule(f"{file}017", _REQUIREMENT, having("sdg:ReferenceFramework")),
        rule(f"{file}018", LIST, having("rim:RegistryObject")),
        rule(f"{file}019", f"{OBJECT}/@id", uuid_urn()),
        rule(f"{file}020", _FRAMEWORK, having("sdg:RelatedTo")),
        rule(f"{file}021", _FRAMEWORK, having("sdg:Jurisdiction")),
    )


def _content(name: str) -> tuple[Rule, ...]:
    """What the two successful answers say alike of a requirement and its frameworks."""
    file = f"R-{name}-C"
    return (
        rule(f"{file}001", f"{_REQUIREMENT}/sdg:Identifier", requirement_address(), deviation=HOST),
        *spoken(f"{file}002", f"{file}003", f"{_REQUIREMENT}/sdg:Name"),
        rule(f"{file}004", f"{_FRAMEWORK}/sdg:Identifier", ends_in_uuid()),
        *spoken(f"{file}005", f"{file}006", f"{_FRAMEWORK}/sdg:Title"),
        *spoken(f"{file}007", f"{file}008", f"{_FRAMEWORK}/sdg:Description"),
        somewhere(f"{file}009", f"{_FRAMEWORK}/sdg:Jurisdiction"),
        rule(
            f"{file}012",
            f"{_FRAMEWORK}/sdg:RelatedTo/sdg:Identifier",
            procedure(),
            deviation=LATER_CODES,
        ),
    )


REQUIREMENTS_STRUCTURE: Final = RuleFile(
    name="EB-REQ-S",
    rules=(
        *_structure("EB-REQ", 11),
        rule("R-EB-REQ-S016", _REQUIREMENT, without("sdg:EvidenceTypeList")),
    ),
)
REQUIREMENTS_CONTENT: Final = RuleFile(name="EB-REQ-C", rules=_content("EB-REQ"))

EVIDENCE_TYPES_STRUCTURE: Final = RuleFile(
    name="EB-EVI-S",
    rules=(
        *_structure("EB-EVI", 9),
        rule("R-EB-EVI-S014", _TYPE, without("sdg:Distribution")),
        rule("R-EB-EVI-S015", _EVIDENCE_TYPES, having("sdg:EvidenceType"), lines=ONLY_1_X),
        rule("R-EB-EVI-S016", _REQUIREMENT, having("sdg:EvidenceTypeList")),
    ),
)
EVIDENCE_TYPES_CONTENT: Final = RuleFile(
    name="EB-EVI-C",
    rules=(
        *_content("EB-EVI"),
        rule("R-EB-EVI-C013", f"{_EVIDENCE_TYPES}/sdg:Identifier", ends_in_uuid()),
        *spoken("R-EB-EVI-C014", "R-EB-EVI-C015", f"{_EVIDENCE_TYPES}/sdg:Name"),
        rule(
            "R-EB-EVI-C016",
            f"{_TYPE}/sdg:EvidenceTypeClassification",
            evidence_type_address(),
            deviation=HOST,
        ),
        *spoken("R-EB-EVI-C017", "R-EB-EVI-C018", f"{_TYPE}/sdg:Title"),
        *spoken("R-EB-EVI-C019", "R-EB-EVI-C020", f"{_TYPE}/sdg:Description"),
        rule("R-EB-EVI-C021", _TYPE, not_empty("sdg:Jurisdiction")),
        somewhere("R-EB-EVI-C022", f"{_TYPE}/sdg:Jurisdiction"),
    ),
)

ERROR: Final = RuleFile(
    name="EB-ERR",
    rules=(
        *answer(
            "R-EB-ERR-S001",
            "R-EB-ERR-S002",
            "R-EB-ERR-S005",
            "R-EB-ERR-S006",
            wanted=ResponseStatus.FAILURE,
        ),
        rule("R-EB-ERR-S007", FAILURE, without("rim:RegistryObjectList")),
        rule("R-EB-ERR-S008", FAILURE, exactly_one("rs:Exception")),
        rule("R-EB-ERR-009", EXCEPTION, attribute_given("xsi:type")),
        rule(
            "R-EB-ERR-010",
            f"{EXCEPTION}/@xsi:type",
            exception_type("rs:ObjectNotFoundExceptionType", "rs:InvalidRequestExceptionType"),
            deviation="published as text with the prefix rs; a peer may write another",
        ),
        rule("R-EB-ERR-011a", EXCEPTION, attribute_given("severity")),
        rule(
            "R-EB-ERR-011b",
            f"{EXCEPTION}/@severity",
            any_severity(),
            deviation="the host of the semantic repository got its .ec in October 2023",
        ),
        rule("R-EB-ERR-012", EXCEPTION, attribute_is("severity", Severity.ERROR)),
        rule("R-EB-ERR-013", EXCEPTION, attribute_given("message")),
        rule("R-EB-ERR-015", EXCEPTION, attribute_given("code")),
        rule("R-EB-ERR-016", f"{EXCEPTION}/@code", one_of(*EbErrorCode)),
        rule("R-EB-ERR-017", RESPONSE, without("rim:Slot"), lines=ONLY_1_X),
    ),
)
