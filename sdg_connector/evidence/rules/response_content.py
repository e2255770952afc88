"""EDM-RESP-C: the values in an evidence response."""

from typing import Final

from sdg_connector.evidence.rules import response_places as at
from sdg_connector.evidence.rules.announced_line import announces
from sdg_connector.vocabulary.codes import EIDAS_SCHEME, AgentClassification
from sdg_connector.vocabulary.findings import FindingSeverity
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules import (
    FROM_1_1,
    ONLY_1_0,
    ONLY_1_X,
    SVG,
    PartCheck,
    RuleFile,
    agent_scheme,
    agent_scheme_and_length,
    attribute_given,
    attribute_is,
    attribute_such,
    country,
    date_time,
    day,
    distribution_address,
    eidas_identifier,
    ends_in_uuid,
    evidence_type_address,
    filled,
    language,
    media_type,
    model_for,
    one_of,
    rule,
    uuid,
)
from sdg_connector.vocabulary.rules.part import Part, text_of

_DEAD: Final = (
    "published for LegalIdentifier, which no schema knows; ours reads LegalPersonIdentifier"
)
_LONGER: Final = "line 1.0 asks for nine characters; the six to 256 of later lines are accepted"
_HOST: Final = "both hosts of the semantic repository are accepted"


def _one_provider() -> PartCheck:
    agent, kind = qualified("sdg:Agent"), qualified("sdg:Classification")

    def count(part: Part) -> int:
        kinds = [text_of(one) for each in part.element.iter(agent) for one in each.iter(kind)]
        return kinds.count("EP")

    return PartCheck(
        holds=lambda part: count(part) == 1,
        asks="exactly one agent classified EP",
        fix="Classify the provider of the evidence as EP, and nobody else.",
        found=lambda part: f"{count(part)} of them" if count(part) else "none",
    )


_ENVELOPE = (
    *announces("R-EDM-RESP-C002", at.SPECIFICATION),
    rule("R-EDM-RESP-C003", f"{at.IDENTIFIER}/rim:Value", ends_in_uuid(), lines=ONLY_1_0),
    rule("R-EDM-RESP-C003", f"{at.IDENTIFIER}/rim:Value", uuid(), lines=FROM_1_1),
    rule("R-EDM-RESP-C004", f"{at.ISSUED}/rim:Value", date_time()),
    rule("R-EDM-RESP-C005", f"{at.AVAILABLE}/rim:Value", date_time()),
    rule("R-EDM-RESP-C006", f"{at.PROVIDER_AGENT}/sdg:Identifier", attribute_given("schemeID")),
    rule("R-EDM-RESP-C007", f"{at.PROVIDER_AGENT}/sdg:Identifier", agent_scheme(), lines=ONLY_1_0),
    rule(
        "R-EDM-RESP-C007",
        f"{at.PROVIDER_AGENT}/sdg:Identifier",
        agent_scheme_and_length(),
        lines=FROM_1_1,
    ),
    rule("R-EDM-RESP-C008", f"{at.PROVIDER_AGENT}/sdg:Address/sdg:AdminUnitLevel1", country()),
    rule("R-EDM-RESP-C010", at.PROVIDER_AGENT, filled("sdg:Classification")),
    rule(
        "R-EDM-RESP-C011",
        f"{at.PROVIDER_AGENT}/sdg:Classification",
        one_of(*AgentClassification),
    ),
    rule("R-EDM-RESP-C046", at.PROVIDER, _one_provider(), lines=FROM_1_1),
    rule("R-EDM-RESP-C012", f"{at.REQUESTER_AGENT}/sdg:Identifier", attribute_given("schemeID")),
    rule("R-EDM-RESP-C013", f"{at.REQUESTER_AGENT}/sdg:Identifier", agent_scheme(), lines=ONLY_1_0),
    rule(
        "R-EDM-RESP-C013",
        f"{at.REQUESTER_AGENT}/sdg:Identifier",
        agent_scheme_and_length(),
        lines=FROM_1_1,
    ),
)

_TITLE, _DESCRIPTION = "sdg:IsConformantTo/sdg:Title", "sdg:IsConformantTo/sdg:Description"
_AUTHORITY: Final = at.evidence("sdg:IssuingAuthority/sdg:Identifier")
_EVIDENCE = (
    rule("R-EDM-RESP-C015", at.evidence("sdg:Identifier"), ends_in_uuid()),
    rule("R-EDM-RESP-C016", at.evidence("sdg:IssuingDate"), day()),
    rule(
        "R-EDM-RESP-C017",
        at.evidence("sdg:IsConformantTo/sdg:EvidenceTypeClassification"),
        evidence_type_address(),
        deviation=f"{_HOST}, and the group oots",
    ),
    rule("R-EDM-RESP-C018", at.evidence(f"{_TITLE}/@lang"), language()),
    rule("R-EDM-RESP-C019", at.evidence(_TITLE), attribute_given("lang")),
    rule("R-EDM-RESP-C020", at.evidence(f"{_DESCRIPTION}/@lang"), language()),
    rule("R-EDM-RESP-C021", at.evidence(_DESCRIPTION), attribute_given("lang")),
    rule(
        "R-EDM-RESP-C022",
        at.evidence("sdg:Distribution/sdg:ConformsTo"),
        distribution_address(),
        deviation=f"{_HOST}, and datamodels",
    ),
    rule(
        "R-EDM-RESP-C023", at.evidence("sdg:Distribution/sdg:Format"), media_type(), deviation=SVG
    ),
    rule("R-EDM-RESP-C026", at.evidence("sdg:Distribution/sdg:Language"), language()),
    rule(
        "R-EDM-RESP-C043",
        at.evidence("sdg:Distribution/sdg:Transformation"),
        distribution_address(),
        lines=ONLY_1_X,
        deviation=f"{_HOST}, and datamodels",
    ),
    rule("R-EDM-RESP-C044a", at.main_distribution(), model_for("xml")),
    rule("R-EDM-RESP-C044b", at.main_distribution(), model_for("json")),
    rule("R-EDM-RESP-C038", _AUTHORITY, attribute_given("schemeID")),
    rule("R-EDM-RESP-C039", _AUTHORITY, agent_scheme()),
    rule("R-EDM-RESP-C040", at.evidence("sdg:ValidityPeriod/sdg:StartDate"), day()),
    rule("R-EDM-RESP-C041", at.evidence("sdg:ValidityPeriod/sdg:EndDate"), day()),
    rule(
        "R-EDM-RESP-C042",
        at.each("rim:RepositoryItemRef"),
        attribute_such(
            "xlink:href",
            lambda value: value.startswith("cid:") and 0 < value.find("@") < len(value) - 1,
            asks="a cid: reference into the message",
            fix="Refer to an attachment by cid: and its Content-ID.",
        ),
        deviation="published without hyphens, dots and capitals, which a Content-ID may hold",
    ),
)

_PERSON: Final = "sdg:IsAbout/sdg:NaturalPerson"
_PERSON_ID: Final = at.evidence(f"{_PERSON}/sdg:Identifier")
_ORGANISATION_ID: Final = at.evidence("sdg:IsAbout/sdg:LegalPerson/sdg:LegalPersonIdentifier")
_SUBJECT = (
    rule(
        "R-EDM-RESP-C027",
        at.evidence(_PERSON),
        filled("sdg:Identifier"),
        severity=FindingSeverity.WARNING,
    ),
    rule("R-EDM-RESP-C028", _PERSON_ID, eidas_identifier(), deviation=_LONGER),
    rule("R-EDM-RESP-C030", _PERSON_ID, attribute_given("schemeID")),
    rule("R-EDM-RESP-C031", _PERSON_ID, attribute_is("schemeID", EIDAS_SCHEME)),
    rule("R-EDM-RESP-C032", at.evidence(f"{_PERSON}/sdg:DateOfBirth"), day()),
    rule(
        "R-EDM-RESP-C033",
        at.evidence("sdg:IsAbout/sdg:LegalPerson"),
        filled("sdg:LegalPersonIdentifier"),
    ),
    rule("R-EDM-RESP-C034", _ORGANISATION_ID, eidas_identifier(), lines=ONLY_1_0, deviation=_DEAD),
    rule("R-EDM-RESP-C035", _ORGANISATION_ID, eidas_identifier(), lines=FROM_1_1),
    rule("R-EDM-RESP-C036", _ORGANISATION_ID, attribute_given("schemeID"), deviation=_DEAD),
    rule(
        "R-EDM-RESP-C037",
        _ORGANISATION_ID,
        attribute_is("schemeID", EIDAS_SCHEME),
        deviation=_DEAD,
    ),
)

FILE: Final = RuleFile(name="EDM-RESP-C", rules=_ENVELOPE + _EVIDENCE + _SUBJECT)
