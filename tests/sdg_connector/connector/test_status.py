"""How far an exchange has come, asked at any moment."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import pytest

from sdg_connector.connector import Connector, Gone, Peers, Timeouts
from sdg_connector.connector.book import Record
from sdg_connector.journey import State

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
PREVIEWING = Record(
    exchange="e1",
    state=State.PREVIEWING,
    stimulus=1,
    conversation="c1",
    exchange_id="e1",
    times=0,
    request_id="r1",
    order="order",
    preview="preview",
    deadline=NOW,
    problem="",
    rule="",
    created=NOW,
    updated=NOW,
    purge_at=NOW,
    procedure="T3",
    provider="ES-1",
    evidence_type="t",
    country="ES",
    requester="LV",
    subject="k1:00",
)
EXPIRED = replace(PREVIEWING, state=State.EXPIRED, problem="timeout")


def connector(*records: Record) -> Connector:
    """Over a book that says these things one after another, when all documents are erased."""
    book: Any = Mock()
    book.read.side_effect = records
    book.files.return_value = ()
    payloads: Any = Mock()
    payloads.several.side_effect = Gone("erased")
    unused: Any = Mock()
    return Connector(
        organisation=unused,
        peers=Peers(preview_hosts={}),
        directory=unused,
        book=book,
        payloads=payloads,
        workflows=unused,
        timeouts=Timeouts(),
        now=lambda: NOW,
        new_id=lambda: "id",
        pseudonyms=unused,
    )


def test_an_exchange_that_ends_while_it_is_looked_at_is_seen_at_its_end() -> None:
    seen = asyncio.run(connector(PREVIEWING, EXPIRED).status("e1"))
    assert (seen.state, seen.problem, seen.preview_location) == (State.EXPIRED, "timeout", "")


def test_a_preview_whose_documents_are_gone_is_said_to_be_gone() -> None:
    with pytest.raises(Gone):
        asyncio.run(connector(PREVIEWING, PREVIEWING).status("e1"))
