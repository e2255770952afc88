"""Fetching published metadata: small, quick, cached, and never from inside our own network."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx

from eidas import MetadataRefused
from sdg_connector.adapters.public_addresses import Resolver, pinned, resolve

_LARGEST: Final = 8 * 1024 * 1024
_CLAUSE: Final = "eIDAS Interoperability Architecture 1.4, 6"


@dataclass(frozen=True, slots=True)
class _Kept:
    body: bytes
    etag: str
    until: datetime


class MetadataFetcher:
    """Gets metadata documents; what it gives is still untrusted until ``NodeMetadata.read``.

    Only addresses on ``allowed`` are fetched. Each name is resolved once and the connection goes
    to the address that was judged, so a name cannot change its mind in between.
    """

    def __init__(
        self,
        *,
        client: httpx.Client,
        allowed: Iterable[str],
        loopback_allowed: bool = False,
        keep_for: timedelta = timedelta(minutes=15),
        resolver: Resolver = resolve,
    ) -> None:
        """Fetch with ``client`` (its timeouts apply); loopback is for development only."""
        self._client = client
        self._allowed = frozenset(allowed)
        self._loopback_allowed = loopback_allowed
        self._keep_for = keep_for
        self._resolver = resolver
        self._kept: dict[str, _Kept] = {}

    def fetch(self, url: str, *, now: datetime) -> bytes:
        """Give the document at an allow-listed URL, from the cache while that is young.

        Raises ``MetadataRefused``: address not on the list, not https, inside a private network,
        an answer other than 200, too long, or none at all.
        """
        if url not in self._allowed:
            raise _refused("metadata.allow-list", "an address on the allow-list", "another")
        kept = self._kept.get(url)
        if kept is not None and kept.until > now:
            return kept.body
        fresh = self._get(url, kept, until=now + self._keep_for)
        self._kept[url] = fresh
        return fresh.body

    def _get(self, url: str, kept: _Kept | None, *, until: datetime) -> _Kept:
        target = self._judged(url)
        headers = {"Host": urlsplit(url).netloc} | ({"If-None-Match": kept.etag} if kept else {})
        extensions = {"sni_hostname": urlsplit(url).hostname or ""}
        try:
            with self._client.stream(
                "GET", target, headers=headers, extensions=extensions, follow_redirects=False
            ) as response:
                if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
                    return replace(kept, until=until)
                if response.status_code != httpx.codes.OK:
                    found = f"status {response.status_code}"
                    raise _refused("metadata.fetch", "status 200 and no redirect", found)
                body = _limited(response.iter_bytes())
                return _Kept(body, response.headers.get("ETag", ""), until)
        except httpx.HTTPError as problem:
            raise _refused("metadata.fetch", "an answer", type(problem).__name__) from problem

    def _judged(self, url: str) -> httpx.URL:
        return pinned(url, self._resolver, loopback_allowed=self._loopback_allowed)


def _limited(chunks: Iterable[bytes]) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > _LARGEST:
            raise _refused("metadata.size", f"at most {_LARGEST} bytes", "more")
    return bytes(body)


def _refused(rule: str, expected: str, found: str) -> MetadataRefused:
    return MetadataRefused(rule, expected=expected, found=found, clause=_CLAUSE)
