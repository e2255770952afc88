"""A guard for addresses that others chose: public ones only, judged once and then used."""

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterable
from urllib.parse import urlsplit

import httpx

from eidas import MetadataRefused

_CLAUSE = "eIDAS Interoperability Architecture 1.4, 6"
Resolver = Callable[[str, int], Iterable[str]]


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Give the addresses behind a name, from the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(entry[4][0]) for entry in found)


def pinned(
    url: str,
    resolver: Resolver,
    *,
    loopback_allowed: bool,
    schemes: Collection[str] = ("https",),
) -> httpx.URL:
    """Give the URL with the judged address in the place of its name, which cannot change its mind.

    Raises ``MetadataRefused`` for another scheme, a name that does not resolve, and a name with
    any address inside a network. Loopback, for development, goes with any scheme.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
        addresses = tuple(ipaddress.ip_address(one) for one in resolver(host, port))
    except (OSError, ValueError) as problem:
        raise _refused("metadata.fetch", "a name that resolves", "none") from problem
    loopback = bool(addresses) and all(one.is_loopback for one in addresses)
    if loopback and loopback_allowed:
        return httpx.URL(url).copy_with(host=str(addresses[0]))
    if parts.scheme not in schemes:
        expected = f"an address of {' or '.join(schemes)}"
        raise _refused("metadata.https", expected, parts.scheme or "none")
    if not addresses or not all(_is_public(one) for one in addresses):
        raise _refused("metadata.internal-address", "a public address", "one inside a network")
    return httpx.URL(url).copy_with(host=str(addresses[0]))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    # An IPv4 address may hide inside an IPv6 one (::ffff:10.0.0.1).
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast


def _refused(rule: str, expected: str, found: str) -> MetadataRefused:
    return MetadataRefused(rule, expected=expected, found=found, clause=_CLAUSE)
