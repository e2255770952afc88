"""The demonstration's portal: everything from one folder, keys made at the first start."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import httpx
import uvicorn
from starlette.types import ASGIApp

from sdg_connector.adapters.common_services import CommonServicesOptions, Service
from sdg_connector.adapters.configuration import certificates
from sdg_connector.adapters.exchanges import EmbeddedAccess, RuntimeOptions
from sdg_connector.adapters.key_files import secret_file
from sdg_connector.adapters.operations import write_logs
from sdg_connector.adapters.peer_connections import PeerConnections
from sdg_connector.adapters.serving import http_reader
from sdg_connector.adapters.system import utc_now
from sdg_connector.connector import OwnOrganisation, Peers
from sdg_connector.errors import OwnMistake
from sdg_connector.vocabulary import Text
from sdg_connector.web.access_point import PortalAccessPoint
from sdg_connector.web.assembling import Parts, assemble
from sdg_connector.web.identity import service_provider
from sdg_connector.web.nodes import TrustedNode
from sdg_connector.web.options import PortalOptions

_LATVIAN_PARTIES: Final = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"


def serve_portal(options: PortalOptions) -> None:
    """Serve until stopped; a start after any end of the process takes its exchanges up again."""
    write_logs(as_json=False, level="info")
    uvicorn.run(
        portal_of(options),
        host=options.host,
        port=options.port,
        http=http_reader(),
        # A line for each request would tell one-time tickets.
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def portal_of(options: PortalOptions, *, now: Callable[[], datetime] = utc_now) -> ASGIApp:
    """The portal with everything real behind it; raises `OwnMistake` for a wrong configuration."""
    access_point = PortalAccessPoint.open(options, now=now)
    parts = Parts(
        data_dir=options.data_dir,
        public_url=options.public_url,
        service_provider=service_provider(options, now=now),
        nodes={
            peer.country: TrustedNode(
                entity_id=f"{peer.public_url}/eidas/metadata",
                certificate=options.exchange_dir / f"{peer.country.lower()}-node.pem",
            )
            for peer in options.peers
        },
        access=lambda client: EmbeddedAccess(
            agreements=access_point.agreements,
            keys=access_point.keys,
            client=client,
            reach=options.addresses.reach,
        ),
        runtime=RuntimeOptions(
            store_url=options.store_url,
            engine_url=options.engine_url,
            store_keys={"first": secret_file(options.data_dir, "payloads")},
            current_key="first",
            organisation=OwnOrganisation(
                identifier="LV-AIC",
                scheme=_LATVIAN_PARTIES,
                names=(
                    Text("Academic Information Centre", "EN"),
                    Text("Akadēmiskās informācijas centrs", "LV"),
                ),
                country="LV",
            ),
            peers=Peers(preview_hosts=access_point.preview_hosts),
            domain=httpx.URL(options.public_url).host,
        ),
        directory=_directory(options),
        evidence_countries=tuple(peer.country for peer in options.peers),
        description=options.description,
        client=lambda: httpx.AsyncClient(timeout=10, trust_env=False, transport=PeerConnections()),
        packages=options.packages,
        addresses=options.addresses,
        demo=options.demo,
    )
    return assemble(parts, now=now).app


def _directory(options: PortalOptions) -> CommonServicesOptions:
    if not options.peers:
        raise OwnMistake("a portal needs at least one Member State to ask for evidence")
    state = options.peers[0]
    roots = options.exchange_dir / f"{state.country.lower()}-directory-root.pem"
    return CommonServicesOptions(
        addresses={
            Service.EVIDENCE_BROKER: f"{state.public_url}/eb",
            Service.DATA_SERVICE_DIRECTORY: f"{state.public_url}/dsd",
        },
        roots=certificates(roots),
    )
