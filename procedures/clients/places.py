"""Addresses of services that may be sent a key."""

from urllib.parse import urlsplit

from procedures.errors import ProceduresMisuse

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def checked_base(address: str) -> None:
    """Raise `ProceduresMisuse` unless the address is https, or http on this very machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host, parts = None, urlsplit("")
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not secure or parts.query or parts.fragment or parts.username:
        raise ProceduresMisuse(
            "expected the https address of a service (http on this machine only), without a query"
        )
