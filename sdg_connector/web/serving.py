"""Run the portal: pages, access point and durable exchanges in one process with one folder."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import uvicorn
from cryptography import x509
from starlette.routing import Route
from starlette.types import ASGIApp

from eidas import MemoryReplayGuard, ServiceProvider, service_provider_metadata
from sdg_connector.adapters.common_services import (
    CommonServices,
    CommonServicesOptions,
    Service,
)
from sdg_connector.adapters.exchanges import ExchangeRuntime, RuntimeOptions
from sdg_connector.adapters.feedback_box import FeedbackFile
from sdg_connector.adapters.key_files import secret_file
from sdg_connector.adapters.pages import Sessions
from sdg_connector.adapters.system import utc_now
from sdg_connector.connector import OwnOrganisation, Peers
from sdg_connector.errors import OwnMistake
from sdg_connector.vocabulary import Text
from sdg_connector.web.access_point import PortalAccessPoint
from sdg_connector.web.chosen_service import ChosenService
from sdg_connector.web.connected_desk import ConnectedDesk
from sdg_connector.web.described_service import DescribedService, local_engine
from sdg_connector.web.identity import service_provider
from sdg_connector.web.nodes import FetchedNodes, TrustedNode
from sdg_connector.web.options import PortalOptions
from sdg_connector.web.portal import Behind, portal

_LATVIAN_PARTIES: Final = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"
_METADATA_LASTS: Final = timedelta(days=1)


def serve_portal(options: PortalOptions) -> None:
    """Serve until stopped; a start after any end of the process takes its exchanges up again."""
    uvicorn.run(
        portal_of(options),
        host=options.host,
        port=options.port,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )


def portal_of(options: PortalOptions, *, now: Callable[[], datetime] = utc_now) -> ASGIApp:
    """The portal with everything real behind it; raises `OwnMistake` for a wrong configuration."""
    options.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    chosen = ChosenService.named(options.description)
    client = httpx.AsyncClient(timeout=10, trust_env=False)
    sp = service_provider(options, now=now)
    runtime = _runtime(options, client, now)
    behind = Behind(
        desk=ConnectedDesk(runtime.connector),
        nodes=_nodes(options, client),
        service_provider=sp,
        replay=MemoryReplayGuard(),
        texts=DescribedService(chosen.description, engine=local_engine(options.packages), now=now),
        feedback=FeedbackFile(options.data_dir / "feedback.jsonl", source=chosen.page),
        sessions=Sessions(
            options.data_dir / "sessions.sqlite", key=secret_file(options.data_dir, "sessions")
        ),
        procedure=chosen.procedure,
        evidence_countries=tuple(peer.country for peer in options.peers),
        public_url=options.public_url,
        now=now,
        new_id=_saml_id,
        metadata=_Metadata(sp, now),
        addresses=options.addresses,
        secure_cookies=not options.demo,
        demo=options.demo,
    )

    @asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        await runtime.start()
        try:
            yield
        finally:
            await runtime.stop()
            await client.aclose()

    return portal(behind, mounts=[Route("/as4", runtime.endpoint)], lifespan=lifespan)


def _runtime(
    options: PortalOptions, client: httpx.AsyncClient, now: Callable[[], datetime]
) -> ExchangeRuntime:
    access_point = PortalAccessPoint.open(options, now=now)
    return ExchangeRuntime.open(
        RuntimeOptions(
            store_url=options.store_url,
            engine_url=options.engine_url,
            store_keys={"first": secret_file(options.data_dir, "payloads")},
            current_key="first",
            organisation=OwnOrganisation(
                identifier="LV-AIC",
                scheme=_LATVIAN_PARTIES,
                names=(Text("Academic Information Centre", "EN"),),
                country="LV",
            ),
            peers=Peers(preview_hosts=access_point.preview_hosts),
            domain=httpx.URL(options.public_url).host,
        ),
        agreements=access_point.agreements,
        keys=access_point.keys,
        directory=_directory(options, client, now),
        client=client,
        reach=options.addresses.reach,
        now=now,
    )


def _directory(
    options: PortalOptions, client: httpx.AsyncClient, now: Callable[[], datetime]
) -> CommonServices:
    if not options.peers:
        raise OwnMistake("a portal needs at least one Member State to ask for evidence")
    state = options.peers[0]
    roots = options.exchange_dir / f"{state.country.lower()}-directory-root.pem"
    return CommonServices(
        client=client,
        options=CommonServicesOptions(
            addresses={
                Service.EVIDENCE_BROKER: f"{state.public_url}/eb",
                Service.DATA_SERVICE_DIRECTORY: f"{state.public_url}/dsd",
            },
            roots=_certificates(roots),
        ),
        now=now,
        reach=options.addresses.reach,
    )


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise OwnMistake(
            f"the root certificate of the Common Services cannot be read: {path.name}"
        ) from problem


def _nodes(options: PortalOptions, client: httpx.AsyncClient) -> FetchedNodes:
    return FetchedNodes(
        known={
            peer.country: TrustedNode(
                entity_id=f"{peer.public_url}/eidas/metadata",
                certificate=options.exchange_dir / f"{peer.country.lower()}-node.pem",
            )
            for peer in options.peers
        },
        client=client,
        reach=options.addresses.reach,
    )


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
