"""EDM-ERR-S: the slots of an error response and of its exception."""

from typing import Final

from sdg_connector.evidence.rules import failure_places as at
from sdg_connector.evidence.rules.failure_checks import correlated
from sdg_connector.regrep import ResponseStatus
from sdg_connector.vocabulary.findings import FindingSeverity
from sdg_connector.vocabulary.namespaces import QUERY
from sdg_connector.vocabulary.rules import (
    FROM_1_1,
    FROM_1_1_TO_1_2,
    FROM_2_0,
    ONLY_1_0,
    ROOT,
    SECOND,
    Check,
    Lines,
    Rule,
    RuleFile,
    attribute_is,
    exactly_one,
    having,
    one_slot,
    root_in,
    root_is,
    rule,
    slots,
    slots_only,
    uuid_urn,
    value_type,
    without,
)
from sdg_connector.vocabulary.rules.every_slot import alone_in_its_language, filled_value, one_value

_SLOTS: Final = (
    "SpecificationIdentifier",
    "EvidenceResponseIdentifier",
    "ErrorProvider",
    "EvidenceRequester",
)
_EXCEPTION_SLOTS: Final = ("Timestamp", "PreviewLocation", "PreviewDescription")
_FAILED, _LATER = ResponseStatus.FAILURE, ResponseStatus.UNAVAILABLE


def _renamed(old: str, new: str, context: str, check: Check, *, lines: Lines) -> tuple[Rule, Rule]:
    """A rule whose number was written otherwise in line 1.0."""
    of_1_0 = rule(f"R-EDM-ERR-{old}", context, check, lines=ONLY_1_0)
    return of_1_0, rule(f"R-EDM-ERR-{new}", context, check, lines=lines)


_ENVELOPE = (
    rule("R-EDM-ERR-S001", ROOT, root_is("QueryResponse")),
    *_renamed("S02", "S002", ROOT, root_in(QUERY), lines=FROM_1_1),
    rule(
        "R-EDM-ERR-S003",
        at.RESPONSE,
        correlated(),
        lines=ONLY_1_0,
        deviation="published as a child of an attribute, so it always holds",
    ),
    rule("R-EDM-ERR-S004", f"{at.RESPONSE}/@requestId", uuid_urn()),
    rule("R-EDM-ERR-S06", at.RESPONSE, attribute_is("status", _FAILED, _LATER), lines=ONLY_1_0),
    rule("R-EDM-ERR-S006", at.RESPONSE, attribute_is("status", _FAILED), lines=FROM_1_1),
    rule(
        "R-EDM-ERR-S07",
        at.RESPONSE,
        without("rim:RegistryObjectList"),
        lines=ONLY_1_0,
        deviation=SECOND,
    ),
    rule("R-EDM-ERR-S007", at.RESPONSE, without("rim:RegistryObjectList"), lines=FROM_1_1),
    *_renamed("S08", "S008", at.RESPONSE, having("rs:Exception"), lines=FROM_1_1),
    *_renamed("S09", "S009", at.RESPONSE, one_slot("SpecificationIdentifier"), lines=FROM_1_1),
    *_renamed("S10", "S010", at.RESPONSE, one_slot("EvidenceResponseIdentifier"), lines=FROM_1_1),
    *_renamed("S11", "S011", at.RESPONSE, one_slot("ErrorProvider"), lines=FROM_1_1),
    rule("EDM-ERR-S unnamed 1", at.RESPONSE, one_slot("EvidenceRequester"), lines=ONLY_1_0),
    rule(
        "R-EDM-ERR-S012",
        at.RESPONSE,
        one_slot("EvidenceRequester"),
        severity=FindingSeverity.WARNING,
        lines=FROM_1_1,
    ),
    rule(
        "R-EDM-ERR-S017a",
        at.RESPONSE,
        slots_only(*_SLOTS, "IssueDateTime"),
        lines=ONLY_1_0,
        deviation="published for an attribute that no schema knows; ours reads the slots, and "
        "lets IssueDateTime stand, whose type S22 asks for",
    ),
    rule("R-EDM-ERR-S017", at.RESPONSE, slots_only(*_SLOTS), lines=FROM_1_1),
)

_TYPES = (
    *_renamed("S18", "S018", at.SPECIFICATION, value_type("StringValueType"), lines=FROM_1_1),
    *_renamed("S19", "S019", at.IDENTIFIER, value_type("StringValueType"), lines=FROM_1_1),
    rule("R-EDM-ERR-S020", at.PROVIDER, value_type("AnyValueType")),
    rule("R-EDM-ERR-S021", at.REQUESTER, value_type("AnyValueType")),
    rule(
        "R-EDM-ERR-S22", at.slot("IssueDateTime"), value_type("DateTimeValueType"), lines=ONLY_1_0
    ),
    rule(
        "R-EDM-ERR-S022",
        at.exception_slot("Timestamp"),
        value_type("DateTimeValueType"),
        lines=FROM_1_1,
    ),
    *_renamed(
        "S23",
        "S023",
        at.any_exception_slot("PreviewLocation"),
        value_type("StringValueType"),
        lines=FROM_1_1,
    ),
    *_renamed(
        "S24",
        "S024",
        at.any_exception_slot("PreviewDescription"),
        value_type("InternationalStringValueType"),
        lines=FROM_1_1,
    ),
    *_renamed(
        "S25",
        "S025",
        at.any_exception_slot("PreviewMethod"),
        value_type("StringValueType"),
        lines=FROM_1_1_TO_1_2,
    ),
    rule("R-EDM-ERR-S026", at.PROVIDER, having("sdg:Agent"), lines=ONLY_1_0),
    rule("R-EDM-ERR-S026", at.PROVIDER, exactly_one("sdg:Agent"), lines=FROM_1_1),
    rule("R-EDM-ERR-S028", "rim:Slot", one_value(), lines=FROM_1_1),
    rule("R-EDM-ERR-S029", "rim:SlotValue", filled_value(), lines=FROM_1_1),
    rule("R-EDM-ERR-S030", "*[@lang]", alone_in_its_language(), lines=FROM_1_1),
)

_EXCEPTION = (
    *_renamed("S12", "S013", "rs:Exception", one_slot("Timestamp"), lines=FROM_1_1),
    *(
        rule(
            f"R-EDM-ERR-{number}",
            f"rs:Exception[rim:Slot[@name='{name}']]",
            one_slot(name),
            lines=lines,
        )
        for number, name, lines in (
            ("S15", "PreviewDescription", ONLY_1_0),
            ("S16", "PreviewMethod", ONLY_1_0),
            ("S016", "PreviewMethod", FROM_1_1_TO_1_2),
        )
    ),
    *(
        rule(
            f"R-EDM-ERR-{number}",
            "rs:Exception",
            slots(name, least=0, most=1),
            severity=FindingSeverity.WARNING,
            lines=FROM_1_1,
        )
        for number, name in (("S014", "PreviewLocation"), ("S015", "PreviewDescription"))
    ),
    rule(
        "R-EDM-ERR-S017b",
        at.EXCEPTION,
        slots_only(*_EXCEPTION_SLOTS, "PreviewMethod"),
        lines=ONLY_1_0,
        deviation="published as four words joined by 'or', so it always holds",
    ),
    rule(
        "R-EDM-ERR-S027",
        at.EXCEPTION,
        slots_only(*_EXCEPTION_SLOTS, "PreviewMethod"),
        lines=FROM_1_1_TO_1_2,
    ),
    rule("R-EDM-ERR-S027", at.EXCEPTION, slots_only(*_EXCEPTION_SLOTS), lines=FROM_2_0),
    rule(
        "R-EDM-ERR-S031",
        f"{at.EXCEPTION}[rim:Slot[@name='PreviewLocation']]",
        one_slot("PreviewMethod"),
        lines=FROM_1_1_TO_1_2,
    ),
)

FILE: Final = RuleFile(name="EDM-ERR-S", rules=_ENVELOPE + _TYPES + _EXCEPTION)
