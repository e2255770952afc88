"""The shapes that content ids and locations must have."""

import re
from urllib.parse import quote, urlsplit

_CONTENT_ID = re.compile(r"[^\s<>:@]+@[^\s<>@]+")


def is_content_id(text: str) -> bool:
    """Whether the text may stand after ``cid:`` (RFC 2392)."""
    return _CONTENT_ID.fullmatch(text) is not None


def is_https(text: str) -> bool:
    """Whether the text is a plain https URL: a host, no user, no control characters."""
    if re.search(r"[\s\x00-\x1f\x7f\\]", text):
        return False
    try:
        parts = urlsplit(text)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and bool(parts.hostname)
        and parts.username is None
        and parts.password is None
        and port_is_readable
    )


def host_of(location: str) -> str:
    """The host of an https URL, in lower case; empty when there is none."""
    return (urlsplit(location).hostname or "").lower() if is_https(location) else ""


def preview_url_with_return(location: str, return_location: str) -> str:
    """Where the browser goes in a 1.x line: the preview location with the way back in its query.

    ``returnurl`` is percent-encoded and ``returnmethod`` is GET (TDD 4.9).
    """
    parts = urlsplit(location)
    query = parts.query + "&" if parts.query else ""
    added = f"returnurl={quote(return_location, safe='')}&returnmethod=GET"
    return parts._replace(query=query + added).geturl()
