"""An exchange as a row of its table, and back."""

from collections.abc import Mapping
from typing import Any

from sdg_connector.connector.book import Record
from sdg_connector.journey import State


def row_of(record: Record, *, asked_key: str) -> Mapping[str, Any]:
    """What is written down of a new exchange."""
    return {
        "exchange": record.exchange,
        "asked_key": asked_key,
        "conversation": record.conversation,
        "order_payload": record.order,
        "created": record.created,
        "procedure": record.procedure,
        "requester": record.requester,
        "provider": record.provider,
        "evidence_type": record.evidence_type,
        "country": record.country,
        "subject": record.subject,
        **row_after(record),
    }


def row_after(after: Record) -> Mapping[str, Any]:
    """What a move may have changed."""
    return {
        "state": after.state.value,
        "open": not after.state.is_end,
        "stimulus": after.stimulus,
        "exchange_id": after.exchange_id,
        "times": after.times,
        "request_id": after.request_id,
        "preview_payload": after.preview,
        "deadline": after.deadline,
        "problem": after.problem,
        "rule": after.rule,
        "updated": after.updated,
        "purge_at": after.purge_at,
    }


def record_of(row: Any) -> Record:
    """What a row says."""
    return Record(
        exchange=row.exchange,
        state=State(row.state),
        stimulus=row.stimulus,
        conversation=row.conversation,
        exchange_id=row.exchange_id,
        times=row.times,
        request_id=row.request_id,
        order=row.order_payload,
        preview=row.preview_payload,
        deadline=row.deadline,
        problem=row.problem,
        rule=row.rule,
        created=row.created,
        updated=row.updated,
        purge_at=row.purge_at,
        procedure=row.procedure,
        provider=row.provider,
        evidence_type=row.evidence_type,
        country=row.country,
        requester=row.requester,
        subject=row.subject,
    )
