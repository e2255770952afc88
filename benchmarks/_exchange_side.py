"""A side of the benchmark's exchanges, in a process of its own; takes its settings as JSON.

The requester also plays its people: each asks, waits until the provider has an address for the
preview, goes there, decides, takes the evidence and attaches it. Without previews the evidence
comes at once, as SDGR article 14(5) allows.
"""

import asyncio
import hashlib
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sdg_connector.adapters.exchanges import EmbeddedAccess, ExchangeRuntime, RuntimeOptions
from sdg_connector.adapters.peer_connections import PeerConnections
from sdg_connector.adapters.serving import http_reader
from sdg_connector.adapters.system import new_uuid, take_longer_turns, utc_now
from sdg_connector.as4 import (
    OOTS_PARTY_TYPE,
    AccessPoint,
    Agreements,
    Keys,
    PartyId,
    SecurityProfile,
)
from sdg_connector.connector import OwnOrganisation, Peers
from sdg_connector.connector.holding import HeldEvidence
from sdg_connector.connector.matching import Known, KnownPerson, Subject
from sdg_connector.connector.providing import Provider
from sdg_connector.connector.replies import ReplyWriter
from sdg_connector.evidence import EvidenceRequest
from sdg_connector.journey import State
from sdg_connector.ports import Corner
from sdg_connector.sandbox.catalogue import CountryCatalogue, requirements
from sdg_connector.vocabulary import (
    EIDAS_SCHEME,
    DataServiceEvidenceType,
    EvidenceType,
    Identifier,
    LevelOfAssurance,
    NaturalPerson,
    Requirement,
    Text,
)
from xmltrust import DecryptionKey, SigningKey

DOCUMENT = b"%PDF-1.7 " + b"".join(
    hashlib.sha256(b"%d" % n).hexdigest().encode() for n in range(470)
)
"""Thirty kilobytes that do not compress to nothing."""
_PREVIEWS = "https://es.sandbox.example/preview"
_PERSON = NaturalPerson(
    level_of_assurance=LevelOfAssurance.HIGH,
    identifier=Identifier("ES/LV/11223344B", EIDAS_SCHEME),
    family_name="García Núñez",
    given_name="Ana María",
    date_of_birth=date(1999, 4, 12),
)
_UNREGISTERED = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:"


class Directory:
    """The directories, asked in memory: they are no part of an exchange."""

    async def requirements(
        self, *, procedure: str | None = None, country: str | None = None
    ) -> tuple[Requirement, ...]:
        """What has to be proved."""
        return tuple(requirements(procedure, country))

    async def evidence_types(self, *, requirement: str, country: str) -> tuple[Requirement, ...]:
        """What proves it."""
        return (CountryCatalogue(country).requirement_with_types(),)

    async def data_services(
        self, *, classification: str, country: str, **answers: Any
    ) -> tuple[DataServiceEvidenceType, ...]:
        """Who has it."""
        return (CountryCatalogue(country).data_service(),)


class Register:
    """One diploma, everybody's."""

    def may_ask(self, request: EvidenceRequest) -> bool:
        """Everybody may."""
        return True

    def known(self, subject: Subject) -> Iterable[Known]:
        """The one person."""
        return (
            KnownPerson(
                record="1",
                family_name=_PERSON.family_name,
                given_name=_PERSON.given_name,
                date_of_birth=_PERSON.date_of_birth,
                identifiers=("11223344B",),
            ),
        )

    def evidence(self, record: str, request: EvidenceRequest) -> Sequence[HeldEvidence]:
        """The diploma."""
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
                content=DOCUMENT,
                language="ES",
            ),
        )


def _provider(*, previews: bool) -> Provider:
    return Provider(
        register=Register(),
        replies=ReplyWriter(
            identifier=Identifier("ES-1", f"{_UNREGISTERED}ES"),
            names=(Text("Register of diplomas", "EN"),),
            country="ES",
            host="es.sandbox.example",
            now=utc_now,
            new_id=new_uuid,
        ),
        preview_url=_PREVIEWS,
        previews={},
        new_ticket=lambda: secrets.token_urlsafe(24),
        needs_preview=lambda request: previews,
    )


def _keys(folder: Path, side: str) -> Keys:
    """RSA-3072 for both uses, or a second key for the agreement of profile 2.0."""
    pem = {path.name: path.read_bytes() for path in folder.glob(f"{side}*.pem")}
    second = f"{side}-agreeing" if f"{side}-agreeing.pem" in pem else side
    return Keys(
        signing=SigningKey.load(pem[f"{side}.key.pem"], pem[f"{side}.pem"]),
        decryption=DecryptionKey.load(pem[f"{second}.key.pem"], pem[f"{second}.pem"]),
    )


def _runtime(settings: dict[str, Any], client: httpx.AsyncClient) -> ExchangeRuntime:
    us = settings["us"]
    keys = {side: _keys(Path(settings["keys"]), side) for side in ("lv", "es")}
    parties = {
        name: AccessPoint(
            name=name,
            identifiers=(PartyId(value=f"AP_{name.upper()}", type=OOTS_PARTY_TYPE),),
            endpoint=f"http://{name}.example/as4",
            signing=one.signing.certificates,
            encryption=one.decryption.certificate,
        )
        for name, one in keys.items()
    }
    turn = count()
    ports = settings["peer_ports"]

    def reach(url: str) -> str:
        return f"http://127.0.0.1:{ports[next(turn) % len(ports)]}/as4"

    return ExchangeRuntime.open(
        RuntimeOptions(
            store_url=settings["store"],
            engine_url=settings["engine"],
            store_keys={"k1": b"k" * 32},
            current_key="k1",
            organisation=OwnOrganisation(
                identifier="LV-AIC",
                scheme=f"{_UNREGISTERED}LV",
                names=(Text("Academic Information Centre", "EN"),),
                country="LV",
            ),
            peers=Peers(preview_hosts={Corner("AP_ES", OOTS_PARTY_TYPE): ("es.sandbox.example",)}),
            domain="portal.lv.sandbox.example",
            worker=settings["worker"],
        ),
        access=EmbeddedAccess(
            agreements=Agreements.oots(
                us=parties.pop(us),
                peers=tuple(parties.values()),
                profile=SecurityProfile(settings["profile"]),
            ),
            keys=keys[us],
            client=client,
            reach=reach,
        ),
        directory=Directory(),
        provider=_provider(previews=settings["previews"]) if us == "es" else None,
    )


def _app(
    runtime: ExchangeRuntime, client: httpx.AsyncClient, settings: dict[str, Any]
) -> Starlette:
    connector = runtime.connector
    decides = count()

    async def one(token: str, looking: float) -> None:
        exchange = await connector.request(
            token,
            procedure="T3",
            subject=_PERSON,
            visit=new_uuid(),
            asked_at=utc_now(),
            return_location="https://portal.lv.sandbox.example/preview/return/ticket",
            preview_possible=settings["previews"],
        )
        if settings["previews"]:
            await _looked_at(exchange, looking)
        await _reached(exchange, State.RECEIVED)
        if await connector.content(exchange, 0) != DOCUMENT:
            raise AssertionError("another evidence arrived than was sent")
        await connector.settle(exchange, used=True)
        await _reached(exchange, State.HANDED_OVER)

    async def _looked_at(exchange: str, seconds: float) -> None:
        await _reached(exchange, State.PREVIEWING)
        location = await connector.leave_for_preview(exchange)
        await asyncio.sleep(seconds)
        ports = settings["peer_ports"]
        url = f"http://127.0.0.1:{ports[next(decides) % len(ports)]}/decide"
        (await client.post(url, json=location)).raise_for_status()

    async def _reached(exchange: str, state: State) -> None:
        found = await connector.until(exchange, state)
        if found.state is not state:
            raise AssertionError(f"{found.state} {found.problem} {found.rule}, not {state}")

    async def walk(request: Request) -> Response:
        asked = await request.json()
        ((token, _),) = await connector.find(procedure="T3", country="ES")
        rest = iter(range(asked["exchanges"]))

        async def person() -> None:
            for _ in rest:
                await one(token, asked["looking"])

        await asyncio.gather(*(person() for _ in range(asked["at_once"])))
        return JSONResponse(None)

    async def decide(request: Request) -> Response:
        ticket = (await request.json()).rpartition("/")[2].partition("?")[0]
        assert runtime.answering is not None
        await runtime.answering.decide(ticket, [0])
        return JSONResponse(None)

    async def spent(request: Request) -> Response:
        return JSONResponse(time.process_time())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await runtime.start()
        yield
        await runtime.stop()
        await client.aclose()

    routes = {"/as4": runtime.endpoint, "/walk": walk, "/decide": decide}
    return Starlette(
        routes=[
            *(Route(path, served, methods=["POST"]) for path, served in routes.items()),
            Route("/spent", spent),
        ],
        lifespan=lifespan,
    )


def main(settings: dict[str, Any]) -> None:
    """Serve until told to stop."""
    take_longer_turns()
    client = httpx.AsyncClient(timeout=30, trust_env=False, transport=PeerConnections())
    app = _app(_runtime(settings, client), client, settings)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=settings["port"],
        http=http_reader(),
        log_level="error",
        ws="none",
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
