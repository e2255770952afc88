"""Moments in SAML messages: always UTC, always written as xs:dateTime."""

import re
from datetime import UTC, datetime
from typing import Final

_SHAPE: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:Z|[+-]00:00)?", re.ASCII
)


def parse_moment(text: str) -> datetime | None:
    """Read a SAML time (SAML Core 1.3.3), or give ``None`` when it is none or names a zone."""
    shown = text.strip()
    if _SHAPE.fullmatch(shown) is None:
        return None
    try:
        moment = datetime.fromisoformat(shown)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
