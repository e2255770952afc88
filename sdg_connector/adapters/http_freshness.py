"""How long an answer of a service may be used again: what its headers allow (RFC 9111, 4.2)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_NEVER = timedelta(0)


def kept_for(headers: Mapping[str, str], *, now: datetime, unsaid: timedelta) -> timedelta:
    """Give the time for which an answer may be kept; ``unsaid`` when it says nothing.

    Directives that cannot be read count as zero, as RFC 9111 recommends.
    """
    named = {name.lower(): value for name, value in headers.items()}
    directives = _directives(named.get("cache-control", ""))
    if directives.keys() & {"no-store", "no-cache"}:
        return _NEVER
    if "max-age" in directives:
        return max(_seconds(directives["max-age"]) - _seconds(named.get("age", "0")), _NEVER)
    if "expires" in named:
        return max(_moment(named["expires"], now) - now, _NEVER)
    return unsaid


def _directives(value: str) -> dict[str, str]:
    parts = [one.strip().partition("=") for one in value.split(",") if one.strip()]
    return {name.strip().lower(): content.strip().strip('"') for name, _, content in parts}


def _seconds(text: str) -> timedelta:
    try:
        return timedelta(seconds=int(text))
    except (ValueError, OverflowError):
        return _NEVER


def _moment(text: str, now: datetime) -> datetime:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return now
