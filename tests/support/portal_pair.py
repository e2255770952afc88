"""A portal and a sandbox country, each a real server, with the desk of the portal in memory."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from eidas import MemoryReplayGuard, service_provider_metadata
from sdg_connector.adapters.application_box import ApplicationFolder
from sdg_connector.adapters.store import Sealer, Sessions
from sdg_connector.sandbox import SandboxOptions, sandbox
from sdg_connector.web import Behind, portal
from sdg_connector.web.identity import service_provider
from sdg_connector.web.nodes import FetchedNodes, TrustedNode
from sdg_connector.web.options import PeerState, PortalOptions
from sdg_connector.web.portal import Lifespan
from tests.support.portal_memory import MemoryDesk, MemoryFeedback, MemoryTexts
from tests.support.servers import free_port, running


@dataclass(slots=True)
class Clock:
    """A clock that a test can push forward."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True, slots=True)
class Pair:
    """What a test sees of the running pair."""

    portal: str
    twin: str
    """A second process's worth of the same portal: nothing in common but the sessions' database."""
    sandbox: str
    desk: MemoryDesk
    feedback: MemoryFeedback
    inbox: ApplicationFolder
    clock: Clock

    def switch(self, **switches: str) -> None:
        """Make the sandbox misbehave."""
        httpx.post(f"{self.sandbox}/control", json=switches).raise_for_status()


def closing(client: httpx.AsyncClient) -> Lifespan:
    """A lifespan that closes the client in the loop that used it."""

    @asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        yield
        await client.aclose()

    return lifespan


@contextmanager
def running_pair(folder: Path) -> Iterator[Pair]:
    """Both servers; the portal on ``localhost``, the sandbox on ``127.0.0.1``: two sites."""
    portal_port, sandbox_port, twin_port = free_port(), free_port(), free_port()
    sessions_url = f"sqlite:///{folder / 'sessions.sqlite'}"
    exchange = folder / "exchange"
    options = PortalOptions(
        data_dir=folder / "portal",
        exchange_dir=exchange,
        port=portal_port,
        peers=(
            PeerState(
                country="ES",
                public_url="https://es.sandbox.example",
                url=f"http://127.0.0.1:{sandbox_port}",
            ),
        ),
    )
    sandbox_app = sandbox(
        SandboxOptions(
            data_dir=folder / "es",
            exchange_dir=exchange,
            port=sandbox_port,
            portal_url=options.url,
        )
    )
    client = httpx.AsyncClient()
    clock, desk, feedback = Clock(), MemoryDesk(), MemoryFeedback()
    sealer = Sealer({"k": b"k" * 32}, current="k")
    inbox = ApplicationFolder(folder / "applications", sealer)
    sp = service_provider(options, now=clock)
    options.data_dir.mkdir(parents=True, exist_ok=True)
    behind = Behind(
        desk=desk,
        nodes=FetchedNodes(
            known={
                "ES": TrustedNode(
                    entity_id="https://es.sandbox.example/eidas/metadata",
                    certificate=exchange / "es-node.pem",
                )
            },
            client=client,
            reach=options.addresses.reach,
        ),
        service_provider=sp,
        replay=MemoryReplayGuard(),
        texts=MemoryTexts(),
        inbox=inbox,
        feedback=feedback,
        sessions=Sessions.open(sessions_url, sealer),
        procedure="T3",
        evidence_countries=("ES",),
        public_url=options.public_url,
        now=clock,
        new_id=lambda: f"_{uuid.uuid4()}",
        metadata=lambda: service_provider_metadata(
            sp, now=clock(), new_id=lambda: f"_{uuid.uuid4()}", valid_for=timedelta(days=1)
        ),
        addresses=options.addresses,
        patience=timedelta(0),
        secure_cookies=False,
        demo=True,
    )
    twin = replace(behind, sessions=Sessions.open(sessions_url, sealer), replay=MemoryReplayGuard())
    with (
        running(sandbox_app, host="127.0.0.1", port=sandbox_port),
        running(portal(behind, lifespan=closing(client)), host="localhost", port=portal_port),
        running(portal(twin), host="localhost", port=twin_port),
    ):
        yield Pair(
            options.url,
            f"http://localhost:{twin_port}",
            f"http://127.0.0.1:{sandbox_port}",
            desk,
            feedback,
            inbox,
            clock,
        )
