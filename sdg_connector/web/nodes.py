"""The eIDAS nodes that the portal trusts: metadata fetched, verified, kept for minutes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx

from eidas import MetadataRefused, NodeMetadata
from xmltrust import Certificate, TrustedKey

_FRESH_FOR: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedNode:
    """One node: where its metadata is, and whose signature on it is believed."""

    entity_id: str
    """HTTPS URL of the metadata."""
    certificate: Path
    """Certificate that was exchanged beforehand."""


@dataclass(slots=True, kw_only=True)
class FetchedNodes:
    """Nodes by country, over HTTP."""

    known: Mapping[str, TrustedNode]
    client: httpx.AsyncClient
    reach: Callable[[str], str]
    """Turns a published address into the one to connect to."""
    fetched: dict[str, tuple[datetime, NodeMetadata]] = field(default_factory=dict)

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries whose citizens can log in."""
        return tuple(self.known)

    async def node(self, country: str, *, now: datetime) -> NodeMetadata:
        """The verified metadata of a country's node.

        Raises `MetadataRefused` when it cannot be had or not be trusted, `httpx.HTTPError` when
        nobody answers.
        """
        found = self.fetched.get(country)
        if found is None or now - found[0] > _FRESH_FOR:
            found = (now, await self._fetch(self.known[country], now))
            self.fetched[country] = found
        return found[1]

    async def _fetch(self, node: TrustedNode, now: datetime) -> NodeMetadata:
        answer = await self.client.get(self.reach(node.entity_id))
        answer.raise_for_status()
        try:
            certificate = Certificate.load(node.certificate.read_bytes())
        except OSError as missing:
            raise MetadataRefused(
                "metadata.trust-anchor",
                expected="the exchanged certificate of the node",
                found="none",
            ) from missing
        trusted = TrustedKey.from_certificate(certificate, source=node.entity_id)
        return NodeMetadata.read(
            answer.content, trusted=(trusted,), now=now, expected_entity_id=node.entity_id
        )
