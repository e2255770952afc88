"""EDM-REQ-C: the values in an evidence request."""

from typing import Final

from sdg_connector.evidence.rules import request_places as at
from sdg_connector.evidence.rules.announced_line import announces
from sdg_connector.evidence.rules.request_persons import PERSONS
from sdg_connector.vocabulary.codes import AgentClassification
from sdg_connector.vocabulary.rules import (
    FROM_1_1,
    FROM_1_1_TO_1_2,
    FROM_1_2,
    FROM_2_0,
    ONLY_1_0,
    ONLY_1_X,
    SVG,
    RuleFile,
    agent_scheme,
    agent_scheme_and_length,
    at_least,
    attribute_filled,
    attribute_given,
    attribute_is,
    counted,
    country,
    date_time,
    distribution_address,
    ends_in_uuid,
    evidence_type_address,
    filled,
    having_path,
    https_value,
    language,
    media_type,
    one_of,
    procedure,
    requirement_address,
    rule,
)
from sdg_connector.vocabulary.rules.distributions import ASSOCIATED_DOCUMENTS, unstructured_alone
from sdg_connector.vocabulary.rules.every_slot import ONE_CHARACTER, TWO_CHARACTERS
from sdg_connector.vocabulary.rules.territories import (
    code_list_address,
    code_list_of_a_country,
    region,
)

_DEAD_SLOT: Final = "published for a slot Requirement that cannot exist; ours reads Requirements"
_AS = AgentClassification

_ENVELOPE = (
    *announces("R-EDM-REQ-C001", at.SPECIFICATION),
    rule("R-EDM-REQ-C002", f"{at.ISSUED}/rim:Value", date_time()),
    rule(
        "R-EDM-REQ-C003",
        f"{at.PROCEDURE}/rim:Value/rim:LocalizedString/@value",
        procedure(),
        lines=ONLY_1_X,
        deviation="the procedure codes of later releases are known too",
    ),
    rule("R-EDM-REQ-C003", f"{at.PROCEDURE}/rim:Value", procedure(), lines=FROM_2_0),
    rule(
        "R-EDM-REQ-C004",
        f"{at.PROCEDURE}/rim:Value/rim:LocalizedString/@xml:lang",
        language(),
        lines=ONLY_1_X,
    ),
    rule("R-EDM-REQ-C005", at.PREVIEW, https_value()),
    rule("R-EDM-REQ-C120", at.RETURN, https_value(), lines=FROM_2_0),
    rule(
        "R-EDM-REQ-C024",
        f"{at.REQUEST}/query:ResponseOption",
        attribute_is("returnType", "LeafClassWithRepositoryItem"),
    ),
    rule("R-EDM-REQ-C025", at.QUERY, attribute_is("queryDefinition", "DocumentQuery")),
    rule("R-EDM-REQ-C069", f"{at.REQUEST}/@xml:lang", language(), lines=FROM_1_1_TO_1_2),
    rule("R-EDM-REQ-C092", TWO_CHARACTERS, at_least(2), lines=FROM_1_1),
    rule("R-EDM-REQ-C092", f"{ONE_CHARACTER} | sdg:StringValue", at_least(1), lines=FROM_1_1),
)

_REQUIREMENTS = (
    rule(
        "R-EDM-REQ-C008",
        f"{at.REQUIREMENT}/sdg:Identifier",
        requirement_address(),
        deviation=_DEAD_SLOT,
    ),
    rule(
        "R-EDM-REQ-C009",
        f"{at.REQUIREMENT}/sdg:Name/@lang",
        language(),
        deviation=_DEAD_SLOT,
    ),
    rule(
        "R-EDM-REQ-C010",
        f"{at.REQUIREMENT}/sdg:Name",
        attribute_filled("lang"),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-C093", f"{at.REQUIREMENT}/sdg:Description/@lang", language(), lines=FROM_1_1),
    rule(
        "R-EDM-REQ-C094",
        f"{at.REQUIREMENT}/sdg:Description",
        attribute_filled("lang"),
        lines=FROM_1_1,
    ),
)

_REQUESTER_ID: Final = f"{at.REQUESTER_AGENT}/sdg:Identifier"
_PROVIDER_ID: Final = f"{at.PROVIDER_AGENT}/sdg:Identifier"
_SCHEME: Final = f"{at.CONCEPT}/sdg:Identifier/@schemeID"
_AGENTS = (
    rule("R-EDM-REQ-C010", _REQUESTER_ID, attribute_given("schemeID"), lines=ONLY_1_0),
    rule("R-EDM-REQ-C011", _REQUESTER_ID, attribute_given("schemeID"), lines=FROM_1_1),
    rule("R-EDM-REQ-C012", _REQUESTER_ID, agent_scheme(), lines=ONLY_1_0),
    rule("R-EDM-REQ-C012", _REQUESTER_ID, agent_scheme_and_length(), lines=FROM_1_1),
    rule("R-EDM-REQ-C013", at.REQUESTER_AGENT, filled("sdg:Classification")),
    rule(
        "R-EDM-REQ-C014",
        f"{at.REQUESTER_AGENT}/sdg:Classification",
        one_of(*_AS),
        lines=ONLY_1_0,
    ),
    rule(
        "R-EDM-REQ-C014",
        f"{at.REQUESTER_AGENT}/sdg:Classification",
        one_of(_AS.EVIDENCE_REQUESTER, _AS.INTERMEDIARY_PLATFORM),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-C015", f"{at.REQUESTER_AGENT}/sdg:Address/sdg:AdminUnitLevel1", country()),
    rule(
        "R-EDM-REQ-C016",
        f"{at.REQUESTER_AGENT}/sdg:Address/sdg:AdminUnitLevel2",
        region(),
        lines=FROM_1_1,
    ),
    rule(
        "R-EDM-REQ-C073",
        f"{at.REQUESTER_AGENT}[sdg:Classification='ER']",
        having_path("sdg:Address", "sdg:AdminUnitLevel1"),
        lines=FROM_1_1,
    ),
    rule("R-EDM-REQ-C108", f"{at.REQUESTER_AGENT}/sdg:Name/@lang", language(), lines=FROM_1_1),
    rule(
        "R-EDM-REQ-C109", f"{at.REQUESTER_AGENT}/sdg:Name", attribute_filled("lang"), lines=FROM_1_1
    ),
    rule("R-EDM-REQ-C017", _PROVIDER_ID, attribute_given("schemeID")),
    rule("R-EDM-REQ-C018", _PROVIDER_ID, agent_scheme(), lines=ONLY_1_0),
    rule("R-EDM-REQ-C018", _PROVIDER_ID, agent_scheme_and_length(), lines=FROM_1_1),
    rule("R-EDM-REQ-C110", f"{at.PROVIDER_AGENT}/sdg:Name/@lang", language(), lines=FROM_1_1),
    rule(
        "R-EDM-REQ-C111", f"{at.PROVIDER_AGENT}/sdg:Name", attribute_filled("lang"), lines=FROM_1_1
    ),
    rule("R-EDM-REQ-C019", f"{at.CONCEPT}/sdg:Identifier", ends_in_uuid()),
    rule("R-EDM-REQ-C097", _SCHEME, code_list_address(), lines=FROM_1_2),
    rule("R-EDM-REQ-C098", _SCHEME, code_list_of_a_country(), lines=FROM_1_2),
    rule("R-EDM-REQ-C020", at.CONCEPT, filled("sdg:Type")),
    rule("R-EDM-REQ-C021", f"{at.CONCEPT}/sdg:Description/@lang", language()),
    rule("R-EDM-REQ-C022", f"{at.CONCEPT}/sdg:Description", attribute_filled("lang")),
    rule("R-EDM-REQ-C023", at.CONCEPT, filled("sdg:SupportedValue")),
)

_DISTRIBUTION: Final = f"{at.EVIDENCE_TYPE}/sdg:DistributedAs"
_EVIDENCE_TYPE = (
    rule("R-EDM-REQ-C026", f"{at.EVIDENCE_TYPE}/sdg:Identifier", ends_in_uuid(), lines=ONLY_1_0),
    rule("R-EDM-REQ-C106", at.EVIDENCE_TYPE, filled("sdg:Identifier"), lines=FROM_1_1),
    rule(
        "R-EDM-REQ-C027",
        f"{at.EVIDENCE_TYPE}/sdg:EvidenceTypeClassification",
        evidence_type_address(),
        deviation="both hosts of the semantic repository are accepted, and the group oots",
    ),
    rule("R-EDM-REQ-C028", f"{at.EVIDENCE_TYPE}/sdg:Title/@lang", language()),
    rule("R-EDM-REQ-C029", f"{at.EVIDENCE_TYPE}/sdg:Title", attribute_filled("lang")),
    rule("R-EDM-REQ-C030", f"{at.EVIDENCE_TYPE}/sdg:Description/@lang", language()),
    rule("R-EDM-REQ-C031", f"{at.EVIDENCE_TYPE}/sdg:Description", attribute_filled("lang")),
    rule(
        "R-EDM-REQ-C032",
        at.EVIDENCE_TYPE,
        counted("sdg:DistributedAs", least=0, most=1),
        lines=ONLY_1_X,
    ),
    rule(
        "R-EDM-REQ-C032",
        at.EVIDENCE_TYPE,
        counted("sdg:DistributedAs", least=1),
        lines=FROM_2_0,
    ),
    rule("R-EDM-REQ-C033", f"{_DISTRIBUTION}/sdg:Format", media_type(), deviation=SVG),
    rule(
        "R-EDM-REQ-C034",
        f"{_DISTRIBUTION}/sdg:ConformsTo",
        distribution_address(),
        deviation="both hosts of the semantic repository are accepted, and datamodels",
    ),
    rule(
        "R-EDM-REQ-C035",
        f"{_DISTRIBUTION}/sdg:Transformation",
        distribution_address(),
        lines=ONLY_1_X,
        deviation="both hosts of the semantic repository are accepted, and datamodels",
    ),
    rule(
        "R-EDM-REQ-C072",
        f"{_DISTRIBUTION}[sdg:Transformation]",
        counted("sdg:ConformsTo", least=1, most=1),
        lines=FROM_1_1_TO_1_2,
    ),
    rule("R-EDM-REQ-C107", _DISTRIBUTION, unstructured_alone(), lines=FROM_2_0),
    rule("R-EDM-REQ-C118", f"{_DISTRIBUTION}/sdg:Language", language(), lines=FROM_2_0),
    rule(
        "R-EDM-REQ-C119",
        f"{_DISTRIBUTION}/sdg:AssociatedDocumentRequest",
        one_of(*ASSOCIATED_DOCUMENTS),
        lines=FROM_2_0,
    ),
)

FILE: Final = RuleFile(
    name="EDM-REQ-C", rules=_ENVELOPE + _REQUIREMENTS + _AGENTS + _EVIDENCE_TYPE + PERSONS
)
