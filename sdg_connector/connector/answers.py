"""What an arrived message means for the exchange that waits for it."""

from dataclasses import dataclass, field
from datetime import datetime

from sdg_connector.connector.book import EvidenceFile
from sdg_connector.connector.orders import Order, eidas_identifier
from sdg_connector.content import sha256_of, size_of
from sdg_connector.evidence import (
    EdmRefused,
    EvidenceDocument,
    EvidenceFailure,
    EvidenceResponse,
    check_preview_location,
    read_evidence_answer,
)
from sdg_connector.journey import Happened, State
from sdg_connector.ports import ArrivedMessage, Attachment
from sdg_connector.vocabulary import EdmErrorCode

_PROBLEMS = {
    EdmErrorCode.OBJECT_NOT_FOUND: "not_found",
    EdmErrorCode.TIMEOUT: "timeout",
}
_FIRST = frozenset({State.REQUESTING, State.WAITING})
"""The states in which a first request waits for its answer."""
_ACTIONS = {EvidenceResponse: "ExecuteQueryResponse", EvidenceFailure: "ExceptionResponse"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An event with what it brought along."""

    happened: Happened
    problem: str = ""
    rule: str = ""
    message_id: str = ""
    response_id: str = ""
    preview_location: str = field(default="", repr=False)
    files: tuple[EvidenceFile, ...] = ()
    available_at: datetime | None = None
    """With ``EVIDENCE_LATER``: from when the evidence can be asked for again."""


def understand(
    arrived: ArrivedMessage,
    payloads: tuple[str, ...],
    *,
    order: Order,
    request_id: str,
    state: State,
) -> Occurrence | None:
    """Give what a message means, or None when it does not answer the request that waits.

    Any octets give an occurrence: those that break a rule give ``ANSWER_BROKEN`` with the rule.
    """
    if arrived.sender != order.receiver.value:
        return None
    content_ids = frozenset(one.content_id for one in arrived.attachments)
    response_id = ""
    try:
        answer = read_evidence_answer(arrived.document, content_ids=content_ids)
        if answer.request_id not in {None, request_id}:
            return None
        response_id = answer.response_id
        _check(answer, arrived, order)
        if isinstance(answer, EvidenceFailure):
            return _failure(answer, arrived, order, state)
    except EdmRefused as refused:
        return Occurrence(
            happened=Happened.ANSWER_BROKEN,
            problem="broken",
            rule=refused.rule,
            message_id=arrived.message_id,
            response_id=response_id,
        )
    return _evidence(answer, arrived, payloads, state)


def _check(
    answer: EvidenceResponse | EvidenceFailure, arrived: ArrivedMessage, order: Order
) -> None:
    if arrived.broken_rule:
        raise EdmRefused(rule=arrived.broken_rule, expected="a right header", found="another")
    if arrived.action != _ACTIONS[type(answer)]:
        raise EdmRefused(
            rule="TDD 4.7 action", expected=_ACTIONS[type(answer)], found="another action"
        )
    if answer.line is not order.line:
        raise EdmRefused(
            rule="TDD 4.5 line", expected=order.line, found="an answer in another line"
        )
    if isinstance(answer, EvidenceResponse):
        for document in answer.documents:
            _check_subject(document, order)


def _check_subject(document: EvidenceDocument, order: Order) -> None:
    """An evidence about somebody else is worse than none (IR (EU) 2022/1463, article 16)."""
    about = document.metadata.is_about
    given = eidas_identifier(about and (about.natural_person or about.legal_person))
    if order.subject and given and order.subject != given:
        raise EdmRefused(
            rule="IR 2022/1463 article 16",
            expected="evidence about the person who asked",
            found="evidence about another person",
        )


def _failure(
    answer: EvidenceFailure, arrived: ArrivedMessage, order: Order, state: State
) -> Occurrence:
    if answer.preview is None:
        return Occurrence(
            happened=Happened.PROVIDER_REFUSED,
            problem=_PROBLEMS.get(answer.code, "refused"),
            rule=answer.code,
            message_id=arrived.message_id,
            response_id=answer.response_id,
        )
    if state not in _FIRST:
        raise EdmRefused(
            rule="TDD 4.9 preview loop", expected="the evidence", found="another preview"
        )
    location = answer.preview.location
    check_preview_location(location, allowed_hosts=order.preview_hosts, already_seen=())
    return Occurrence(
        happened=Happened.PREVIEW_REQUIRED,
        preview_location=location,
        message_id=arrived.message_id,
        response_id=answer.response_id,
    )


def _evidence(
    answer: EvidenceResponse, arrived: ArrivedMessage, payloads: tuple[str, ...], state: State
) -> Occurrence:
    if answer.available_at is not None:
        return Occurrence(
            happened=Happened.EVIDENCE_LATER,
            problem="later",
            rule="ResponseAvailableDateTime",
            message_id=arrived.message_id,
            response_id=answer.response_id,
            available_at=answer.available_at,
        )
    if not answer.packages:
        # Before any preview an empty list says that nothing was found (TDD 4.9, section 2).
        return Occurrence(
            happened=Happened.NOTHING_GIVEN,
            problem="not_found" if state in _FIRST else "declined",
            rule="TDD 4.9",
            message_id=arrived.message_id,
            response_id=answer.response_id,
        )
    stored = {
        one.content_id: (one, payload)
        for one, payload in zip(arrived.attachments, payloads, strict=True)
    }
    return Occurrence(
        happened=Happened.EVIDENCE_ARRIVED,
        message_id=arrived.message_id,
        response_id=answer.response_id,
        files=tuple(
            _file(number, document, stored) for number, document in enumerate(answer.documents)
        ),
    )


def _file(
    number: int, document: EvidenceDocument, stored: dict[str, tuple[Attachment, str]]
) -> EvidenceFile:
    attachment, payload = stored[document.content_id]
    content = attachment.content
    issued = document.metadata.issuing_date
    return EvidenceFile(
        number=number,
        title=document.title or "",
        media_type=attachment.media_type,
        size=size_of(content),
        sha256=sha256_of(content),
        issued=issued.isoformat() if issued else "",
        payload=payload,
    )
