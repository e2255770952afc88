"""EDM-ebMS: what the header of an OOTS user message says, as rules over ``eb:UserMessage``.

TDD 4.7.2. The official rule file is of lines 1.2 and 2.0 only; its rules 017 to 019, 023, 030, 032,
037 and 038 are known by number, the fixed values of TDD 4.7.1 are asked under that chapter.
"""

from functools import cache
from typing import Final

from lxml import etree

from sdg_connector.as4.errors import As4Misuse
from sdg_connector.as4.message import (
    FOUR_CORNER_PROPERTIES,
    GATEWAY_ROLE,
    LIFE_CYCLE_ACTIONS,
    LIFE_CYCLE_SERVICE,
    OOTS_ACTIONS,
    OOTS_SERVICE,
    UserMessage,
    write_user_message,
)
from sdg_connector.vocabulary import EdmLine
from sdg_connector.vocabulary.findings import FindingSeverity
from sdg_connector.vocabulary.namespaces import qualified
from sdg_connector.vocabulary.rules import (
    FROM_2_0,
    ONLY_1_X,
    Broken,
    Judge,
    PartCheck,
    RuleFile,
    attribute_filled,
    child_is,
    counted,
    exactly_one,
    matching,
    one_of,
    rule,
    uuid,
)
from sdg_connector.vocabulary.rules.part import Part

_PROPERTIES: Final = "eb:UserMessage/eb:MessageProperties"
_COLLABORATION: Final = "eb:UserMessage/eb:CollaborationInfo"
_PARTY: Final = "eb:UserMessage/eb:PartyInfo"
_PROPERTY: Final = qualified("eb:Property")
_MESSAGE: Final = "eb:UserMessage"
_BARE: Final = frozenset({"ExecuteQueryRequest", "ExceptionResponse"})
"""The actions whose messages carry the RegRep document and nothing else."""
EBRS: Final = "application/x-ebrs+xml"
"""Media type of RegRep documents (TDD 4.7)."""
_OF_2_0: Final = ("ExchangeId", "SpecificationId")
_PARTY_TYPES: Final = (
    r"\A(?:urn:oasis:names:tc:ebcore:partyid-type:unregistered(?::[A-Za-z]{2}|:oots)?"
    r"|urn:cef\.eu:names:identifier:EAS:\d{4})\Z"
)


def _named(*names: str) -> PartCheck:
    def found(part: Part) -> list[str | None]:
        return [one.get("name") for one in part.named(_PROPERTY)]

    return PartCheck(
        holds=lambda part: sorted(str(one) for one in found(part)) == sorted(names),
        asks=f"the properties {', '.join(names)}, each once",
        fix="Write these properties and no other.",
        found=lambda part: f"{len(found(part))} properties of other names",
    )


def _parts(part: Part) -> list[etree._Element]:
    return list(part.element.iterfind(f"{_eb('PayloadInfo')}/{_eb('PartInfo')}"))


def _media_type(info: etree._Element) -> str | None:
    named = info.iterfind(f"{_eb('PartProperties')}/{_PROPERTY}")
    return next((one.text for one in named if one.get("name") == "MimeType"), None)


def _action(part: Part) -> str:
    return part.element.findtext(f"{_eb('CollaborationInfo')}/{_eb('Action')}", "")


def _eb(name: str) -> str:
    return qualified(f"eb:{name}")


_ONE_PART: Final = PartCheck(
    holds=lambda part: _action(part) not in _BARE or len(_parts(part)) == 1,
    asks="one payload in a request and in an exception",
    fix="Send the RegRep document alone.",
    found=lambda part: f"{len(_parts(part))} payloads",
)
_BARE_TYPE: Final = PartCheck(
    holds=lambda part: (
        _action(part) not in _BARE or all(_media_type(one) == EBRS for one in _parts(part))
    ),
    asks=f"the payload of a request or an exception as {EBRS}",
    fix="Write this MimeType into the PartProperties.",
    found=lambda part: "another MimeType",
)
_LEADING_TYPE: Final = PartCheck(
    holds=lambda part: (
        _action(part) != "ExecuteQueryResponse"
        or [_media_type(one) for one in _parts(part)[:1]] == [EBRS]
    ),
    asks=f"the first payload of a response as {EBRS}",
    fix="Send the RegRep document first, and the evidence behind it.",
    found=lambda part: "another payload first",
)


def _property(name: str) -> str:
    return f"{_PROPERTIES}/eb:Property[@name='{name}']"


FILE: Final = RuleFile(
    name="EDM-ebMS",
    rules=(
        rule("R-EDM-ebMS-017", f"{_COLLABORATION}/eb:ConversationId", uuid()),
        rule(
            "R-EDM-ebMS-018", _PROPERTIES, counted("eb:Property", least=2, most=2), lines=ONLY_1_X
        ),
        rule(
            "R-EDM-ebMS-018", _PROPERTIES, counted("eb:Property", least=4, most=4), lines=FROM_2_0
        ),
        rule("R-EDM-ebMS-019", _PROPERTIES, _named(*FOUR_CORNER_PROPERTIES), lines=ONLY_1_X),
        rule(
            "R-EDM-ebMS-019",
            _PROPERTIES,
            _named(*FOUR_CORNER_PROPERTIES, *_OF_2_0),
            lines=FROM_2_0,
        ),
        rule("R-EDM-ebMS-023", _MESSAGE, _ONE_PART),
        rule("R-EDM-ebMS-030", _MESSAGE, _BARE_TYPE),
        rule("R-EDM-ebMS-032", _MESSAGE, _LEADING_TYPE, severity=FindingSeverity.WARNING),
        rule("R-EDM-ebMS-037", _property("ExchangeId"), uuid(), lines=FROM_2_0),
        rule("R-EDM-ebMS-038", _property("SpecificationId"), one_of(EdmLine.V2_0), lines=FROM_2_0),
        *(
            rule("TDD 4.7.1", _property(name), attribute_filled("type"))
            for name in FOUR_CORNER_PROPERTIES
        ),
        *(
            rule("TDD 4.7.1", f"{_PARTY}/eb:{side}", check)
            for side in ("From", "To")
            for check in (exactly_one("eb:PartyId"), child_is("eb:Role", GATEWAY_ROLE))
        ),
        *(
            rule(
                "TDD 4.7.1",
                f"{_PARTY}/eb:{side}/eb:PartyId/@type",
                matching(
                    _PARTY_TYPES,
                    asks="a scheme of EAS, or an unregistered one of a country or of oots",
                    fix="Write the scheme that the access point is registered under.",
                ),
            )
            for side in ("From", "To")
        ),
        rule(
            "TDD 4.7.1",
            _COLLABORATION,
            child_is("eb:Service", OOTS_SERVICE.name, LIFE_CYCLE_SERVICE.name),
        ),
        rule(
            "TDD 4.7.1",
            _COLLABORATION,
            child_is("eb:Action", *OOTS_ACTIONS, *LIFE_CYCLE_ACTIONS[:2]),
        ),
    ),
)


@cache
def _judge_of(line: EdmLine, *, errors_only: bool) -> Judge:
    return Judge([FILE], line.version, errors_only=errors_only)


def broken_header_rules(user_message: etree._Element, *, errors_only: bool = False) -> list[Broken]:
    """Every rule about its header that an OOTS user message breaks; or the errors only.

    The properties tell the line: 2.0 names itself there, and an older message has no word for it.
    """
    names = {one.get("name") for one in user_message.iter(_PROPERTY)}
    line = EdmLine.V2_0 if names.intersection(_OF_2_0) else EdmLine.V1_2
    return _judge_of(line, errors_only=errors_only).broken(user_message)


def rule_broken_by(message: UserMessage, *, header: etree._Element | None = None) -> str:
    """The first published rule that a received header breaks; empty when it breaks none.

    ``header`` is the ``eb:UserMessage`` that was read, where it is at hand: when it breaks none,
    its values do not. Else they decide, for space around a value breaks no rule.
    """
    if header is not None and not broken_header_rules(header, errors_only=True):
        return ""
    try:
        written = write_user_message(message)
    except As4Misuse:
        return "ebMS 5.2.2"
    return next((one.rule.id for one in broken_header_rules(written, errors_only=True)), "")


def forbid_broken_header(message: UserMessage) -> None:
    """Raise ``As4Misuse`` for the first rule that the header of a message of ours breaks."""
    for one in broken_header_rules(write_user_message(message), errors_only=True):
        raise As4Misuse(f"{one.rule.id}: expected {one.rule.check.asks}, found {one.found}")
