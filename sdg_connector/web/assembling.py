"""Put a portal together: pages, access point and durable exchanges in one process."""

import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from starlette.routing import Route
from starlette.types import ASGIApp

from eidas import MemoryReplayGuard, ServiceProvider, service_provider_metadata
from procedures.feedback import FeedbackFile
from sdg_connector.adapters.addresses import Addresses
from sdg_connector.adapters.application_box import ApplicationFolder
from sdg_connector.adapters.common_services import CommonServices, CommonServicesOptions
from sdg_connector.adapters.domibus_transport import DomibusAccess
from sdg_connector.adapters.exchanges import EmbeddedAccess, ExchangeRuntime, RuntimeOptions
from sdg_connector.adapters.store import Sealer, Sessions
from sdg_connector.ports import Observer, Unobserved
from sdg_connector.web.chosen_service import ChosenService
from sdg_connector.web.connected_desk import ConnectedDesk
from sdg_connector.web.described_service import DescribedService, local_engine
from sdg_connector.web.nodes import FetchedNodes, TrustedNode
from sdg_connector.web.portal import Behind, portal

APPLICATIONS: Final = "applications"
"""Folder of the applications that people sent, beneath the data folder."""
_METADATA_LASTS: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a portal is made of, be it from a demonstration's folder or from a configuration."""

    data_dir: Path
    """Applications and feedback, and the databases that are files."""
    public_url: str
    service_provider: ServiceProvider
    nodes: Mapping[str, TrustedNode]
    access: Callable[[httpx.AsyncClient], EmbeddedAccess | DomibusAccess]
    """The access point, with the portal's client."""
    runtime: RuntimeOptions
    directory: CommonServicesOptions
    evidence_countries: tuple[str, ...]
    description: str
    """Name in the shipped catalogue, or path of a YAML file."""
    client: Callable[[], httpx.AsyncClient]
    """Makes the client of access point, directories and metadata."""
    packages: Path | None = None
    """Folder of installed Argos packages, beside the one for the demonstration."""
    addresses: Addresses = field(default_factory=Addresses)
    observer: Observer = field(default_factory=Unobserved)
    endpoint_apart: bool = False
    """Whether the AS4 endpoint is served elsewhere than under ``/as4`` of the pages."""
    demo: bool = False
    """Whether each page says that this is a demonstration, on plain http."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal that can be served."""

    app: ASGIApp
    """Its lifespan starts and stops the exchanges."""
    runtime: ExchangeRuntime


def assemble(parts: Parts, *, now: Callable[[], datetime]) -> Portal:
    """The portal with everything real behind it; raises ``OwnMistake`` for what does not do."""
    parts.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    chosen = ChosenService.named(parts.description)
    client = parts.client()
    reach = parts.addresses.reach
    runtime = ExchangeRuntime.open(
        parts.runtime,
        access=parts.access(client),
        directory=CommonServices(
            client=client,
            options=parts.directory,
            now=now,
            reach=reach,
            observer=parts.observer,
        ),
        now=now,
        observer=parts.observer,
    )
    sealer = Sealer(parts.runtime.store_keys, current=parts.runtime.current_key)
    behind = Behind(
        desk=ConnectedDesk(runtime.connector),
        nodes=FetchedNodes(known=parts.nodes, client=client, reach=reach),
        service_provider=parts.service_provider,
        # Among processes and across restarts the pending login is the guard: taken once.
        replay=MemoryReplayGuard(),
        texts=DescribedService(chosen.description, engine=local_engine(parts.packages), now=now),
        inbox=ApplicationFolder(parts.data_dir / APPLICATIONS, sealer),
        feedback=FeedbackFile(parts.data_dir / "feedback.jsonl", source=chosen.page),
        sessions=Sessions.open(_sessions_url(parts), sealer),
        procedure=chosen.procedure,
        evidence_countries=parts.evidence_countries,
        public_url=parts.public_url,
        now=now,
        new_id=_saml_id,
        metadata=_Metadata(parts.service_provider, now),
        addresses=parts.addresses,
        secure_cookies=not parts.demo,
        demo=parts.demo,
    )

    @asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        await runtime.start()
        try:
            yield
        finally:
            await runtime.stop()
            await client.aclose()

    mounts = [] if parts.endpoint_apart else [Route("/as4", runtime.endpoint)]
    return Portal(portal(behind, mounts=mounts, lifespan=lifespan), runtime)


def _sessions_url(parts: Parts) -> str:
    """PostgreSQL where the exchanges are; else a file of its own, whose writers hold nobody up."""
    if parts.runtime.store_url.startswith("postgresql"):
        return parts.runtime.store_url
    return f"sqlite:///{parts.data_dir / 'sessions.sqlite'}"


class _Metadata:
    """The signed SAML metadata, made anew when it is asked for."""

    def __init__(self, sp: ServiceProvider, now: Callable[[], datetime]) -> None:
        self._sp = sp
        self._now = now

    def __call__(self) -> bytes:
        return service_provider_metadata(
            self._sp, now=self._now(), new_id=_saml_id, valid_for=_METADATA_LASTS
        )


def _saml_id() -> str:
    """SAML ids are xs:ID values, which start with a letter or an underscore."""
    return f"_{uuid.uuid4()}"
