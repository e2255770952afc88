"""The exchanges of an installation, everything as its configuration says."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx

from sdg_connector.adapters.common_services import (
    CommonServices,
    CommonServicesOptions,
    Discovery,
    Service,
)
from sdg_connector.adapters.configuration import (
    AccessPointKind,
    Configuration,
    Secret,
    certificates,
    database_url,
    decryption_key,
    sealing_keys,
    secret_of,
    signing_key,
)
from sdg_connector.adapters.configured_peers import agreements_of, own_key_of, registry_of
from sdg_connector.adapters.domibus import Domibus
from sdg_connector.adapters.domibus_transport import DomibusAccess
from sdg_connector.adapters.exchanges import EmbeddedAccess, ExchangeRuntime, RuntimeOptions
from sdg_connector.adapters.peer_connections import PeerConnections
from sdg_connector.adapters.system import utc_now
from sdg_connector.as4 import Keys
from sdg_connector.connector import Peers
from sdg_connector.connector.providing import Provider
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import Clock, Corner

_PATIENCE: Final = 30.0
"""Seconds for a peer's answer."""


@asynccontextmanager
async def exchanges_of(
    configuration: Configuration, *, provider: Provider | None = None, now: Clock = utc_now
) -> AsyncIterator[ExchangeRuntime]:
    """Run the exchanges of an installation inside an application of the agency's own.

    The application serves ``endpoint`` under ``/as4`` and asks through ``connector``; with a
    ``provider`` it also answers, and ``answering`` is what its preview space asks. Raises
    ``OwnMistake`` for keys and choices that do not do.
    """
    configuration.service.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with client_of(configuration) as client:
        runtime = ExchangeRuntime.open(
            runtime_options_of(configuration),
            access=access_of(configuration, client),
            directory=CommonServices(
                client=client, options=directory_options_of(configuration), now=now
            ),
            provider=provider,
            now=now,
        )
        await runtime.start()
        try:
            yield runtime
        finally:
            await runtime.stop()


def access_of(
    configuration: Configuration, client: httpx.AsyncClient
) -> EmbeddedAccess | DomibusAccess:
    """The access point that ``access_point.kind`` names; raises ``OwnMistake`` for its keys."""
    point = configuration.access_point
    if point.kind is AccessPointKind.DOMIBUS:
        return DomibusAccess(
            domibus=Domibus(
                url=point.url,
                client=client,
                credentials=(point.user, _text(point.password)) if point.user else None,
            ),
            us=Corner(point.party, point.party_type),
            push_user=point.push_user,
            push_password=_text(point.push_password),
        )
    own = own_key_of(configuration)
    return EmbeddedAccess(
        agreements=agreements_of(configuration),
        keys=Keys(
            signing=signing_key(own),
            decryption=decryption_key(configuration.access_point.decryption or own),
        ),
        client=client,
    )


def runtime_options_of(configuration: Configuration) -> RuntimeOptions:
    """Store, engine, organisation and limits."""
    store = configuration.store
    return RuntimeOptions(
        store_url=database_url(store.url, configuration),
        engine_url=database_url(store.engine_url, configuration),
        store_keys=sealing_keys(store),
        current_key=store.current_key,
        organisation=configuration.organisation,
        peers=Peers(
            preview_hosts={
                Corner(peer.party, peer.party_type): peer.preview_hosts
                for peer in configuration.access_point.peers
            }
        ),
        domain=httpx.URL(configuration.service.public_url).host,
        timeouts=configuration.timeouts,
        registry=registry_of(configuration),
        journal_keeps=store.journal_keeps,
        worker=store.worker,
    )


def directory_options_of(configuration: Configuration) -> CommonServicesOptions:
    """Where the Common Services are, and whom to believe about their answers."""
    directory = configuration.directory
    addresses = {
        Service.EVIDENCE_BROKER: directory.evidence_broker,
        Service.DATA_SERVICE_DIRECTORY: directory.data_service_directory,
    }
    return CommonServicesOptions(
        addresses={service: url for service, url in addresses.items() if url is not None},
        roots=certificates(directory.roots) if directory.roots else (),
        discovery=_discovery(configuration),
    )


def client_of(configuration: Configuration) -> httpx.AsyncClient:
    """The HTTP client of access point, directories and metadata."""
    point = configuration.access_point
    context = ssl.create_default_context(cafile=point.authorities)
    if point.client is not None:
        pair = point.client
        password = None if pair.password is None else secret_of(pair.password)
        context.load_cert_chain(pair.certificate, pair.key, password)
    return httpx.AsyncClient(timeout=_PATIENCE, trust_env=False, transport=PeerConnections(context))


def _discovery(configuration: Configuration) -> Discovery | None:
    directory = configuration.directory
    if directory.environment is None:
        return None
    try:
        from sdg_connector.adapters.discovery import DnsDiscovery  # noqa: PLC0415  an extra
    except ModuleNotFoundError as missing:
        raise OwnMistake(
            f"directory.environment needs the extra discovery ({missing.name})"
        ) from missing
    return DnsDiscovery(
        country=configuration.organisation.country,
        environment=directory.environment,
        require_dnssec=directory.dnssec,
    )


def _text(secret: Secret | None) -> str:
    found = "" if secret is None else secret_of(secret)
    return found.decode() if isinstance(found, bytes) else found
