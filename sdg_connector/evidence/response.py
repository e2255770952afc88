"""The answer that brings evidence, or says that it comes later, as one typed value."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sdg_connector.evidence.errors import refused
from sdg_connector.evidence.packages import EvidenceDocument, EvidencePackage
from sdg_connector.evidence.packaging import flat_objects, packaged_objects
from sdg_connector.evidence.slots import (
    SlotReader,
    any_slot,
    checked,
    collection_slot,
    line_of,
    moment_of,
    moment_slot,
    sdg_value,
    sdg_values,
    string_slot,
)
from sdg_connector.evidence.unpacking import flat_packages, packaged_packages
from sdg_connector.regrep import (
    AnyValue,
    CollectionValue,
    DateTimeValue,
    QueryResponse,
    ResponseStatus,
    StringValue,
)
from sdg_connector.vocabulary import Agent, AgentClassification, EdmLine
from sdg_connector.vocabulary.identifiers import is_loose_uuid, is_uuid_urn

_SLOTS: Final = (
    "SpecificationIdentifier",
    "EvidenceResponseIdentifier",
    "IssueDateTime",
    "EvidenceProvider",
    "EvidenceRequester",
    "ResponseAvailableDateTime",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceResponse:
    """A successful answer; one without packages says that no evidence is given (TDD 4.5)."""

    request_id: str
    response_id: str
    """A bare UUID (R-EDM-RESP-C003)."""
    line: EdmLine
    issued_at: datetime
    provider: tuple[Agent, ...]
    requester: Agent
    packages: tuple[EvidencePackage, ...]
    available_at: datetime | None = None
    """When the evidence can be asked for again; the answer is then deferred and holds none."""

    @property
    def documents(self) -> tuple[EvidenceDocument, ...]:
        """Every document of every package, main evidence first."""
        return tuple(one for package in self.packages for one in package.documents)


def evidence_response(
    value: QueryResponse, *, content_ids: Collection[str] | None
) -> EvidenceResponse:
    """Give the typed answer of a RegRep value; raises ``EdmRefused``.

    ``content_ids`` are the attachments that came with the message; a document that is in none of
    them, or twice, is refused. None leaves that to the caller.
    """
    if value.exceptions:
        raise refused("R-EDM-RESP-S008", "no exception in a successful answer", "one")
    if value.request_id is None:
        raise refused("R-EDM-RESP-S003", "a requestId", "none")
    checked(is_uuid_urn, value.request_id, rule="R-EDM-RESP-S004", expected="a UUID URN")
    slots = SlotReader(value.slots, known=_SLOTS, closed_by="R-EDM-RESP-S016")
    line = line_of(
        slots.required(
            "SpecificationIdentifier",
            StringValue,
            missing="R-EDM-RESP-S009",
            mistyped="R-EDM-RESP-S017",
        ),
        rule="R-EDM-RESP-C002",
    )
    available = slots.optional(
        "ResponseAvailableDateTime", DateTimeValue, mistyped="R-EDM-RESP-S023"
    )
    return EvidenceResponse(
        request_id=value.request_id,
        response_id=_response_id(slots),
        line=line,
        issued_at=moment_of(
            slots.required(
                "IssueDateTime",
                DateTimeValue,
                missing="R-EDM-RESP-S011",
                mistyped="R-EDM-RESP-S019",
            ),
            rule="R-EDM-RESP-C004",
        ),
        provider=_provider(slots),
        requester=_requester(slots),
        packages=_packages(value, line, content_ids),
        available_at=None if available is None else moment_of(available, rule="R-EDM-RESP-C005"),
    )


def check_response(response: EvidenceResponse) -> None:
    """Refuse what no published rule asks and yet nobody could read: raises ``EdmRefused``."""
    _check_provider(response.provider)
    _check_deferred(response.packages, deferred=response.available_at is not None)
    _check_attachments(response.documents, None)


def query_response(response: EvidenceResponse) -> QueryResponse:
    """Give the RegRep value of an answer."""
    line = response.line
    slots = [
        string_slot("SpecificationIdentifier", line),
        string_slot("EvidenceResponseIdentifier", response.response_id),
        moment_slot("IssueDateTime", response.issued_at),
        collection_slot("EvidenceProvider", "Agent", response.provider, line),
        any_slot("EvidenceRequester", "Agent", response.requester.reference(), line),
    ]
    if response.available_at is not None:
        slots.append(moment_slot("ResponseAvailableDateTime", response.available_at))
    pack = packaged_objects if line.is_packaged else flat_objects
    return QueryResponse(
        status=ResponseStatus.UNAVAILABLE if response.available_at else ResponseStatus.SUCCESS,
        request_id=response.request_id,
        slots=tuple(slots),
        objects=pack(response.packages, line),
    )


def _response_id(slots: SlotReader) -> str:
    value = slots.required(
        "EvidenceResponseIdentifier",
        StringValue,
        missing="R-EDM-RESP-S010",
        mistyped="R-EDM-RESP-S018",
    )
    return checked(is_loose_uuid, value.value, rule="R-EDM-RESP-C003", expected="a UUID")


def _provider(slots: SlotReader) -> tuple[Agent, ...]:
    value = slots.required(
        "EvidenceProvider",
        CollectionValue,
        missing="R-EDM-RESP-S012",
        mistyped="R-EDM-RESP-S020",
    )
    agents = sdg_values(value, "Agent", Agent, rule="R-EDM-RESP-S025")
    _check_provider(agents)
    return agents


def _check_provider(agents: Collection[Agent]) -> None:
    if all(one.classification is not AgentClassification.EVIDENCE_PROVIDER for one in agents):
        raise refused("R-EDM-RESP-C046", "an agent classified EP", "none")


def _requester(slots: SlotReader) -> Agent:
    value = slots.required(
        "EvidenceRequester", AnyValue, missing="R-EDM-RESP-S013", mistyped="R-EDM-RESP-S022"
    )
    return sdg_value(value, "Agent", Agent, rule="R-EDM-RESP-S027")


def _packages(
    value: QueryResponse, line: EdmLine, content_ids: Collection[str] | None
) -> tuple[EvidencePackage, ...]:
    if value.objects is None:
        raise refused("R-EDM-RESP-S007", "a RegistryObjectList", "none")
    _check_deferred(value.objects, deferred=value.status is ResponseStatus.UNAVAILABLE)
    unpack = packaged_packages if line.is_packaged else flat_packages
    packages = unpack(value.objects)
    _check_attachments([one for package in packages for one in package.documents], content_ids)
    return packages


def _check_deferred(objects: Sequence[object], *, deferred: bool) -> None:
    if deferred and objects:
        raise refused("TDD 4.5.3", "an empty list in a deferred answer", "an object in it")


def _check_attachments(
    documents: Sequence[EvidenceDocument], content_ids: Collection[str] | None
) -> None:
    identifiers = [one.object_id for one in documents]
    if len(set(identifiers)) != len(identifiers):
        raise refused("R-EDM-RESP-S037", "a new id for each object", "an id twice")
    references = [one.content_id for one in documents]
    if len(set(references)) != len(references):
        raise refused("R-EDM-RESP-C042", "an attachment of its own for each", "one twice")
    if content_ids is not None and set(references) - set(content_ids):
        raise refused(
            "R-EDM-RESP-C042",
            "documents that came with the message",
            "a reference to another document",
            wire_code="EDM:ERR:0006",
        )
