"""Getting revocation lists and asking OCSP responders, never inside our own network."""

import logging
from typing import Final
from urllib.parse import urlsplit

import httpx

from eidas import MetadataRefused
from sdg_connector.adapters.public_addresses import Resolver, pinned, resolve

_LOG = logging.getLogger(__name__)
_LARGEST: Final = 8 * 1024 * 1024
_SCHEMES: Final = ("http", "https")
"""Lists and answers are signed, so authorities publish them over plain HTTP (RFC 5280, 8)."""


class RevocationFetcher:
    """``xmltrust.revocation.Fetch``: an address that gives nothing usable gives ``None``."""

    def __init__(
        self,
        *,
        client: httpx.Client,
        loopback_allowed: bool = False,
        resolver: Resolver = resolve,
    ) -> None:
        """Fetch with ``client`` (its timeouts apply); loopback is for development only."""
        self._client = client
        self._loopback_allowed = loopback_allowed
        self._resolver = resolver

    def __call__(self, url: str, request: bytes | None) -> bytes | None:
        """GET a list, or POST an OCSP request (RFC 6960, appendix A)."""
        try:
            return self._answer(url, request)
        except (httpx.HTTPError, MetadataRefused) as problem:
            _LOG.warning("no answer about revocation from %s: %s", url, type(problem).__name__)
            return None

    def _answer(self, url: str, request: bytes | None) -> bytes | None:
        target = pinned(
            url,
            self._resolver,
            loopback_allowed=self._loopback_allowed,
            schemes=_SCHEMES,
        )
        headers = {"Host": urlsplit(url).netloc}
        if request is not None:
            headers["Content-Type"] = "application/ocsp-request"
        with self._client.stream(
            "GET" if request is None else "POST",
            target,
            content=request,
            headers=headers,
            extensions={"sni_hostname": urlsplit(url).hostname or ""},
            follow_redirects=False,
        ) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LARGEST:
                    return None
            return bytes(body) if response.status_code == httpx.codes.OK else None
