"""Register what one serves and asks for: submissions to the Life Cycle Management interface.

TDD 3.1.5 for the Data Service Directory, 3.2.5 for the Evidence Broker. On the test platform the
document is uploaded; in production it travels over AS4 (service ``LifecycleManager``).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from sdg_connector.directory.errors import DirectoryMisuse, DirectoryRefused
from sdg_connector.directory.judging import breaches
from sdg_connector.directory.registered import (
    BY_NAME,
    BY_TYPE,
    ENDS,
    Link,
    LinkKind,
    Node,
    Registered,
    Registrable,
    Registry,
    Submission,
    association_refused,
    refused,
)
from sdg_connector.regrep import (
    AnyValue,
    ObjectClassification,
    ObjectKind,
    RegistryObject,
    RegRepRefused,
    Slot,
    SubmitObjectsRequest,
    read_submit_objects_request,
    write_submit_objects_request,
)
from sdg_connector.vocabulary import (
    CommonServicesLine,
    DataServiceEvidenceType,
    ElementRefused,
    LcmErrorCode,
    Requirement,
    ValueMisuse,
)
from sdg_connector.vocabulary.binding import read_element, write_element
from sdg_connector.vocabulary.identifiers import is_uuid_urn
from sdg_connector.vocabulary.namespaces import SDG

_SCHEME: Final = "urn:fdc:oots:classification:"
_ASSOCIATION: Final = "urn:oasis:names:tc:ebxml-regrep:AssociationType:"
NewId = Callable[[], str]
"""Gives a new ``urn:uuid:…``."""


def data_services_submission(
    services: Sequence[DataServiceEvidenceType], *, new_id: NewId
) -> Submission:
    """What data services serve, as the Data Service Directory lists it: types with their access."""
    draft = _Draft(new_id)
    for service in services:
        target = draft.add(replace(service, access_services=()))
        for access in service.access_services:
            draft.link(LinkKind.SERVES, draft.add(access), target)
    return draft.submission(Registry.DATA_SERVICE_DIRECTORY)


def requirements_submission(requirements: Sequence[Requirement], *, new_id: NewId) -> Submission:
    """What procedures ask for and what proves it, as the Evidence Broker lists it."""
    draft = _Draft(new_id)
    for requirement in requirements:
        asked = draft.add(replace(requirement, reference_frameworks=(), evidence_type_lists=()))
        for framework in requirement.reference_frameworks:
            draft.link(LinkKind.DERIVES, asked, draft.add(framework))
        for one in requirement.evidence_type_lists:
            listed = draft.add(replace(one, evidence_types=()))
            draft.link(LinkKind.FULFILLS, listed, asked)
            for kind in one.evidence_types:
                draft.link(LinkKind.CONTAINS, listed, draft.add(kind))
    return draft.submission(Registry.EVIDENCE_BROKER)


def write_submission(
    submission: Submission, *, line: CommonServicesLine = CommonServicesLine.V2_0
) -> bytes:
    """Give the bytes of an ``lcm:SubmitObjectsRequest``.

    Raises ``DirectoryMisuse`` when the submission would break a rule.
    """
    try:
        objects = [_object(one, submission.registry, line) for one in submission.objects]
        data = write_submit_objects_request(
            SubmitObjectsRequest(
                id=submission.id, objects=(*objects, *map(_association, submission.links))
            )
        )
        read_submission(data)
    except (DirectoryRefused, ValueMisuse) as error:
        raise DirectoryMisuse(str(error)) from None
    broken = breaches(data, line=line)
    if broken:
        raise DirectoryMisuse(f"the submission breaks {', '.join(broken)}")
    return data


def read_submission(data: bytes) -> Submission:
    """Give the submission in these bytes.

    Raises ``DirectoryRefused`` with the rule that is broken and the LCM code to answer with.
    """
    try:
        request = read_submit_objects_request(data)
    except RegRepRefused as error:
        raise refused(error.rule, error.expected, error.found, code=LcmErrorCode.DATASET) from None
    if not is_uuid_urn(request.id):
        raise refused("R-DSD-SUB-S004", "urn:uuid: and a UUID", "another id")
    if request.slots or not request.objects:
        raise refused("R-DSD-SUB-S036", "registry objects and no slots", "something else")
    _check_ids(request.objects)
    objects = [one for one in request.objects if one.kind is not ObjectKind.ASSOCIATION]
    read = [_registered(one) for one in objects]
    registries = {BY_TYPE[type(one.value)].registry for one in read}
    if len(registries) != 1:
        raise refused("R-DSD-SUB-S012", "objects of one registry", f"{len(registries)}")
    known = {one.id: one for one in read}
    links = [one for one in request.objects if one.kind is ObjectKind.ASSOCIATION]
    return Submission(
        id=request.id,
        registry=registries.pop(),
        objects=tuple(read),
        links=tuple(_link(one, known) for one in links),
    )


class _Draft:
    """Collects objects, each once, and what links them."""

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id
        self._objects: dict[Registrable, Registered] = {}
        self._links: list[Link] = []

    def add(self, value: Registrable) -> str:
        """The id of the object, new or known."""
        if value not in self._objects:
            self._objects[value] = Registered(
                id=self._new_id(), value=value, classification_id=self._new_id()
            )
        return self._objects[value].id

    def link(self, kind: LinkKind, source: str, target: str) -> None:
        """Link two objects, once."""
        if all((kind, source, target) != (one.kind, one.source, one.target) for one in self._links):
            self._links.append(Link(id=self._new_id(), kind=kind, source=source, target=target))

    def submission(self, registry: Registry) -> Submission:
        """Everything that was collected."""
        return Submission(
            id=self._new_id(),
            registry=registry,
            objects=tuple(self._objects.values()),
            links=tuple(self._links),
        )


def _object(one: Registered, registry: Registry, line: CommonServicesLine) -> RegistryObject:
    node = BY_TYPE[type(one.value)]
    element = write_element(node.element, one.value, version=line.version)
    return RegistryObject(
        id=one.id,
        slots=(Slot(node.name, AnyValue(element)),),
        classifications=(
            ObjectClassification(
                id=one.classification_id, scheme=f"{_SCHEME}{registry}", node=node.name
            ),
        ),
    )


def _association(one: Link) -> RegistryObject:
    return RegistryObject(
        id=one.id,
        kind=ObjectKind.ASSOCIATION,
        association_type=f"{_ASSOCIATION}{one.kind}",
        source=one.source,
        target=one.target,
    )


def _check_ids(objects: Sequence[RegistryObject]) -> None:
    if any(not is_uuid_urn(one.id) for one in objects):
        raise refused("R-DSD-SUB-S032", "urn:uuid: and a UUID for each object", "another id")
    if max(Counter(one.id for one in objects).values()) > 1:
        raise refused("R-DSD-SUB-S006", "an id of its own for each object", "one twice")


def _registered(one: RegistryObject) -> Registered:
    if one.kind is not ObjectKind.PLAIN or len(one.classifications) != 1:
        raise refused("R-DSD-SUB-S007", "one Classification of each object", "none or several")
    classification = one.classifications[0]
    node = BY_NAME.get(classification.node)
    if node is None:
        raise refused("R-DSD-SUB-S013", "a published classification node", "another")
    if classification.scheme != f"{_SCHEME}{node.registry}":
        raise refused("R-DSD-SUB-S012", f"the scheme of the {node.registry}", "another")
    if not is_uuid_urn(classification.id):
        raise refused("R-DSD-SUB-S009", "urn:uuid: and a UUID for each Classification", "another")
    return Registered(id=one.id, value=_value(one, node), classification_id=classification.id)


def _value(one: RegistryObject, node: Node) -> Registrable:
    slot = one.slots[0] if len(one.slots) == 1 else None
    value = None if slot is None or slot.name != node.name else slot.value
    if not isinstance(value, AnyValue) or value.element.tag != f"{{{SDG}}}{node.element}":
        raise refused(
            "R-DSD-SUB-S018", f"the one slot {node.name} with its sdg:{node.element}", "another"
        )
    try:
        found: Registrable = read_element(node.type, value.element)
    except ElementRefused as error:
        raise refused(error.rule, error.expected, error.found) from None
    return found


def _link(one: RegistryObject, known: dict[str, Registered]) -> Link:
    local = (one.association_type or "").removeprefix(_ASSOCIATION)
    if local not in set(LinkKind):
        raise association_refused("R-DSD-SUB-S029", "a published association type", "another")
    kind = LinkKind(local)
    source, target = known.get(one.source or ""), known.get(one.target or "")
    if source is None or target is None:
        raise association_refused("R-DSD-SUB-S023", "an association of objects here", "another")
    if (type(source.value), type(target.value)) != ENDS[kind]:
        raise association_refused("R-DSD-SUB-S028", f"the ends of {kind}", "other objects")
    return Link(id=one.id, kind=kind, source=source.id, target=target.id)
