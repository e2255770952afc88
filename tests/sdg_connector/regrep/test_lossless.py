"""RegRep values go out and come back whole; what could not go back is refused, not dropped."""

import pytest
from lxml import etree

from sdg_connector.regrep import (
    AnyValue,
    BooleanValue,
    CollectionValue,
    DateTimeValue,
    DurationValue,
    FloatValue,
    IntegerValue,
    InternationalStringValue,
    LocalizedString,
    MapValue,
    NestedSlot,
    ObjectClassification,
    ObjectKind,
    QueryRequest,
    QueryResponse,
    RegistryObject,
    RegRepRefused,
    RepositoryItemRef,
    ResponseException,
    ResponseStatus,
    Slot,
    SlotValue,
    StringValue,
    SubmitObjectsRequest,
    VocabularyTermValue,
    read_query_request,
    read_query_response,
    read_registry_response,
    read_submit_objects_request,
    write_query_request,
    write_query_response,
    write_registry_response,
    write_submit_objects_request,
)
from sdg_connector.regrep.reader import qualified_type

RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"
RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0"
FOREIGN = AnyValue(etree.fromstring('<a xmlns="urn:x" b="c">text<d/></a>'))
VALUES: tuple[SlotValue, ...] = (
    StringValue("text"),
    DateTimeValue("2026-05-04T00:00:00.120+02:00"),
    BooleanValue("1"),
    IntegerValue("007"),
    FloatValue("1e3"),
    DurationValue("PT15M"),
    VocabularyTermValue("term", "urn:vocabulary"),
    VocabularyTermValue("term"),
    InternationalStringValue((LocalizedString("diploms", "LV"), LocalizedString("none"))),
    FOREIGN,
    CollectionValue((StringValue("a"), CollectionValue((FOREIGN,), None))),
    MapValue(((StringValue("key"), IntegerValue("1")), (StringValue("alone"), None))),
    NestedSlot(Slot("inner", StringValue("x"), "urn:type")),
)


def element(local: str, text: str = "") -> AnyValue:
    made = etree.Element(f"{{{RIM}}}{local}")
    made.text = text
    return AnyValue(made)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_each_type_of_value_comes_back_as_it_went(value: SlotValue) -> None:
    request = QueryRequest(
        id="urn:uuid:1",
        slots=(Slot("one", value), Slot("none", None)),
        query_slots=(Slot("two", value),),
        language="LV",
        attributes=(("comment", "kept"),),
        option_attributes=(("returnComposedObjects", "true"),),
    )
    assert read_query_request(write_query_request(request)) == request


def test_an_element_can_be_written_again_and_one_that_stands_in_a_document_stays_there() -> None:
    made = AnyValue(etree.fromstring('<a xmlns="urn:x" b="c">text<d/></a>'))
    request = QueryRequest(id="urn:uuid:1", slots=(Slot("one", made),), query_slots=())
    written = write_query_request(request)
    assert write_query_request(request) == written
    read = read_query_request(written)
    (slot,) = read.slots
    assert isinstance(slot.value, AnyValue)
    place = slot.value.element.getparent()
    assert write_query_request(read) == written
    assert slot.value.element.getparent() is place


@pytest.mark.parametrize(
    ("start", "named", "meant"),
    [
        ("r:a xmlns:r='urn:r'", "r:Type", "{urn:r}Type"),
        ("r:a xmlns:r='urn:r' xmlns:s='urn:s'", "s:Type", "{urn:s}Type"),
        ("s:a xmlns:r='urn:other' xmlns:s='urn:r'", "r:Type", "{urn:other}Type"),
        ("a xmlns='urn:d' xmlns:r='urn:r'", "Type", "{urn:d}Type"),
        ("r:a xmlns='urn:d' xmlns:r='urn:r'", " Type ", "{urn:d}Type"),
        ("r:a xmlns:r='urn:r'", "Type", "{}Type"),
        ("a", "Type", "{}Type"),
    ],
)
def test_a_type_is_of_the_namespace_that_its_prefix_has_where_it_stands(
    start: str, named: str, meant: str
) -> None:
    outside = "<o xmlns:r='urn:outside' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
    (made,) = etree.fromstring(f"{outside}<{start} xsi:type='{named}'/></o>")
    assert qualified_type(made) == meant


def test_a_type_with_a_prefix_that_nobody_declared_is_refused() -> None:
    made = etree.fromstring("<a/>")
    made.set("{http://www.w3.org/2001/XMLSchema-instance}type", "r:Type")
    with pytest.raises(RegRepRefused, match="regrep/xsi-type"):
        qualified_type(made)


@pytest.mark.parametrize("status", ResponseStatus)
def test_an_answer_of_each_status_comes_back_as_it_went(status: ResponseStatus) -> None:
    response = QueryResponse(
        status=status,
        request_id="urn:uuid:1",
        exceptions=(
            ResponseException(
                type=f"{{{RS}}}TimeoutExceptionType",
                severity="urn:severity",
                message="late",
                code="EDM:ERR:0005",
                detail="more",
                slots=(Slot("Timestamp", DateTimeValue("2026-05-04T00:00:00Z")),),
            ),
        ),
        attributes=(("startIndex", "0"), ("totalResultCount", "1")),
    )
    assert read_query_response(write_query_response(response)) == response
    assert read_registry_response(write_registry_response(response)) == response


def test_what_an_object_carries_beyond_the_system_stays_in_its_place() -> None:
    inside = RegistryObject(
        id="urn:uuid:3",
        kind=ObjectKind.EXTRINSIC,
        classifications=(ObjectClassification(id="c", scheme="s", node="n"),),
        repository_item=RepositoryItemRef(href="cid:a@b", title="Diploms"),
        attributes=(("lid", "urn:lid"), ("mimeType", "application/pdf")),
        others=(element("Name"), element("VersionInfo"), element("ExternalLink")),
    )
    request = SubmitObjectsRequest(
        id="urn:uuid:2",
        objects=(RegistryObject(id="urn:uuid:4", kind=ObjectKind.PACKAGE, objects=(inside,)),),
        attributes=(("mode", "CreateOnly"),),
    )
    written = write_submit_objects_request(request)
    assert read_submit_objects_request(written) == request
    (item,) = etree.fromstring(written).iter(f"{{{RIM}}}RepositoryItemRef")
    names = [etree.QName(one).localname for one in item.getparent()]
    assert names == ["Name", "VersionInfo", "Classification", "ExternalLink", "RepositoryItemRef"]


@pytest.mark.parametrize("status", ["Success", "Failure", "Unavailable"])
def test_an_element_that_nobody_knows_is_refused_and_not_dropped(status: str) -> None:
    data = write_query_response(
        QueryResponse(status=ResponseStatus[status.upper()], request_id="urn:uuid:1")
    )
    root = etree.fromstring(data)
    etree.SubElement(root, f"{{{RIM}}}ObjectRefList")
    with pytest.raises(RegRepRefused, match="regrep/QueryResponse"):
        read_query_response(etree.tostring(root))


def test_a_second_value_in_a_slot_is_refused() -> None:
    data = write_query_response(
        QueryResponse(status=ResponseStatus.SUCCESS, slots=(Slot("a", StringValue("b")),))
    )
    root = etree.fromstring(data)
    (slot,) = root
    slot.append(etree.fromstring(etree.tostring(slot[0])))
    with pytest.raises(RegRepRefused, match="regrep/SlotValue"):
        read_query_response(etree.tostring(root))
