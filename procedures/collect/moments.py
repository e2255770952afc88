"""Moments as RFC 3339 writes them, section 5.6: a date, ``T``, a time, and an offset."""

import re
from datetime import UTC, datetime
from typing import Final

from procedures.errors import ProceduresMisuse

_WRITTEN: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def read_moment(text: str) -> datetime | None:
    """The moment, or none where the text is no moment."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    day, clock, fraction, offset = found.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{day}T{clock}.{micro}{offset.upper()}")
    except ValueError:
        return None


def moment_text(moment: datetime) -> str:
    """A moment in UTC: ``2026-01-31T23:59:59.00Z``.

    Two digits of a second, as the collect API's own example has them; raises `ProceduresMisuse` for
    a moment that does not know its zone.
    """
    if moment.tzinfo is None:
        raise ProceduresMisuse("a moment must know its time zone")
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 10_000:02d}Z"
