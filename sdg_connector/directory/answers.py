"""Read what the Evidence Broker and the Data Service Directory answer."""

from itertools import product
from typing import TypeVar

from sdg_connector.directory.errors import (
    DirectoryFailure,
    DirectoryRefused,
    MoreNeeded,
    Needed,
)
from sdg_connector.regrep import (
    AnyValue,
    CollectionValue,
    QueryResponse,
    RegistryObject,
    RegRepRefused,
    ResponseException,
    ResponseStatus,
    Slot,
    SlotValue,
    read_query_response,
)
from sdg_connector.vocabulary import (
    DataServiceEvidenceType,
    DsdErrorCode,
    EbErrorCode,
    ElementRefused,
    EvidenceType,
    JurisdictionDetermination,
    ProviderClassification,
    Requirement,
)
from sdg_connector.vocabulary.binding import read_element
from sdg_connector.vocabulary.namespaces import SDG

Value = TypeVar("Value")
Codes = type[DsdErrorCode] | type[EbErrorCode]


def read_requirements(body: bytes) -> tuple[Requirement, ...]:
    """Give the requirements in an answer to the requirements query.

    Raises ``DirectoryFailure`` for an error answer and ``DirectoryRefused`` for anything that is
    not an answer of the Evidence Broker.
    """
    found = _read(body, "Requirement", Requirement, EbErrorCode, "R-EB-REQ-S011")
    if any(one.evidence_type_lists for one in found):
        raise _refused("R-EB-REQ-S016", "requirements without EvidenceTypeList", "one with it")
    return found


def read_evidence_types(body: bytes) -> tuple[Requirement, ...]:
    """Give the requirements, with their evidence type lists; raises likewise."""
    return _read(body, "Requirement", Requirement, EbErrorCode, "R-EB-EVI-S011")


def read_data_services(body: bytes) -> tuple[DataServiceEvidenceType, ...]:
    """Give the evidence types with the services that hold them.

    Raises ``MoreNeeded`` when the person must answer a question first (DSD:ERR:0005),
    ``DirectoryFailure`` for another error answer, ``DirectoryRefused`` for anything else.
    """
    name = "DataServiceEvidenceType"
    found = _read(body, name, DataServiceEvidenceType, DsdErrorCode, "R-DSD-RESP-S008")
    if any(not one.access_services for one in found):
        raise _refused("R-DSD-RESP-S013", "an AccessService for each type", "a type without")
    return found


def combinations(requirement: Requirement) -> tuple[tuple[EvidenceType, ...], ...]:
    """The ways to prove a requirement: one of these, and of it every evidence type.

    TDD 3.2.4: types inside one list belong together, lists are alternatives, and a list without
    types proves nothing. Types of the same classification in one list are one type served in
    several places, so each of them makes a way of its own.
    """
    ways: list[tuple[EvidenceType, ...]] = []
    for one in requirement.evidence_type_lists:
        by_kind: dict[str, list[EvidenceType]] = {}
        for kind in one.evidence_types:
            by_kind.setdefault(kind.classification, []).append(kind)
        if by_kind:
            ways.extend(product(*by_kind.values()))
    return tuple(ways)


def _read(
    body: bytes, name: str, kind: type[Value], codes: Codes, missing: str
) -> tuple[Value, ...]:
    try:
        response = read_query_response(body)
    except RegRepRefused as error:
        raise _refused(error.rule, error.expected, error.found) from None
    if response.status is ResponseStatus.FAILURE:
        raise _failure(response, codes)
    if response.exceptions:
        raise _refused("R-EB-REQ-S008", "no exception in a successful answer", "one")
    if response.objects is None:
        raise _refused("R-EB-REQ-S007", "a RegistryObjectList", "none")
    return tuple(_object(one, name, kind, missing) for one in response.objects)


def _object(value: RegistryObject, name: str, kind: type[Value], missing: str) -> Value:
    if [slot.name for slot in value.slots] != [name]:
        raise _refused(missing, f"the one slot {name}", "other slots")
    return _element(value.slots[0].value, name, kind)


def _element(value: SlotValue | None, name: str, kind: type[Value]) -> Value:
    if not isinstance(value, AnyValue) or value.element.tag != f"{{{SDG}}}{name}":
        raise _refused(f"sdg/{name}", f"one sdg:{name}", "something else")
    try:
        return read_element(kind, value.element)
    except ElementRefused as error:
        raise _refused(error.rule, error.expected, error.found) from None


def _failure(response: QueryResponse, codes: Codes) -> DirectoryFailure | DirectoryRefused:
    is_broker = codes is EbErrorCode
    count = len(response.exceptions)
    if count != 1 and (is_broker or not count):
        rule = "R-EB-ERR-S008" if is_broker else "R-DSD-RESP-S008"
        return _refused(rule, "one exception", f"{count}")
    found = [codes.of(one.code) for one in response.exceptions]
    code = found[0]
    if code is None or set(found) != {code}:
        rule = "R-EB-ERR-016" if is_broker else "R-DSD-ERR-C023"
        return _refused(rule, f"a code of {codes.__name__}", "another")
    exception = response.exceptions[0]
    message = exception.message or code.message
    if code is not DsdErrorCode.MORE_NEEDED:
        return DirectoryFailure(code, message, exception.detail)
    needed = tuple(_needed(one) for one in response.exceptions)
    return MoreNeeded(code, message, exception.detail, needed=needed)


def _needed(exception: ResponseException) -> Needed:
    slots = {slot.name: slot for slot in exception.slots}
    kind = _from_slot(slots, "DataServiceEvidenceType", DataServiceEvidenceType)
    if kind is None:
        raise _refused("R-DSD-RESP-S013", "the evidence type that is asked about", "none")
    needed = Needed(
        evidence_type=kind, concepts=_concepts(slots), jurisdiction=_jurisdiction(slots)
    )
    if not needed.concepts and needed.jurisdiction is None:
        raise _refused("R-DSD-RESP-S022", "a question or a jurisdiction", "none")
    return needed


def _from_slot(slots: dict[str, Slot], name: str, kind: type[Value]) -> Value | None:
    return _element(slots[name].value, name, kind) if name in slots else None


def _jurisdiction(slots: dict[str, Slot]) -> JurisdictionDetermination | None:
    slot = slots.get("JurisdictionDetermination")
    if slot is None:
        return None
    name = "EvidenceProviderJurisdictionDetermination"
    return _element(slot.value, name, JurisdictionDetermination)


def _concepts(slots: dict[str, Slot]) -> tuple[ProviderClassification, ...]:
    slot = slots.get("UserRequestedClassificationConcepts")
    if slot is None:
        return ()
    if not isinstance(slot.value, CollectionValue):
        raise _refused("DSD-ERR-S R-EDM-REQ-S015", "a collection of questions", "something else")
    name = "EvidenceProviderClassification"
    return tuple(_element(one, name, ProviderClassification) for one in slot.value.elements)


def _refused(rule: str, expected: str, found: str) -> DirectoryRefused:
    return DirectoryRefused(rule=rule, expected=expected, found=found)
