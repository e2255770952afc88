"""A provider in a process of its own, to be killed: a register behind a durable access point."""

import hashlib
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sdg_connector.adapters.exchanges import ExchangeRuntime
from sdg_connector.adapters.peer_connections import PeerConnections
from sdg_connector.adapters.serving import http_reader
from sdg_connector.adapters.system import new_uuid, utc_now
from sdg_connector.as4 import Retry
from sdg_connector.connector.holding import HeldEvidence
from sdg_connector.connector.matching import Known, KnownPerson, Subject
from sdg_connector.connector.providing import Provider
from sdg_connector.connector.replies import ReplyWriter
from sdg_connector.content import Content
from sdg_connector.evidence import EdmRefused, EvidenceRequest
from sdg_connector.sandbox import SandboxOptions
from sdg_connector.vocabulary import EvidenceType, Identifier, Text
from tests.support.disk import disk
from tests.support.exchange_side import open_runtime, person, runtime_options

PREVIEW_URL = "https://es.sandbox.example/preview"
DOCUMENT = b"%PDF-1.7 " + b"".join(
    hashlib.sha256(b"%d" % number).hexdigest().encode() for number in range(470)
)
"""Thirty kilobytes."""


@dataclass
class Diplomas:
    """One diploma of everybody's."""

    content: Content = DOCUMENT

    def may_ask(self, request: EvidenceRequest) -> bool:
        return True

    def known(self, subject: Subject) -> Iterable[Known]:
        known = person()
        assert known.identifier is not None
        return (
            KnownPerson(
                record="1",
                family_name=known.family_name,
                given_name=known.given_name,
                date_of_birth=known.date_of_birth,
                identifiers=(known.identifier.value.rpartition("/")[2],),
            ),
        )

    def evidence(self, record: str, request: EvidenceRequest) -> Sequence[HeldEvidence]:
        asked = request.evidence_type
        return (
            HeldEvidence(
                identifier="5f2c1f0e-6f0a-4a52-9d5c-7a1f3f6b2a10",
                title="Diploma",
                evidence_type=EvidenceType(
                    classification=asked.classification, titles=asked.titles
                ),
                issued=date(2021, 6, 30),
                media_type="application/pdf",
                content=self.content,
                language="ES",
            ),
        )


def diplomas(
    preview_time: timedelta = timedelta(minutes=16), content: Content = DOCUMENT
) -> Provider:
    """The register as a provider; its previews are put in by the access point."""
    replies = ReplyWriter(
        identifier=Identifier("ES-1", "urn:oasis:names:tc:ebcore:partyid-type:unregistered:ES"),
        names=(Text("Register of diplomas", "EN"),),
        country="ES",
        host="es.sandbox.example",
        now=utc_now,
        new_id=new_uuid,
    )
    return Provider(
        register=Diplomas(content),
        replies=replies,
        preview_url=PREVIEW_URL,
        previews={},
        new_ticket=lambda: secrets.token_urlsafe(24),
        preview_time=preview_time,
    )


def main(settings: dict[str, Any]) -> None:
    """Serve until killed."""
    country = SandboxOptions(
        data_dir=Path(settings["country_data"]),
        exchange_dir=Path(settings["exchange_dir"]),
        port=settings["country_port"],
        portal_url=f"http://127.0.0.1:{settings['requester_port']}",
    )
    client = httpx.AsyncClient(timeout=10, transport=PeerConnections())
    options = runtime_options(Path(settings["folder"]), urls=settings.get("urls"))
    options = replace(options, worker=settings.get("worker", "local"))
    runtime = open_runtime(
        options,
        country,
        client,
        retry=Retry(minutes=10, attempts=1200),
        us="es",
        provider_url=f"http://127.0.0.1:{settings['port']}",
        provider=diplomas(),
    )
    uvicorn.run(
        _app(runtime, client),
        host="127.0.0.1",
        port=settings["port"],
        log_level="error",
        http=http_reader(),
        ws="none",
        timeout_graceful_shutdown=2,
    )


def _app(runtime: ExchangeRuntime, client: httpx.AsyncClient) -> Starlette:
    answering = runtime.answering
    assert answering is not None

    async def decide(request: Request) -> Response:
        ticket = (await request.json()).rpartition("/")[2].partition("?")[0]
        try:
            await answering.decide(ticket, [0])
        except EdmRefused:
            return Response(status_code=409)
        return JSONResponse(None)

    async def ready(request: Request) -> Response:
        return JSONResponse(runtime.started)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await runtime.start()
        yield
        await runtime.stop()
        await client.aclose()

    return Starlette(
        routes=[
            Route("/as4", runtime.endpoint),
            Route("/ready", ready),
            Route("/disk", disk, methods=["POST"]),
            Route("/decide", decide, methods=["POST"]),
        ],
        lifespan=lifespan,
    )
