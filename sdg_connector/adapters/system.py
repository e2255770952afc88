"""The clock and the ids of this machine."""

import uuid
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def new_uuid() -> str:
    """A fresh random UUID."""
    return str(uuid.uuid4())
