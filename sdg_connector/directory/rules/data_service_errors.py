"""DSD-ERR: what the Data Service Directory answers instead, its questions among it."""

from typing import Final

from sdg_connector.directory.rules.recurring import (
    EXCEPTION,
    FAILURE,
    HOST,
    SEVERAL,
    answer,
    spoken,
)
from sdg_connector.directory.rules.severities import additional_input, any_severity, not_plain
from sdg_connector.regrep import ResponseStatus
from sdg_connector.vocabulary import DsdErrorCode
from sdg_connector.vocabulary.findings import FindingSeverity
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules import (
    SECOND,
    PartCheck,
    RuleFile,
    attribute_given,
    ends_in_uuid,
    evidence_type_address,
    exception_type,
    filled,
    having,
    jurisdiction_level,
    level_of_assurance,
    one_of,
    one_slot,
    rule,
    slot_named,
    slots,
    value_type,
    without,
)
from sdg_connector.vocabulary.rules.part import SLOT

_QUESTION: Final = f"{EXCEPTION}[@code='DSD:ERR:0005']"
_INFO: Final = FindingSeverity.INFO
_TYPE, _CONCEPTS, _REGION = (
    "DataServiceEvidenceType",
    "UserRequestedClassificationConcepts",
    "JurisdictionDetermination",
)


def _slot(name: str) -> str:
    return f"{EXCEPTION}/rim:Slot[@name='{name}']/rim:SlotValue"


def _no_slot_without_exception() -> PartCheck:
    exception = qualified("rs:Exception")
    return PartCheck(
        holds=lambda part: part.count(exception) > 0 or part.count(SLOT) == 0,
        asks="no slot in a failure without an Exception",
        fix="Write the Exception.",
        found=lambda _: "a slot",
    )


STRUCTURE: Final = RuleFile(
    name="DSD-ERR-S",
    rules=(
        *answer(
            "R-DSD-ERR-S001",
            "R-DSD-ERR-S002",
            "R-DSD-RESP-S005",
            "R-DSD-RESP-S006",
            wanted=ResponseStatus.FAILURE,
        ),
        rule("R-DSD-RESP-S007", FAILURE, without("rim:RegistryObjectList")),
        rule("R-DSD-RESP-S008", FAILURE, having("rs:Exception"), deviation=SECOND),
        rule("R-DSD-RESP-S009", FAILURE, _no_slot_without_exception()),
        rule("R-DSD-RESP-S010", f"{_QUESTION}/rim:Slot", slot_named(_TYPE, _CONCEPTS, _REGION)),
        rule("R-DSD-RESP-S011", _QUESTION, one_slot(_REGION), severity=_INFO),
        rule("R-DSD-RESP-S012", _QUESTION, one_slot(_CONCEPTS), severity=_INFO),
        rule("R-DSD-RESP-S013", _QUESTION, one_slot(_TYPE)),
        rule("R-EDM-REQ-S014", _slot(_REGION), value_type("AnyValueType")),
        rule("R-EDM-REQ-S015", _slot(_CONCEPTS), value_type("CollectionValueType")),
        rule("R-EDM-REQ-S016", f"{_slot(_CONCEPTS)}/rim:Element", value_type("AnyValueType")),
        rule("R-EDM-REQ-S017", _slot(_TYPE), value_type("AnyValueType")),
        rule("R-EDM-REQ-S018", _slot(_TYPE), having("sdg:DataServiceEvidenceType")),
        rule(
            "R-EDM-REQ-S019",
            f"{_slot(_CONCEPTS)}/rim:Element",
            having("sdg:EvidenceProviderClassification"),
        ),
        rule(
            "R-EDM-REQ-S020",
            _slot(_REGION),
            having("sdg:EvidenceProviderJurisdictionDetermination"),
        ),
        rule(
            "R-EDM-REQ-S021",
            f"{_slot(_TYPE)}/sdg:DataServiceEvidenceType",
            having(
                "sdg:Identifier",
                "sdg:EvidenceTypeClassification",
                "sdg:Title",
                "sdg:DistributedAs",
                without=(
                    "sdg:AccessService",
                    "sdg:EvidenceProviderJurisdictionDetermination",
                    "sdg:EvidenceProviderClassification",
                ),
            ),
        ),
        rule(
            "R-DSD-RESP-S022",
            "rs:Exception[@code='DSD:ERR:0005']",
            slots(_CONCEPTS, _REGION, least=1),
        ),
    ),
)

_ASKED: Final = f"{_slot(_TYPE)}/sdg:DataServiceEvidenceType"
_WHERE: Final = f"{_slot(_REGION)}/sdg:EvidenceProviderJurisdictionDetermination"
_CONCEPT: Final = f"{_slot(_CONCEPTS)}/rim:Element/sdg:EvidenceProviderClassification"
_NO_ELEMENT: Final = "published without the Element of the collection, so it never looks at one"

CONTENT: Final = RuleFile(
    name="DSD-ERR-C",
    rules=(
        rule("R-DSD-ERR-C001", f"{_WHERE}/sdg:JurisdictionContextId", ends_in_uuid()),
        *spoken("R-DSD-ERR-C002", "R-DSD-ERR-C003", f"{_WHERE}/sdg:JurisdictionContext"),
        rule("R-DSD-ERR-C004", f"{_WHERE}/sdg:JurisdictionLevel", jurisdiction_level()),
        rule("R-DSD-ERR-C005", f"{_CONCEPT}/sdg:Identifier", ends_in_uuid(), deviation=_NO_ELEMENT),
        rule("R-DSD-ERR-C006", _CONCEPT, filled("sdg:Type"), deviation=_NO_ELEMENT),
        rule(
            "R-DSD-ERR-C007",
            _CONCEPT,
            filled("sdg:Description"),
            deviation=f"{_NO_ELEMENT}; {SEVERAL}",
        ),
        *(
            rule(one.id, one.context, one.check, deviation=_NO_ELEMENT)
            for one in spoken("R-DSD-ERR-C008", "R-DSD-ERR-C009", f"{_CONCEPT}/sdg:Description")
        ),
        rule("R-DSD-ERR-C010", f"{_ASKED}/sdg:Identifier", ends_in_uuid()),
        rule(
            "R-DSD-ERR-C011",
            f"{_ASKED}/sdg:EvidenceTypeClassification",
            evidence_type_address(),
            deviation=HOST,
        ),
        *spoken("R-DSD-ERR-C012", "R-DSD-ERR-C013", f"{_ASKED}/sdg:Title"),
        *spoken("R-DSD-ERR-C014", "R-DSD-ERR-C015", f"{_ASKED}/sdg:Description"),
        rule(
            "R-DSD-ERR-C024", f"{_ASKED}/sdg:AuthenticationLevelOfAssurance", level_of_assurance()
        ),
        rule("R-DSD-ERR-C016", EXCEPTION, attribute_given("xsi:type")),
        rule(
            "R-DSD-ERR-C017",
            f"{EXCEPTION}/@xsi:type",
            exception_type("rs:ObjectNotFoundExceptionType", "rs:InvalidRequestExceptionType"),
            deviation="published as text with the prefix rs; a peer may write another",
        ),
        rule(
            "R-DSD-ERR-C018",
            f"{EXCEPTION}/@severity",
            any_severity(),
            deviation="the host of the semantic repository got its .ec in October 2023",
        ),
        rule("R-DSD-ERR-C019", _QUESTION, not_plain()),
        rule("R-DSD-ERR-C020", EXCEPTION, attribute_given("message")),
        rule("R-DSD-ERR-C021", EXCEPTION, attribute_given("code")),
        rule("R-DSD-ERR-C023", f"{EXCEPTION}/@code", one_of(*DsdErrorCode)),
        rule(
            "R-DSD-ERR-C025",
            _QUESTION,
            additional_input(),
            deviation="the host of the semantic repository got its .ec in October 2023",
        ),
    ),
)
