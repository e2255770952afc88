"""DSD-SUB: what a Member State submits to the Data Service Directory."""

from typing import Final

from sdg_connector.directory.rules.recurring import (
    HOST,
    MODEL_HOST,
    concept,
    forms,
    serves_a_line,
    somewhere,
    spoken,
)
from sdg_connector.directory.rules.submission_checks import (
    ALWAYS,
    LINK,
    LIST,
    OBJECT,
    REQUEST,
    an_association,
    associated,
    classified_or_association,
    end_is,
    envelope,
    joins,
    listed,
    typed,
)
from sdg_connector.vocabulary.rules import (
    ONLY_1_X,
    SECOND,
    SVG,
    RuleFile,
    agent_scheme,
    attribute_filled,
    attribute_given,
    country,
    distribution_address,
    ends_in_uuid,
    evidence_type_address,
    having,
    having_path,
    jurisdiction_level,
    level_of_assurance,
    media_type,
    rule,
    uuid_urn,
    value_type,
)
from sdg_connector.vocabulary.rules.children import exactly_one_at

_PROVIDER, _TYPE = "EvidenceProvider", "DataServiceEvidenceType"
_ASSOCIATION: Final = "rim:RegistryObject[@xsi:type='rim:AssociationType']"
_SERVES: Final = associated("ServesEvidenceType")
_EVIDENCE_TYPE: Final = f"{OBJECT}/rim:Slot[@name='{_TYPE}']/rim:SlotValue/sdg:{_TYPE}"
_SERVICE: Final = f"{OBJECT}/rim:Slot[@name='{_PROVIDER}']/rim:SlotValue/sdg:AccessService"
_PUBLISHER: Final = f"{_SERVICE}/sdg:Publisher"
_FORM: Final = f"{_EVIDENCE_TYPE}/sdg:DistributedAs"
_REGION: Final = f"{_EVIDENCE_TYPE}/sdg:EvidenceProviderJurisdictionDetermination"

STRUCTURE: Final = RuleFile(
    name="DSD-SUB-S",
    rules=(
        *envelope("R-DSD-SUB-S", "urn:fdc:oots:classification:dsd", _PROVIDER, _TYPE),
        rule("R-DSD-SUB-S003", REQUEST, attribute_given("id")),
        rule("R-DSD-SUB-S036", LIST, having("rim:RegistryObject")),
        rule(
            "R-DSD-SUB-S016",
            f"{OBJECT}/rim:Slot[@name='{_PROVIDER}']/rim:SlotValue",
            value_type("AnyValueType"),
        ),
        rule(
            "R-DSD-SUB-S017",
            f"{OBJECT}/rim:Slot[@name='{_TYPE}']/rim:SlotValue",
            value_type("AnyValueType"),
        ),
        rule(
            "R-DSD-SUB-S018",
            f"{OBJECT}/rim:Slot[@name='{_PROVIDER}']",
            exactly_one_at("rim:SlotValue", "sdg:AccessService"),
        ),
        rule(
            "R-DSD-SUB-S019",
            f"{OBJECT}/rim:Slot[@name='{_TYPE}']",
            exactly_one_at("rim:SlotValue", f"sdg:{_TYPE}"),
        ),
        rule("R-DSD-SUB-S022", OBJECT, classified_or_association(), deviation=ALWAYS),
        rule("R-DSD-SUB-S023", LINK, joins(_PROVIDER, _TYPE)),
        rule("R-DSD-SUB-S024", _ASSOCIATION, attribute_given("sourceObject")),
        rule("R-DSD-SUB-S025", _ASSOCIATION, end_is("sourceObject", _PROVIDER), deviation=SECOND),
        rule("R-DSD-SUB-S026", _ASSOCIATION, attribute_given("targetObject"), deviation=SECOND),
        rule("R-DSD-SUB-S027", _ASSOCIATION, end_is("targetObject", _TYPE), deviation=SECOND),
        rule("R-DSD-SUB-S028a", _SERVES, end_is("sourceObject", _PROVIDER)),
        rule("R-DSD-SUB-S028b", _SERVES, end_is("targetObject", _TYPE)),
        rule("R-DSD-SUB-S029", LINK, typed(_PROVIDER, _TYPE, "ServesEvidenceType")),
        rule(
            "R-DSD-SUB-S030", REQUEST, having_path("rim:RegistryObjectList", "rim:RegistryObject")
        ),
        rule(
            "R-DSD-SUB-S031",
            f"{OBJECT}/rim:Slot/rim:SlotValue/sdg:AccessService/sdg:Publisher"
            "/sdg:ClassificationConcept",
            having("sdg:SupportedValue"),
        ),
        rule("R-DSD-SUB-S032", f"{OBJECT}/@id", uuid_urn()),
        listed("R-DSD-SUB-S033", _PROVIDER),
        listed("R-DSD-SUB-S034", _TYPE),
        rule("R-DSD-SUB-S035", LIST, an_association()),
    ),
)

CONTENT: Final = RuleFile(
    name="DSD-SUB-C",
    rules=(
        rule("R-DSD-SUB-C001", f"{_EVIDENCE_TYPE}/sdg:Identifier", ends_in_uuid()),
        rule(
            "R-DSD-SUB-C002",
            f"{_EVIDENCE_TYPE}/sdg:EvidenceTypeClassification",
            evidence_type_address(),
            deviation=HOST,
        ),
        *spoken("R-DSD-SUB-C003", "R-DSD-SUB-C004", f"{_EVIDENCE_TYPE}/sdg:Title"),
        *spoken("R-DSD-SUB-C005", "R-DSD-SUB-C006", f"{_EVIDENCE_TYPE}/sdg:Description"),
        rule("R-DSD-SUB-C007", f"{_FORM}/sdg:Format", media_type(), deviation=SVG),
        rule(
            "R-DSD-SUB-C008",
            f"{_FORM}/sdg:ConformsTo",
            distribution_address(),
            deviation=MODEL_HOST,
        ),
        rule(
            "R-DSD-SUB-C009",
            f"{_FORM}/sdg:Transformation",
            distribution_address(),
            lines=ONLY_1_X,
            deviation=MODEL_HOST,
        ),
        *concept(
            f"{_EVIDENCE_TYPE}/sdg:EvidenceProviderClassification",
            identifier="R-DSD-SUB-C010",
            type_="R-DSD-SUB-C011",
            description="R-DSD-SUB-C012",
            listed="R-DSD-SUB-C013",
            given="R-DSD-SUB-C014",
        ),
        rule("R-DSD-SUB-C015", f"{_REGION}/sdg:JurisdictionContextId", ends_in_uuid()),
        *spoken("R-DSD-SUB-C016", "R-DSD-SUB-C017", f"{_REGION}/sdg:JurisdictionContext"),
        rule("R-DSD-SUB-C018", f"{_REGION}/sdg:JurisdictionLevel", jurisdiction_level()),
        rule("R-DSD-SUB-C020", f"{_SERVICE}/sdg:Identifier", attribute_filled("schemeID")),
        rule("R-DSD-SUB-C022", f"{_SERVICE}/sdg:Identifier", agent_scheme()),
        rule(
            "R-DSD-SUB-C023",
            _SERVICE,
            serves_a_line(),
            deviation="published for oots-edm:v1.0 alone; the later lines are known too",
        ),
        rule("R-DSD-SUB-C024", f"{_PUBLISHER}/sdg:Identifier", attribute_filled("schemeID")),
        rule("R-DSD-SUB-C025", f"{_PUBLISHER}/sdg:Identifier", agent_scheme()),
        rule("R-DSD-SUB-C026", f"{_PUBLISHER}/sdg:Address/sdg:AdminUnitLevel1", country()),
        somewhere("R-DSD-SUB-C028", f"{_PUBLISHER}/sdg:Jurisdiction"),
        *concept(
            f"{_PUBLISHER}/sdg:ClassificationConcept",
            identifier="R-DSD-SUB-C031",
            type_="R-DSD-SUB-C032",
            description="R-DSD-SUB-C033",
            listed="R-DSD-SUB-C034",
            given="R-DSD-SUB-C035",
            value="R-DSD-SUB-C036",
        ),
        rule(
            "R-DSD-SUB-C037",
            f"{_EVIDENCE_TYPE}/sdg:AuthenticationLevelOfAssurance",
            level_of_assurance(),
        ),
        *forms("R-DSD-SUB-C038a", "R-DSD-SUB-C038b", "R-DSD-SUB-C039", _FORM, lines=ONLY_1_X),
    ),
)
