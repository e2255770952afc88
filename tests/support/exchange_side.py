"""A requester that runs exchanges against a sandbox country, all over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import uvicorn
from cryptography import x509
from starlette.applications import Starlette
from starlette.routing import Route

from sdg_connector.adapters.common_services import (
    CommonServices,
    CommonServicesOptions,
    Service,
)
from sdg_connector.adapters.exchanges import EmbeddedAccess, ExchangeRuntime, RuntimeOptions
from sdg_connector.adapters.key_files import KeyFile, key_file, write_atomically
from sdg_connector.adapters.peer_connections import PeerConnections
from sdg_connector.adapters.serving import http_reader
from sdg_connector.adapters.system import utc_now
from sdg_connector.as4 import OOTS_PARTY_TYPE, AccessPoint, Agreements, Keys, PartyId, Retry
from sdg_connector.connector import Connector, OwnOrganisation, Peers, Timeouts
from sdg_connector.connector.matching import Subject
from sdg_connector.connector.providing import Provider
from sdg_connector.connector.submitting import RegistryPeer
from sdg_connector.ports import Corner
from sdg_connector.sandbox import SandboxOptions
from sdg_connector.vocabulary import (
    EIDAS_SCHEME,
    Identifier,
    LevelOfAssurance,
    NaturalPerson,
    Text,
)
from tests.support.walker import Walker
from xmltrust import Certificate, DecryptionKey, SigningKey

ORGANISATION = OwnOrganisation(
    identifier="LV-AIC",
    scheme="urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV",
    names=(Text("Academic Information Centre", "EN"),),
    country="LV",
)
RETURN = "https://portal.lv.sandbox.example/preview/return/ticket"


def person(opaque: str = "11223344B") -> NaturalPerson:
    """Ana, or somebody else by their national number."""
    return NaturalPerson(
        level_of_assurance=LevelOfAssurance.HIGH,
        identifier=Identifier(f"ES/LV/{opaque}", EIDAS_SCHEME),
        family_name="García Núñez",
        given_name="Ana María",
        date_of_birth=date(1999, 4, 12),
    )


def runtime_options(
    folder: Path, *, timeouts: Timeouts | None = None, urls: Sequence[str] | None = None
) -> RuntimeOptions:
    """Everything in one folder, on SQLite, unless the ``urls`` of store and engine are given."""
    folder.mkdir(parents=True, exist_ok=True)
    store, engine = urls or [f"sqlite:///{folder}/{name}.sqlite" for name in ("store", "engine")]
    return RuntimeOptions(
        store_url=store,
        engine_url=engine,
        store_keys={"k1": b"k" * 32},
        current_key="k1",
        organisation=ORGANISATION,
        peers=Peers(preview_hosts={Corner("AP_ES", OOTS_PARTY_TYPE): ("es.sandbox.example",)}),
        domain="portal.lv.sandbox.example",
        timeouts=timeouts or Timeouts(),
        registry=RegistryPeer(
            access_point=Corner("AP_ES", OOTS_PARTY_TYPE),
            recipient=Corner("COMMON-SERVICES", OOTS_PARTY_TYPE),
        ),
    )


@dataclass(frozen=True, slots=True)
class Side:
    """The running requester, seen by a test."""

    connector: Connector
    runtime: ExchangeRuntime
    sandbox: SandboxOptions

    async def switch(self, **switches: str) -> None:
        """Make the sandbox misbehave."""
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self.sandbox.url}/control", json=switches)
            answer.raise_for_status()

    async def ask(self, *, opaque: str = "11223344B", visit: str = "visit") -> str:
        """Find the diploma and ask for it."""
        ((token, _),) = await self.connector.find(procedure="T3", country="ES")
        return await self.ask_for(token, opaque=opaque, visit=visit)

    async def ask_for(
        self,
        token: str,
        *,
        opaque: str = "11223344B",
        visit: str = "visit",
        subject: Subject | None = None,
        representative: Subject | None = None,
    ) -> str:
        """Ask for what was found."""
        return await self.connector.request(
            token,
            procedure="T3",
            subject=subject or person(opaque),
            representative=representative,
            visit=visit,
            asked_at=utc_now(),
            return_location=RETURN,
        )

    async def until(self, exchange: str, state: str, *, seconds: float = 15) -> None:
        """Wait until the exchange is there."""
        limit = asyncio.get_running_loop().time() + seconds
        while (status := await self.connector.status(exchange)).state != state:
            if asyncio.get_running_loop().time() > limit or status.state.is_end:
                raise AssertionError(
                    f"{status.state!s} {status.problem} {status.rule}, not {state}"
                )
            await asyncio.sleep(0.02)

    async def preview(
        self, location: str, *, decision: str = "approve", citizen: str = "ana"
    ) -> None:
        """The person looks at the evidence and decides."""

        def walk() -> None:
            walker = Walker()
            walker.go(self.sandbox.addresses.reach(location)).submit("login", citizen=citizen)
            walker.client.follow_redirects = False
            walker.submit("decide", decision=decision)
            walker.client.close()

        await asyncio.to_thread(walk)


@asynccontextmanager
async def running_side(
    folder: Path,
    options: SandboxOptions,
    *,
    port: int,
    configure: Callable[[RuntimeOptions], RuntimeOptions] = lambda options: options,
) -> AsyncIterator[Side]:
    """Serve the requester's endpoint and run its exchanges in this loop."""
    async with httpx.AsyncClient(timeout=10, transport=PeerConnections()) as client:
        runtime = open_runtime(configure(runtime_options(folder)), options, client)
        server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=[Route("/as4", runtime.endpoint)]),
                host="127.0.0.1",
                port=port,
                log_level="error",
                http=http_reader(),
                ws="none",
            )
        )
        serving = asyncio.create_task(server.serve())
        await runtime.start()
        try:
            yield Side(runtime.connector, runtime, options)
        finally:
            await runtime.stop()
            server.should_exit = True
            await serving


def open_runtime(
    options: RuntimeOptions,
    country: SandboxOptions,
    client: httpx.AsyncClient,
    *,
    retry: Retry | None = None,
    us: str = "lv",
    provider: Provider | None = None,
    provider_url: str = "",
) -> ExchangeRuntime:
    """The runtime of a side: the requester's, or that of a provider of its own at an address.

    Without one the sandbox country is the provider.
    """
    own = own_key(country, us)
    public = Certificate.load(own.certificate_pem)
    files = {"lv": "portal-as4.pem", "es": "provider-as4.pem" if provider_url else "es-as4.pem"}
    endpoints = {
        "lv": f"{country.portal_public_url}/as4",
        "es": f"{provider_url or country.public_url}/as4",
    }
    parties = {
        name: _party(
            name,
            endpoints[name],
            public if name == us else Certificate.load((country.exchange_dir / file).read_bytes()),
        )
        for name, file in files.items()
    }
    own_point = parties.pop(us)
    registry = parties.get("es") if us == "lv" else None
    agreements = Agreements.oots(
        us=own_point, peers=tuple(parties.values()), retry=retry, registry=registry
    )
    return ExchangeRuntime.open(
        options,
        access=EmbeddedAccess(
            agreements=agreements,
            keys=Keys(
                signing=SigningKey.load(own.key_pem, own.certificate_pem),
                decryption=DecryptionKey.load(own.key_pem, own.certificate_pem),
            ),
            client=client,
            reach=country.addresses.reach,
        ),
        directory=_directory(country, client),
        provider=provider,
    )


def _directory(options: SandboxOptions, client: httpx.AsyncClient) -> CommonServices:
    root = options.exchange_dir / f"{options.country.lower()}-directory-root.pem"
    return CommonServices(
        client=client,
        options=CommonServicesOptions(
            addresses={
                Service.EVIDENCE_BROKER: f"{options.public_url}/eb",
                Service.DATA_SERVICE_DIRECTORY: f"{options.public_url}/dsd",
            },
            roots=tuple(x509.load_pem_x509_certificates(root.read_bytes())),
        ),
        now=utc_now,
        reach=options.addresses.reach,
    )


def own_key(country: SandboxOptions, us: str) -> KeyFile:
    """The key of a side, its certificate left where the other side finds it."""
    own = key_file(country.data_dir.parent / us, "as4", subject=us, now=utc_now())
    name = "portal-as4.pem" if us == "lv" else "provider-as4.pem"
    write_atomically(country.exchange_dir / name, own.certificate_pem, mode=0o644)
    return own


def _party(name: str, endpoint: str, certificate: Certificate) -> AccessPoint:
    identifier = PartyId(value=f"AP_{name.upper()}", type=OOTS_PARTY_TYPE)
    return AccessPoint(
        name=name, identifiers=(identifier,), endpoint=endpoint, signing=(certificate,)
    )
