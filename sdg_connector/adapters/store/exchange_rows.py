"""An exchange as a row of its table, and back."""

from collections.abc import Mapping
from typing import Any

from sdg_connector.connector.book import NewExchange, Record
from sdg_connector.journey import State


def row_of(new: NewExchange, *, order: str) -> Mapping[str, Any]:
    """What is written down of a new exchange, whose order lies there already."""
    return {
        "exchange": new.exchange,
        "asked_key": new.asked_key,
        "conversation": new.conversation,
        "exchange_id": new.exchange,
        "times": 0,
        "request_id": new.request_id,
        "state": State.FINDING.value,
        "open": True,
        "stimulus": -1,
        "order_payload": order,
        "preview_payload": "",
        "problem": "",
        "rule": "",
        "created": new.at,
        "updated": new.at,
        "purge_at": new.purge_at,
        "procedure": new.procedure,
        "requester": new.requester,
        "provider": new.provider,
        "evidence_type": new.evidence_type,
        "country": new.country,
        "subject": new.subject,
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
