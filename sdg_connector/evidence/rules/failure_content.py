"""EDM-ERR-C: the values in an error response."""

from typing import Final

from sdg_connector.evidence.rules import failure_places as at
from sdg_connector.evidence.rules.announced_line import announces
from sdg_connector.evidence.rules.failure_checks import (
    EXCEPTION_TYPES,
    correlated,
    error_classification,
    is_error,
    is_no_error,
    preview_is_given,
    preview_is_required,
    preview_method,
    severity,
)
from sdg_connector.vocabulary import EdmErrorCode
from sdg_connector.vocabulary.rules import (
    FROM_1_1,
    FROM_1_1_TO_1_2,
    FROM_2_0,
    ONLY_1_0,
    ONLY_1_X,
    RuleFile,
    agent_scheme,
    agent_scheme_and_length,
    at_least,
    attribute_given,
    counted,
    country,
    date_time,
    ends_in_uuid,
    exactly_one,
    exception_type,
    filled,
    having,
    having_path,
    https_value,
    language,
    one_of,
    rule,
    uuid,
)
from sdg_connector.vocabulary.rules.every_slot import ONE_CHARACTER, TWO_CHARACTERS
from sdg_connector.vocabulary.rules.territories import region

_PROVIDER_ID: Final = f"{at.PROVIDER_AGENT}/sdg:Identifier"
_REQUESTER_ID: Final = f"{at.REQUESTER_AGENT}/sdg:Identifier"

_ENVELOPE = (
    *announces("R-EDM-ERR-C001", at.SPECIFICATION),
    rule("R-EDM-ERR-C002", f"{at.IDENTIFIER}/rim:Value", ends_in_uuid(), lines=ONLY_1_0),
    rule("R-EDM-ERR-C002", f"{at.IDENTIFIER}/rim:Value", uuid(), lines=FROM_1_1),
    rule("R-EDM-ERR-C025", at.RESPONSE, correlated(), lines=FROM_1_1),
    rule("R-EDM-ERR-C027", TWO_CHARACTERS, at_least(2), lines=FROM_1_1),
    rule("R-EDM-ERR-C027", ONE_CHARACTER, at_least(1), lines=FROM_1_1),
    rule("R-EDM-ERR-C027", "sdg:StringValue", at_least(2), lines=FROM_1_1),
)

_AGENTS = (
    rule("R-EDM-ERR-C003", _PROVIDER_ID, attribute_given("schemeID")),
    rule("R-EDM-ERR-C004", _PROVIDER_ID, agent_scheme(), lines=ONLY_1_0),
    rule("R-EDM-ERR-C004", _PROVIDER_ID, agent_scheme_and_length(), lines=FROM_1_1),
    rule("R-EDM-ERR-C005", f"{at.PROVIDER_AGENT}/sdg:Address/sdg:AdminUnitLevel1", country()),
    rule(
        "R-EDM-ERR-C006",
        f"{at.PROVIDER_AGENT}/sdg:Address/sdg:AdminUnitLevel2",
        region(),
        lines=FROM_1_1,
    ),
    rule("R-EDM-ERR-C007", at.PROVIDER_AGENT, filled("sdg:Classification")),
    rule(
        "R-EDM-ERR-C008",
        f"{at.PROVIDER_AGENT}/sdg:Classification",
        error_classification(),
        deviation="published with the codes IP and EP run together, so it knows ERRP only",
    ),
    rule("R-EDM-ERR-C009", _REQUESTER_ID, attribute_given("schemeID")),
    rule("R-EDM-ERR-C010", _REQUESTER_ID, agent_scheme(), lines=ONLY_1_0),
    rule("R-EDM-ERR-C010", _REQUESTER_ID, agent_scheme_and_length(), lines=FROM_1_1),
    rule(
        "R-EDM-ERR-C024",
        f"{at.PROVIDER_AGENT}/sdg:Address",
        exactly_one("sdg:AdminUnitLevel1"),
        lines=FROM_1_1_TO_1_2,
    ),
    rule(
        "R-EDM-ERR-C024",
        at.PROVIDER_AGENT,
        having_path("sdg:Address", "sdg:AdminUnitLevel1"),
        lines=FROM_2_0,
    ),
    rule("R-EDM-ERR-C024", at.PROVIDER_AGENT, exactly_one("sdg:Address"), lines=FROM_2_0),
    rule("R-EDM-ERR-C028", f"{at.REQUESTER_AGENT}/sdg:Name/@lang", language(), lines=FROM_1_1),
    rule(
        "R-EDM-ERR-C029", f"{at.REQUESTER_AGENT}/sdg:Name", attribute_given("lang"), lines=FROM_1_1
    ),
    rule("R-EDM-ERR-C030", f"{at.PROVIDER_AGENT}/sdg:Name/@lang", language(), lines=FROM_1_1),
    rule(
        "R-EDM-ERR-C031", f"{at.PROVIDER_AGENT}/sdg:Name", attribute_given("lang"), lines=FROM_1_1
    ),
    rule("R-EDM-ERR-C023", at.PROVIDER, exactly_one("sdg:Agent"), lines=FROM_1_1),
)

_EXCEPTION = (
    rule("R-EDM-ERR-C011", at.FAILURE, counted("rs:Exception", least=1, most=1), lines=ONLY_1_0),
    rule("R-EDM-ERR-C011", at.FAILURE, having("rs:Exception"), lines=FROM_1_1),
    rule("R-EDM-ERR-C012", at.EXCEPTION, attribute_given("xsi:type")),
    rule(
        "R-EDM-ERR-C013",
        f"{at.EXCEPTION}/@xsi:type",
        exception_type(*EXCEPTION_TYPES),
        deviation="published as text with the prefixes rs and query; a peer may write others",
    ),
    rule(
        "R-EDM-ERR-C014",
        f"{at.EXCEPTION}/@severity",
        severity(),
        deviation="published with the older host, and for every part of a listed value",
    ),
    rule(
        "R-EDM-ERR-C015",
        f"{at.EXCEPTION}[@xsi:type='rs:AuthorizationExceptionType']",
        is_no_error(),
        lines=ONLY_1_0,
    ),
    rule(
        "R-EDM-ERR-C015",
        f"{at.EXCEPTION}[@code!='EDM:ERR:0002']",
        is_error(),
        lines=FROM_1_1,
    ),
    rule("R-EDM-ERR-C016", at.EXCEPTION, attribute_given("message")),
    rule("R-EDM-ERR-C017", f"{at.EXCEPTION}/@code", one_of(*EdmErrorCode)),
    rule("R-EDM-ERR-C026", at.EXCEPTION, attribute_given("code"), lines=FROM_1_1),
    rule("R-EDM-ERR-C018", f"{at.exception_slot('Timestamp')}/rim:Value", date_time()),
)

_DESCRIPTION: Final = f"{at.exception_slot('PreviewDescription')}/rim:Value/rim:LocalizedString"
_PREVIEW = (
    rule("R-EDM-ERR-C019", at.exception_slot("PreviewLocation"), https_value()),
    rule("R-EDM-ERR-C020", f"{_DESCRIPTION}/@xml:lang", language()),
    rule(
        "R-EDM-ERR-C021",
        at.exception_slot("PreviewMethod"),
        preview_method(),
        lines=ONLY_1_X,
        deviation="published with rim:value for POST, so it knows GET only; PUT is of line 1.2",
    ),
    rule(
        "R-EDM-ERR-C022",
        at.EXCEPTION,
        preview_is_given(),
        lines=ONLY_1_0,
        deviation="published with a misplaced bracket: it counts a truth value and always holds",
    ),
    rule("R-EDM-ERR-C022", at.EXCEPTION, preview_is_required(), lines=FROM_1_1),
)

FILE: Final = RuleFile(name="EDM-ERR-C", rules=_ENVELOPE + _AGENTS + _EXCEPTION + _PREVIEW)
