"""DSD-RESP: what the Data Service Directory answers."""

from typing import Final

from sdg_connector.directory.rules.recurring import (
    HOST,
    MODEL_HOST,
    OBJECT,
    SUCCESS,
    answer,
    concept,
    forms,
    serves_a_line,
    somewhere,
    spoken,
)
from sdg_connector.regrep import ResponseStatus
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules import (
    ONLY_1_0,
    ONLY_1_X,
    SVG,
    PartCheck,
    RuleFile,
    agent_scheme,
    attribute_filled,
    attribute_given,
    country,
    distribution_address,
    ends_in_uuid,
    evidence_type_address,
    exactly_one,
    having,
    having_path,
    jurisdiction_level,
    level_of_assurance,
    media_type,
    rule,
    uuid_urn,
    value_type,
    without,
)
from sdg_connector.vocabulary.rules.part import Part

_SLOT: Final = "rim:Slot[@name='DataServiceEvidenceType']"
_VALUE: Final = f"rim:RegistryObject/{_SLOT}/rim:SlotValue"
_TYPE: Final = f"{OBJECT}/{_SLOT}/rim:SlotValue/sdg:DataServiceEvidenceType"
_FORM: Final = f"{_TYPE}/sdg:DistributedAs"
_SERVICE: Final = f"{_TYPE}/sdg:AccessService"
_PUBLISHER: Final = f"{_SERVICE}/sdg:Publisher"
_REGION: Final = f"{_TYPE}/sdg:EvidenceProviderJurisdictionDetermination"


def _one_object() -> PartCheck:
    listed, kind = qualified("rim:RegistryObjectList"), qualified("rim:RegistryObject")

    def count(part: Part) -> int:
        return sum(len(list(one.iterchildren(kind))) for one in part.named(listed))

    return PartCheck(
        holds=lambda part: count(part) == 1,
        asks="exactly one RegistryObject",
        fix="Answer with one object.",
        found=lambda part: f"{count(part)} of them",
    )


def _every_question_answered() -> PartCheck:
    question = qualified("sdg:EvidenceProviderClassification")
    path = "/".join(
        qualified(f"sdg:{one}")
        for one in ("AccessService", "Publisher", "ClassificationConcept", "SupportedValue")
    )
    return PartCheck(
        holds=lambda part: len(part.element.findall(path)) >= part.count(question),
        asks="a SupportedValue of the publisher for each EvidenceProviderClassification",
        fix="Write the value that the publisher has for each question.",
        found=lambda _: "fewer",
    )


STRUCTURE: Final = RuleFile(
    name="DSD-RESP-S",
    rules=(
        *answer(
            "R-DSD-RESP-S001",
            "R-DSD-RESP-S002",
            "R-DSD-RESP-S005",
            "R-DSD-RESP-S006",
            wanted=ResponseStatus.SUCCESS,
        ),
        rule("R-DSD-RESP-S007", SUCCESS, exactly_one("rim:RegistryObjectList")),
        rule("R-DSD-RESP-S0015", SUCCESS, _one_object(), lines=ONLY_1_0),
        rule("R-DSD-RESP-S008", SUCCESS, without("rs:Exception")),
        rule(
            "R-DSD-RESP-S009",
            "rim:RegistryObject",
            having_path("rim:Slot=DataServiceEvidenceType"),
        ),
        rule("DSD-RESP-S unnamed 1", "rim:RegistryObject", exactly_one("rim:Slot")),
        rule("R-DSD-RESP-S010", _VALUE, value_type("AnyValueType")),
        rule("R-DSD-RESP-S011", _VALUE, exactly_one("sdg:DataServiceEvidenceType")),
        rule("R-DSD-RESP-S012", _TYPE, _every_question_answered()),
        rule("R-DSD-RESP-S013", _TYPE, having("sdg:AccessService")),
        rule("R-DSD-RESP-S014", f"{OBJECT}/@id", uuid_urn()),
    ),
)

CONTENT: Final = RuleFile(
    name="DSD-RESP-C",
    rules=(
        rule("R-DSD-RESP-C002", f"{_TYPE}/sdg:Identifier", ends_in_uuid()),
        rule(
            "R-DSD-RESP-C003",
            f"{_TYPE}/sdg:EvidenceTypeClassification",
            evidence_type_address(),
            deviation=HOST,
        ),
        *spoken("R-DSD-RESP-C004", "R-DSD-RESP-C005", f"{_TYPE}/sdg:Title"),
        *spoken("R-DSD-RESP-C006", "R-DSD-RESP-C007", f"{_TYPE}/sdg:Description"),
        rule(
            "R-DSD-RESP-C008", f"{_TYPE}/sdg:AuthenticationLevelOfAssurance", level_of_assurance()
        ),
        rule("R-DSD-RESP-C009", f"{_FORM}/sdg:Format", media_type(), deviation=SVG),
        rule(
            "R-DSD-RESP-C010",
            f"{_FORM}/sdg:ConformsTo",
            distribution_address(),
            deviation=MODEL_HOST,
        ),
        rule("R-DSD-RESP-C012", f"{_SERVICE}/sdg:Identifier", attribute_filled("schemeID")),
        rule("R-DSD-RESP-C014", f"{_SERVICE}/sdg:Identifier", agent_scheme()),
        rule(
            "R-DSD-RESP-C015",
            _SERVICE,
            serves_a_line(),
            deviation="published for oots-edm:v1.0 alone; the later lines are known too",
        ),
        rule("R-DSD-RESP-C016", f"{_PUBLISHER}/sdg:Identifier", attribute_given("schemeID")),
        rule("R-DSD-RESP-C017", f"{_PUBLISHER}/sdg:Identifier", agent_scheme()),
        rule("R-DSD-RESP-C018", f"{_PUBLISHER}/sdg:Address/sdg:AdminUnitLevel1", country()),
        somewhere("R-DSD-RESP-C020", f"{_PUBLISHER}/sdg:Jurisdiction"),
        *concept(
            f"{_PUBLISHER}/sdg:ClassificationConcept",
            identifier="R-DSD-RESP-C023",
            type_="R-DSD-RESP-C024",
            description="R-DSD-RESP-C025",
            listed="R-DSD-RESP-C026",
            given="R-DSD-RESP-C027",
            value="R-DSD-RESP-C028",
        ),
        *concept(
            f"{_TYPE}/sdg:EvidenceProviderClassification",
            identifier="R-DSD-RESP-C029",
            type_="R-DSD-RESP-C030",
            description="R-DSD-RESP-C031",
            listed="R-DSD-RESP-C032",
            given="R-DSD-RESP-C033",
        ),
        rule("R-DSD-RESP-C034", f"{_REGION}/sdg:JurisdictionContextId", ends_in_uuid()),
        *spoken("R-DSD-RESP-C035", "R-DSD-RESP-C036", f"{_REGION}/sdg:JurisdictionContext"),
        rule("R-DSD-RESP-C037", f"{_REGION}/sdg:JurisdictionLevel", jurisdiction_level()),
        rule(
            "R-DSD-RESP-C038",
            f"{_FORM}/sdg:Transformation",
            distribution_address(),
            lines=ONLY_1_X,
            deviation=MODEL_HOST,
        ),
        *forms("R-DSD-RESP-C039a", "R-DSD-RESP-C039b", "R-DSD-RESP-C040", _FORM, lines=ONLY_1_X),
    ),
)
