"""Moments in SAML messages: always UTC, always written as xs:dateTime."""

import re
from datetime import UTC, datetime
from typing import Final

_SHAPE: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?(Z|[+-]00:00)?")


def parse_moment(text: str) -> datetime | None:
    """Read a SAML time (SAML Core 1.3.3), or give ``None`` when it is none or names a zone."""
    match = _SHAPE.fullmatch(text.strip())
    if match is None:
        return None
    whole, fraction, _ = match.groups()
    try:
        moment = datetime.fromisoformat(whole).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment.replace(microsecond=int((fraction or "0")[:6].ljust(6, "0")))
