"""Read an evidence request of either line, part by part, each under its rule."""

from collections.abc import Sequence
from typing import Final

from sdg_connector.evidence.errors import EdmRefused, refused
from sdg_connector.evidence.identifiers import is_https
from sdg_connector.evidence.judging import refuse_broken
from sdg_connector.evidence.request import EvidenceRequest
from sdg_connector.evidence.slots import (
    SlotReader,
    checked,
    flag_of,
    line_of,
    moment_of,
    sdg_value,
    sdg_values,
)
from sdg_connector.regrep import (
    AnyValue,
    BooleanValue,
    CollectionValue,
    DateTimeValue,
    InternationalStringValue,
    QueryRequest,
    RegRepRefused,
    StringValue,
)
from sdg_connector.regrep.reader import query_request, read_root
from sdg_connector.vocabulary import (
    Agent,
    AgentClassification,
    DataServiceEvidenceType,
    EdmLine,
    LegalPerson,
    NaturalPerson,
    ProviderClassification,
    Requirement,
)
from sdg_connector.vocabulary.identifiers import is_uuid_urn

_SLOTS: Final = (
    "SpecificationIdentifier",
    "IssueDateTime",
    "Procedure",
    "PreviewLocation",
    "ReturnLocation",
    "PossibilityForPreview",
    "ExplicitRequestGiven",
    "Requirements",
    "EvidenceRequester",
    "EvidenceProvider",
    "EvidenceProviderClassification",
)
_QUERY_SLOTS: Final = (
    "EvidenceRequest",
    "NaturalPerson",
    "LegalPerson",
    "AuthorizedRepresentative",
    "AuthorizedRepresentativeLegalPerson",
)


def read_evidence_request(data: bytes) -> EvidenceRequest:
    """Give the evidence request in these bytes.

    Raises ``EdmRefused`` with the published rule that is broken and the code to answer with.
    """
    return _read(data, judged=False)


def read_stored_request_unsafe(data: bytes) -> EvidenceRequest:
    """Give the request in bytes that were judged before and have lain in our sealed store since.

    The published rules are not asked again: whoever wrote the request, or read it when it arrived,
    asked them, and what comes out of the store is what went in (its seal is authenticated). For
    octets from anywhere else there is ``read_evidence_request``. Raises ``EdmRefused``.
    """
    return _read(data, judged=True)


def _read(data: bytes, *, judged: bool) -> EvidenceRequest:
    try:
        root = read_root(data)
        if not judged:
            refuse_broken(root)
        return evidence_request(query_request(root))
    except RegRepRefused as error:
        raise EdmRefused(
            rule=error.rule, expected=error.expected, found=error.found, wire_code="EDM:ERR:0003"
        ) from None


def evidence_request(value: QueryRequest) -> EvidenceRequest:
    """Give the typed request of a RegRep value; raises ``EdmRefused``."""
    checked(is_uuid_urn, value.id, rule="R-EDM-REQ-S004", expected="urn:uuid: and a UUID")
    if value.return_type != "LeafClassWithRepositoryItem":
        raise refused("R-EDM-REQ-C024", "LeafClassWithRepositoryItem", "another return type")
    if value.query_definition != "DocumentQuery":
        raise refused("R-EDM-REQ-C025", "DocumentQuery", "another query definition")
    slots = SlotReader(value.slots, known=_SLOTS, closed_by="R-EDM-REQ-S019")
    query = SlotReader(value.query_slots, known=_QUERY_SLOTS, closed_by="R-EDM-REQ-S018")
    line = line_of(
        slots.required(
            "SpecificationIdentifier",
            StringValue,
            missing="R-EDM-REQ-S005",
            mistyped="R-EDM-REQ-S020",
        ),
        rule="R-EDM-REQ-C001",
    )
    preview, back = _locations(slots, line)
    return EvidenceRequest(
        request_id=value.id,
        line=line,
        issued_at=moment_of(
            slots.required(
                "IssueDateTime",
                DateTimeValue,
                missing="R-EDM-REQ-S006",
                mistyped="R-EDM-REQ-S021",
            ),
            rule="R-EDM-REQ-C002",
        ),
        procedure=_procedure(slots, line),
        requirements=_requirements(slots, line),
        requester=_requester(slots),
        provider=_provider(slots),
        evidence_type=_evidence_type(query, line),
        subject=_subject(query),
        preview_possible=_flag(slots, "PossibilityForPreview", "S009", "S024"),
        explicit_request=_flag(slots, "ExplicitRequestGiven", "S010", "S025"),
        preview_location=preview,
        return_location=back,
        provider_classification=_classification(slots),
        representative=_person(query, "AuthorizedRepresentative", "S036", "S048"),
        representing_organisation=_organisation(query, "AuthorizedRepresentativeLegalPerson"),
    )


def _procedure(slots: SlotReader, line: EdmLine) -> str | None:
    if line.is_packaged:
        return slots.required(
            "Procedure", StringValue, missing="R-EDM-REQ-S007", mistyped="R-EDM-REQ-S022"
        ).value
    value = slots.optional("Procedure", InternationalStringValue, mistyped="R-EDM-REQ-S022")
    if value is None:
        return None
    if len(value.values) != 1:
        raise refused("R-EDM-REQ-C003", "one procedure code", f"{len(value.values)}")
    return value.values[0].value


def _locations(slots: SlotReader, line: EdmLine) -> tuple[str | None, str | None]:
    preview = slots.optional("PreviewLocation", StringValue, mistyped="R-EDM-REQ-S023")
    back = slots.optional("ReturnLocation", StringValue, mistyped="R-EDM-REQ-S061")
    check_locations(preview.value if preview else None, back.value if back else None)
    if line.is_packaged and (preview is None) != (back is None):
        raise refused(
            "R-EDM-REQ-S062", "PreviewLocation and ReturnLocation together", "one of them"
        )
    if not line.is_packaged and back is not None:
        raise refused("R-EDM-REQ-S019", "no ReturnLocation in a 1.x line", "one")
    return (preview.value if preview else None), (back.value if back else None)


def check_locations(preview: str | None, back: str | None) -> None:
    """Raise ``EdmRefused``; stricter than the rules: a host, no user, no control characters."""
    for value, rule in ((preview, "R-EDM-REQ-C005"), (back, "R-EDM-REQ-C120")):
        if value is not None and not is_https(value):
            raise refused(rule, "an https URL", "another location")


def _flag(slots: SlotReader, name: str, missing: str, mistyped: str) -> bool:
    rule = f"R-EDM-REQ-{mistyped}"
    value = slots.required(name, BooleanValue, missing=f"R-EDM-REQ-{missing}", mistyped=rule)
    return flag_of(value, rule=rule)


def _requirements(slots: SlotReader, line: EdmLine) -> tuple[Requirement, ...]:
    value = slots.optional("Requirements", CollectionValue, mistyped="R-EDM-REQ-S026")
    if value is None:
        if line.is_packaged:
            raise refused("R-EDM-REQ-S011", "the slot Requirements", "none")
        return ()
    return sdg_values(value, "Requirement", Requirement, rule="R-EDM-REQ-S037")


def _requester(slots: SlotReader) -> tuple[Agent, ...]:
    value = slots.required(
        "EvidenceRequester",
        CollectionValue,
        missing="R-EDM-REQ-S012",
        mistyped="R-EDM-REQ-S028",
    )
    agents = sdg_values(value, "Agent", Agent, rule="R-EDM-REQ-S039")
    check_requester(agents)
    return agents


def check_requester(agents: Sequence[Agent]) -> None:
    """Raise ``EdmRefused`` unless one agent asks, and none but platforms stands beside it."""
    kinds = [one.classification for one in agents]
    if kinds.count(AgentClassification.EVIDENCE_REQUESTER) != 1:
        raise refused("R-EDM-REQ-C014", "one agent classified ER", "none or several")
    if set(kinds) - {
        AgentClassification.EVIDENCE_REQUESTER,
        AgentClassification.INTERMEDIARY_PLATFORM,
    }:
        raise refused("R-EDM-REQ-C014", "agents classified ER or IP", "another classification")
    if any(not one.identifier.scheme for one in agents):
        raise refused("R-EDM-REQ-C010", "a schemeID of the requester's Identifier", "none")


def _provider(slots: SlotReader) -> Agent:
    value = slots.required(
        "EvidenceProvider", AnyValue, missing="R-EDM-REQ-S013", mistyped="R-EDM-REQ-S030"
    )
    agent = sdg_value(value, "Agent", Agent, rule="R-EDM-REQ-S042")
    if agent != agent.reference():
        raise refused("R-EDM-REQ-S043", "only Identifier and Name of the provider", "more")
    if not agent.identifier.scheme:
        raise refused("R-EDM-REQ-C017", "a schemeID of the provider's Identifier", "none")
    return agent


def _classification(slots: SlotReader) -> tuple[ProviderClassification, ...]:
    name = "EvidenceProviderClassification"
    value = slots.optional(name, CollectionValue, mistyped="R-EDM-REQ-S031")
    if value is None:
        return ()
    return sdg_values(value, name, ProviderClassification, rule="R-EDM-REQ-S041")


def _evidence_type(query: SlotReader, line: EdmLine) -> DataServiceEvidenceType:
    value = query.required(
        "EvidenceRequest", AnyValue, missing="R-EDM-REQ-S015", mistyped="R-EDM-REQ-S033"
    )
    kind = sdg_value(
        value, "DataServiceEvidenceType", DataServiceEvidenceType, rule="R-EDM-REQ-S044"
    )
    forms = len(kind.distributed_as)
    if (forms < 1) if line.is_packaged else (forms > 1):
        raise refused(
            "R-EDM-REQ-C032", "the number of DistributedAs of the line", f"{forms} of them"
        )
    if kind.access_services or kind.authentication_level or kind.jurisdiction_determination:
        raise refused("R-EDM-REQ-S045", "no access service, level or jurisdiction", "one of them")
    return kind


def _subject(query: SlotReader) -> NaturalPerson | LegalPerson:
    if query.has("NaturalPerson") == query.has("LegalPerson"):
        raise refused("R-EDM-REQ-S016", "either NaturalPerson or LegalPerson", "both or none")
    person = _person(query, "NaturalPerson", "S035", "S046")
    if person is not None:
        if person.level_of_assurance is None:
            raise refused("R-EDM-REQ-C036", "a LevelOfAssurance of the person", "none")
        return person
    organisation = _organisation(query, "LegalPerson")
    if organisation is None or organisation.level_of_assurance is None:
        raise refused("R-EDM-REQ-C047", "a LevelOfAssurance of the legal person", "none")
    return organisation


def _person(query: SlotReader, name: str, mistyped: str, rule: str) -> NaturalPerson | None:
    value = query.optional(name, AnyValue, mistyped=f"R-EDM-REQ-{mistyped}")
    if value is None:
        return None
    return sdg_value(value, "Person", NaturalPerson, rule=f"R-EDM-REQ-{rule}")


def _organisation(query: SlotReader, name: str) -> LegalPerson | None:
    value = query.optional(name, AnyValue, mistyped="R-EDM-REQ-S034")
    if value is None:
        return None
    return sdg_value(value, "LegalPerson", LegalPerson, rule="R-EDM-REQ-S047")
