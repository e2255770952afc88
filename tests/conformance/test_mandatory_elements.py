"""Whatever a message must hold, its absence is refused by a rule that names it."""

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import etree

from sdg_connector.evidence import (
    EdmRefused,
    read_evidence_answer,
    read_evidence_request,
    write_evidence_failure,
    write_evidence_request,
    write_evidence_response,
)
from sdg_connector.vocabulary import EdmLine
from tests.support.evidence_messages import requests
from tests.support.full_messages import (
    ORGANISATION,
    PERSON,
    full_failure,
    full_request,
    full_response,
)

MANDATORY = {
    "AdminUnitLevel1",
    "Agent",
    "Classification",
    "DataServiceEvidenceType",
    "DateOfBirth",
    "Evidence",
    "EvidenceTypeClassification",
    "Exception",
    "FamilyName",
    "Format",
    "GivenName",
    "IssuingDate",
    "LegalName",
    "LegalPersonIdentifier",
    "LevelOfAssurance",
    "Query",
    "RegistryObjectList",
    "RepositoryItemRef",
    "Requirement",
    "ResponseOption",
    "Title",
}
"""Elements that no message can do without, wherever they stand once."""
SLOTS = {
    "ErrorProvider",
    "EvidenceMetadata",
    "EvidenceProvider",
    "EvidenceRequest",
    "EvidenceResponseIdentifier",
    "ExplicitRequestGiven",
    "IssueDateTime",
    "LegalPerson",
    "NaturalPerson",
    "PossibilityForPreview",
    "SpecificationIdentifier",
    "Timestamp",
}
UNNAMED = {"regrep/any-value", "R-EDM-ERR-S029"}
"""Rules about any value at all, which do not know what it should be."""
MESSAGES = [
    (f"{line.value[9:]} {what}", data)
    for line in (EdmLine.V1_0, EdmLine.V1_2, EdmLine.V2_0)
    for what, data in (
        ("request of a person", write_evidence_request(full_request(line, PERSON))),
        ("request of an organisation", write_evidence_request(full_request(line, ORGANISATION))),
        ("response", write_evidence_response(full_response(line, PERSON))),
        ("failure", write_evidence_failure(full_failure(line))),
    )
]


def without_each(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The message without each mandatory slot or element that stands alone in its parent."""
    root = etree.fromstring(data)
    for place, element in enumerate(root.iter("*")):
        name = str(element.tag).rpartition("}")[2]
        parent = element.getparent()
        if parent is None or optional(element):
            continue
        slot = element.get("name") if name == "Slot" else None
        alone = len(parent.findall(element.tag)) == 1
        if slot in SLOTS or (name in MANDATORY and alone and parent.tag != element.tag):
            other = etree.fromstring(data)
            lost = list(other.iter("*"))[place]
            lost.getparent().remove(lost)  # type: ignore[union-attr]
            yield slot or name, etree.tostring(other)


def optional(element: etree._Element) -> bool:
    """What stands inside something that may be absent with it, or twice by its nature."""
    inside = {str(one.tag).rpartition("}")[2] for one in element.iterancestors()}
    name = str(element.tag).rpartition("}")[2]
    supplement = name == "Format" and "DistributedAs" not in inside
    address = name == "AdminUnitLevel1" and inside & {"CurrentAddress", "RegisteredAddress"}
    one_of_several = name == "Agent" and "Element" in inside
    return supplement or bool(address) or one_of_several


def refused(read: Callable[[bytes], object], data: bytes) -> EdmRefused | None:
    try:
        read(data)
    except EdmRefused as refusal:
        return refusal
    return None


@pytest.mark.parametrize(("name", "data"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_a_missing_part_is_refused_by_a_rule_that_names_it(name: str, data: bytes) -> None:
    read = read_evidence_request if "request" in name else read_evidence_answer
    read(data)
    count = 0
    for lost, other in without_each(data):
        count += 1
        refusal = refused(read, other)
        assert refusal is not None, f"{name} without {lost}"
        told = f"{refusal.rule} {refusal.expected} {refusal.found}"
        assert refusal.rule in UNNAMED or lost in re.findall(r"\w+", told), (
            f"{name} without {lost}: {told}"
        )
    assert count >= 9


@settings(deadline=None, max_examples=25)
@given(some.data(), requests((EdmLine.V1_2, EdmLine.V2_0)))
def test_a_generated_request_without_a_mandatory_slot_is_refused(
    data: some.DataObject, request: object
) -> None:
    lost = data.draw(some.sampled_from(sorted(SLOTS_OF_REQUESTS)))
    root = etree.fromstring(write_evidence_request(request))  # type: ignore[arg-type]
    (slot,) = [one for one in root.iter("{*}Slot") if one.get("name") == lost]
    slot.getparent().remove(slot)  # type: ignore[union-attr]
    with pytest.raises(EdmRefused, match=lost):
        read_evidence_request(etree.tostring(root))


SLOTS_OF_REQUESTS = {
    "EvidenceProvider",
    "EvidenceRequest",
    "EvidenceRequester",
    "ExplicitRequestGiven",
    "IssueDateTime",
    "PossibilityForPreview",
    "SpecificationIdentifier",
}
