"""The portals that the sandbox node knows: fetched when needed, trusted by an exchanged key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx

from eidas import ConnectorMetadata, MemoryReplayGuard, MetadataRefused
from eidas.node import LoginRequest, ProxyService, accept_request, peek_issuer
from sdg_connector.adapters.addresses import Addresses
from xmltrust import Certificate, TrustedKey

_FRESH_FOR: Final = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class ConnectorPeers:
    """Connectors by entity id; only those on the list are ever fetched."""

    known: dict[str, Path]
    """Entity id, which is the metadata URL, and the exchanged certificate of its metadata."""
    client: httpx.AsyncClient
    addresses: Addresses
    now: Callable[[], datetime]
    replay: MemoryReplayGuard = field(default_factory=MemoryReplayGuard)
    fetched: dict[str, tuple[datetime, ConnectorMetadata]] = field(default_factory=dict)

    async def accept(self, value: str, *, relay_state: str, proxy: ProxyService) -> LoginRequest:
        """The login that a posted request asks for; raises `EidasError`."""
        return accept_request(
            value,
            proxy=proxy,
            connector=await self.connector(peek_issuer(value)),
            now=self.now(),
            replay=self.replay,
            relay_state=relay_state,
        )

    async def connector(self, entity_id: str) -> ConnectorMetadata:
        """The verified metadata of a connector; raises `MetadataRefused`."""
        if entity_id not in self.known:
            raise MetadataRefused(
                "metadata.unknown-entity", expected="an agreed connector", found="another"
            )
        now = self.now()
        found = self.fetched.get(entity_id)
        if found is None or now - found[0] > _FRESH_FOR:
            found = (now, await self._fetch(entity_id, now))
            self.fetched[entity_id] = found
        return found[1]

    async def _fetch(self, entity_id: str, now: datetime) -> ConnectorMetadata:
        try:
            answer = await self.client.get(self.addresses.reach(entity_id))
            answer.raise_for_status()
            certificate = Certificate.load(self.known[entity_id].read_bytes())
        except (httpx.HTTPError, OSError) as unreachable:
            raise MetadataRefused(
                "metadata.fetch", expected="metadata at its address", found="no answer"
            ) from unreachable
        trusted = TrustedKey.from_certificate(certificate, source="exchanged with the portal")
        return ConnectorMetadata.read(answer.content, trusted=(trusted,), now=now)
