"""A requester in a process of its own, to be killed: its connector behind a JSON interface."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
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
from sdg_connector.adapters.system import utc_now
from sdg_connector.as4 import Retry
from sdg_connector.sandbox import SandboxOptions
from tests.support.disk import disk
from tests.support.exchange_side import RETURN, open_runtime, person, runtime_options


def main(settings: dict[str, Any]) -> None:
    """Serve until killed."""
    country = SandboxOptions(
        data_dir=Path(settings["country_data"]),
        exchange_dir=Path(settings["exchange_dir"]),
        port=settings["country_port"],
        portal_url=f"http://127.0.0.1:{settings['port']}",
    )
    client = httpx.AsyncClient(timeout=10, transport=PeerConnections())
    options = runtime_options(Path(settings["folder"]), urls=settings.get("urls"))
    options = replace(
        options,
        worker=settings.get("worker", options.worker),
        housekeeping=timedelta(seconds=settings.get("housekeeping", 30)),
    )
    runtime = open_runtime(
        options,
        country,
        client,
        retry=Retry(minutes=10, attempts=1200),
        provider_url=settings.get("provider_url", ""),
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
    connector = runtime.connector

    async def find(request: Request) -> Response:
        ((token, _),) = await connector.find(procedure="T3", country="ES")
        return JSONResponse(token)

    async def ask(request: Request) -> Response:
        asked = await request.json()
        exchange = await connector.request(
            asked["token"],
            procedure="T3",
            subject=person(asked.get("opaque", "11223344B")),
            visit=asked["visit"],
            asked_at=utc_now(),
            return_location=RETURN,
        )
        return JSONResponse(exchange)

    async def status(request: Request) -> Response:
        found = await connector.status(request.path_params["exchange"])
        return JSONResponse(
            {
                "state": found.state,
                "rule": found.rule,
                "digests": [file.sha256 for file in found.files],
            }
        )

    async def leave(request: Request) -> Response:
        return JSONResponse(await connector.leave_for_preview(request.path_params["exchange"]))

    async def settle(request: Request) -> Response:
        await connector.settle(request.path_params["exchange"], used=True)
        return JSONResponse(None)

    async def content(request: Request) -> Response:
        number = int(request.path_params["number"])
        return Response(await connector.content(request.path_params["exchange"], number))

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
            Route("/find", find, methods=["POST"]),
            Route("/ask", ask, methods=["POST"]),
            Route("/{exchange}/status", status),
            Route("/{exchange}/leave", leave, methods=["POST"]),
            Route("/{exchange}/settle", settle, methods=["POST"]),
            Route("/{exchange}/content/{number}", content),
        ],
        lifespan=lifespan,
    )
