"""Fetch public pages: small, quick, from one host, and never from inside our own network."""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from procedures.audit.crawling import AGENT, Fetched
from procedures.audit.site_maps import MOST_OCTETS
from procedures.errors import GatewaySilent, ProceduresMisuse

_MOST_REDIRECTS: Final = 5
_UNREADABLE: Final = "it has no readable address"
Resolver = Callable[[str, int], Iterable[str]]


class InternalAddress(ProceduresMisuse):
    """The address lies inside a network, and nobody asked to look there."""


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses behind a name, from the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(entry[4][0]) for entry in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFetcher:
    """Opens http and https addresses; each name is resolved once and that address is spoken to.

    So a name cannot lead to a public address when it is judged and to an internal one when it is
    opened. Redirects are followed on the same host only, each judged anew.
    """

    http: httpx.Client
    internal_allowed: bool = False
    """Whether loopback and private networks may be opened, for a site that is still at home."""
    resolver: Resolver = resolve

    def get(self, address: str) -> Fetched:
        """The answer; raises `GatewaySilent` when there is none, `InternalAddress` when barred."""
        at, host = address, _parts(address).hostname
        for _ in range(_MOST_REDIRECTS):
            answer, leads_to = self._once(at)
            if leads_to is None:
                return answer
            at = _joined(at, leads_to)
            if _parts(at).hostname != host:
                raise GatewaySilent("the page leads away to another host")
        raise GatewaySilent("the page leads in circles")

    def _once(self, address: str) -> tuple[Fetched, str | None]:
        target = self._judged(address)
        parts = _parts(address)
        headers = {"Host": parts.netloc, "User-Agent": AGENT, "Accept": "text/html,*/*;q=0.5"}
        extensions = {"sni_hostname": parts.hostname or ""}
        try:
            with self.http.stream(
                "GET", target, headers=headers, extensions=extensions, follow_redirects=False
            ) as response:
                leads_to = response.headers.get("Location") if response.is_redirect else None
                body = b"" if leads_to else _limited(response)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise GatewaySilent(f"it gave no answer ({type(problem).__name__})") from None
        fetched = Fetched(
            address=address,
            status=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            robots=response.headers.get("X-Robots-Tag", ""),
            body=body,
        )
        return fetched, leads_to

    def _judged(self, address: str) -> httpx.URL:
        parts = _parts(address)
        host, port = parts.hostname or "", parts.port
        try:
            found = self.resolver(host, port or (443 if parts.scheme == "https" else 80))
            addresses = tuple(ipaddress.ip_address(one) for one in found)
        except (OSError, ValueError):
            raise GatewaySilent("its name cannot be resolved") from None
        if not addresses:
            raise GatewaySilent("its name cannot be resolved")
        if not self.internal_allowed and not all(_is_public(one) for one in addresses):
            raise InternalAddress("the address lies inside a network; allow that to look there")
        try:
            return httpx.URL(address).copy_with(host=str(addresses[0]))
        except httpx.InvalidURL:
            raise GatewaySilent(_UNREADABLE) from None


def _parts(address: str) -> SplitResult:
    """The parts of an address that can be opened; raises `GatewaySilent` for any other text."""
    try:
        parts = urlsplit(address)
        readable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise GatewaySilent(_UNREADABLE) from None
    if not readable or parts.username is not None:
        raise GatewaySilent(_UNREADABLE)
    return parts


def _joined(address: str, leads_to: str) -> str:
    try:
        return urljoin(address, leads_to)
    except ValueError:
        raise GatewaySilent("the page leads to no readable address") from None


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    # An IPv4 address may hide inside an IPv6 one (::ffff:10.0.0.1).
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast


def _limited(response: httpx.Response) -> bytes:
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > MOST_OCTETS:
            raise GatewaySilent(f"it is larger than {MOST_OCTETS} octets")
    return bytes(body)
