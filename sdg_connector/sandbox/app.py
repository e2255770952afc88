"""One sandbox country as an ASGI application, with keys of its own."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from eidas import Contact, LevelOfAssurance, Organisation
from eidas.node import ProxyService, proxy_service_metadata
from sdg_connector.adapters.as4_endpoint import As4Endpoint
from sdg_connector.adapters.as4_sender import As4Sender
from sdg_connector.adapters.authority_files import vouched_key
from sdg_connector.adapters.key_files import KeyFile, key_file, write_atomically
from sdg_connector.adapters.operations import write_logs
from sdg_connector.adapters.pages import FormRefused, PageHeaders, template_environment
from sdg_connector.adapters.peer_connections import PeerConnections
from sdg_connector.adapters.serving import http_reader
from sdg_connector.as4 import OOTS_PARTY_TYPE, Agreements, Keys, PartyId
from sdg_connector.as4 import AccessPoint as As4Party
from sdg_connector.sandbox.access_point import AccessPoint
from sdg_connector.sandbox.citizens import sandbox_countries
from sdg_connector.sandbox.common_services import CommonServices
from sdg_connector.sandbox.control import Control
from sdg_connector.sandbox.data_service import DataService
from sdg_connector.sandbox.gateway import gateway_routes
from sdg_connector.sandbox.node import SandboxNode
from sdg_connector.sandbox.options import SandboxOptions
from sdg_connector.sandbox.pages import SandboxPages
from sdg_connector.sandbox.peers import ConnectorPeers
from sdg_connector.sandbox.preview import PreviewSpace
from sdg_connector.sandbox.register import register_of
from sdg_connector.sandbox.registry import Registry
from sdg_connector.sandbox.switches import ProviderAnswer, SandboxSwitches
from xmltrust import Certificate, DecryptionKey, SignatureAlgorithm, SigningKey

_METADATA_TYPE: Final = "application/samlmetadata+xml"


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def new_uuid() -> str:
    """A fresh UUID."""
    return str(uuid.uuid4())


def serve(options: SandboxOptions) -> None:
    """Run a sandbox country until it is stopped."""
    write_logs(as_json=False, level="info")
    uvicorn.run(
        sandbox(options),
        host=options.host,
        port=options.port,
        http=http_reader(),
        # A line for each request would tell one-time tickets.
        access_log=False,
        log_config=None,
        server_header=False,
    )


def sandbox(
    options: SandboxOptions,
    *,
    now: Callable[[], datetime] = utc_now,
    new_id: Callable[[], str] = new_uuid,
) -> Starlette:
    """The ASGI application of one sandbox country."""
    client = httpx.AsyncClient(timeout=10, trust_env=False, transport=PeerConnections())
    switches = SandboxSwitches()
    pages = SandboxPages(template_environment("sdg_connector.sandbox"), options.country)
    node = _node(options, pages=pages, switches=switches, client=client, now=now, new_id=new_id)
    as4_keys = _published(options, "as4", now)
    agreements = _Agreed(options, as4_keys)
    keys = Keys(
        signing=SigningKey.load(as4_keys.key_pem, as4_keys.certificate_pem),
        decryption=DecryptionKey.load(as4_keys.key_pem, as4_keys.certificate_pem),
    )
    data_service = DataService(
        country=options.country,
        register=register_of(options.country),
        switches=switches,
        preview_url=f"{options.public_url}/preview",
        previews={},
        later=options.later,
        now=now,
        new_id=new_id,
    )
    access_point = AccessPoint(
        data_service=data_service,
        registry=Registry(country="LV", switches=switches),
        sender=As4Sender(
            agreements=agreements,
            keys=keys,
            client=client,
            now=now,
            new_id=new_id,
            reach=options.addresses.reach,
        ),
        now=now,
        new_id=new_id,
    )
    space = PreviewSpace(
        country=options.country,
        pages=pages,
        addresses=options.addresses,
        return_origins=frozenset((options.portal_public_url,)),
        decided=access_point.decided,
        now=now,
        previews=data_service.previews,
    )
    endpoint = As4Endpoint(
        agreements=agreements, keys=keys, inbound=access_point, now=now, new_id=new_id
    )
    directory = CommonServices(
        countries=sandbox_countries(),
        switches=switches,
        key=_directory_key(options, now),
        now=now,
        new_id=new_id,
    )
    control = Control(
        country=options.country, pages=pages, switches=switches, register=data_service.register
    )

    async def metadata(request: Request) -> Response:
        body = proxy_service_metadata(node.proxy, now=now(), new_id=_saml_id(new_id))
        return Response(body, media_type=_METADATA_TYPE)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await access_point.stop()
        await client.aclose()

    async def form_refused(request: Request, error: Exception) -> Response:
        return pages.problem(request, status=400)

    return Starlette(
        routes=[
            Route("/", control.show),
            Route("/control", control.change, methods=["POST"]),
            Route("/control/holdings.json", control.holdings),
            Route("/healthz", _healthy),
            Route("/static/{name}", _static),
            Route("/eidas/metadata", metadata),
            Route("/eidas/sso", node.sign_on, methods=["POST"]),
            Route("/eidas/login", node.login, methods=["POST"]),
            Route("/eidas/consent", node.consent, methods=["POST"]),
            Route("/eb/rest/search", directory.evidence_broker),
            Route("/dsd/rest/search", directory.data_services),
            Route("/as4", _Switched(endpoint, switches)),
            Route("/preview/{ticket}", space.show),
            Route("/preview/{ticket}/login", space.login, methods=["POST"]),
            Route("/preview/{ticket}/document/{number:int}", space.document),
            Route("/preview/{ticket}/decide", space.decide, methods=["POST"]),
            *gateway_routes(now=now, new_id=new_id, switches=switches),
        ],
        middleware=[Middleware(PageHeaders)],
        exception_handlers={FormRefused: form_refused},
        lifespan=lifespan,
    )


def _node(
    options: SandboxOptions,
    *,
    pages: SandboxPages,
    switches: SandboxSwitches,
    client: httpx.AsyncClient,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
) -> SandboxNode:
    signing = _published(options, "node", now)
    name = f"Sandbox eIDAS node {options.country}"
    proxy = ProxyService(
        entity_id=f"{options.public_url}/eidas/metadata",
        single_sign_on_url=f"{options.public_url}/eidas/sso",
        country=options.country,
        signing_key=SigningKey.load(signing.key_pem, signing.certificate_pem),
        algorithm=SignatureAlgorithm.RSA_PSS_SHA256,
        signing_certificates=(Certificate.load(signing.certificate_pem),),
        levels=(LevelOfAssurance.LOW, LevelOfAssurance.SUBSTANTIAL, LevelOfAssurance.HIGH),
        organisation=Organisation(name=name, display_name=name, url=options.public_url),
        contacts=tuple(
            Contact(
                kind=kind, company=name, email=f"{kind}@{options.country.lower()}.sandbox.example"
            )
            for kind in ("support", "technical")
        ),
    )
    return SandboxNode(
        country=options.country,
        pages=pages,
        proxy=proxy,
        peers=ConnectorPeers(
            known={
                f"{options.portal_public_url}/saml/metadata": options.exchange_dir
                / "portal-saml.pem"
            },
            client=client,
            addresses=options.addresses,
            now=now,
        ),
        switches=switches,
        addresses=options.addresses,
        now=now,
        new_id=_saml_id(new_id),
    )


def _published(options: SandboxOptions, use: str, now: Callable[[], datetime]) -> KeyFile:
    """A key of the country, its certificate left where the peer finds it."""
    name = f"{options.country.lower()}-{use}"
    pair = key_file(
        options.data_dir,
        name,
        subject=f"{name} {options.country.lower()}.sandbox.example",
        now=now(),
    )
    write_atomically(options.exchange_dir / f"{name}.pem", pair.certificate_pem, mode=0o644)
    return pair


def _directory_key(options: SandboxOptions, now: Callable[[], datetime]) -> SigningKey:
    """The key of both directories; its root is left where the portal finds it."""
    name = f"{options.country.lower()}-directory"
    subject = f"{name} {options.country.lower()}.sandbox.example"
    vouched = vouched_key(options.data_dir, name, subject=subject, now=now())
    write_atomically(options.exchange_dir / f"{name}-root.pem", vouched.root_pem, mode=0o644)
    return SigningKey.load(vouched.key_pem, vouched.chain_pem)


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What was agreed with the portal's access point, once its certificate is there."""

    options: SandboxOptions
    own: KeyFile

    def __call__(self) -> Agreements:
        country = self.options.country
        us = As4Party(
            name=country.lower(),
            identifiers=(PartyId(value=f"AP_{country}", type=OOTS_PARTY_TYPE),),
            endpoint=f"{self.options.public_url}/as4",
            signing=(Certificate.load(self.own.certificate_pem),),
        )
        path = self.options.exchange_dir / "portal-as4.pem"
        signing = (Certificate.load(path.read_bytes()),) if path.exists() else ()
        portal = As4Party(
            name="lv",
            identifiers=(PartyId(value="AP_LV", type=OOTS_PARTY_TYPE),),
            endpoint=f"{self.options.portal_public_url}/as4",
            signing=signing,
        )
        return Agreements.oots(us=us, peers=(portal,), retry=self.options.retry, registry=us)


@dataclass(frozen=True, slots=True)
class _Switched:
    """The access point, unless a tester has switched the provider off."""

    endpoint: ASGIApp
    switches: SandboxSwitches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.switches.provider is ProviderAnswer.DOWN:
            await Response(status_code=503)(scope, receive, send)
            return
        await self.endpoint(scope, receive, send)


def _saml_id(new_id: Callable[[], str]) -> Callable[[], str]:
    """SAML ids are xs:ID values, which start with a letter or an underscore."""
    return lambda: f"_{new_id()}"


async def _healthy(request: Request) -> Response:
    return PlainTextResponse("ok")


_STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


async def _static(request: Request) -> Response:
    known = {entry.name: entry for entry in (files("sdg_connector.sandbox") / "static").iterdir()}
    entry = known.get(str(request.path_params["name"]))
    if entry is None:
        return Response(status_code=404)
    kind = _STATIC_TYPES[entry.name[entry.name.rfind(".") :]]
    return Response(
        entry.read_bytes(), media_type=kind, headers={"Cache-Control": "public, max-age=300"}
    )
