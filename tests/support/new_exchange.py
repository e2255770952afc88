"""An exchange at the moment of its request, for tests of what is written down about one."""

from datetime import UTC, datetime, timedelta

from sdg_connector.connector.book import NewExchange

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NEW = NewExchange(
    exchange="one",
    asked_key="key",
    conversation="conversation",
    request_id="urn:uuid:1",
    order=b"{}",
    at=NOW,
    purge_at=NOW + timedelta(days=1),
    procedure="T3",
    requester="LV",
    provider="ES",
    evidence_type="diploma",
    country="ES",
    subject="k1:00",
)
