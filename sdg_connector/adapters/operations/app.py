"""The operations port: liveness, readiness and metrics, for this machine's own watchers."""

import asyncio
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sdg_connector.adapters.operations.health import FINE, Health

_UNAVAILABLE = 503


def operations_app(health: Health, *, metrics: Callable[[], bytes] | None) -> ASGIApp:
    """``/health/live``, ``/health/ready`` and, where there are any, ``/metrics``.

    Serve it on loopback or behind the platform's network policy: figures are for operators.
    """

    async def live(request: Request) -> Response:
        return PlainTextResponse("alive")

    async def ready(request: Request) -> Response:
        parts = await asyncio.to_thread(health.parts)
        good = all(part == FINE for part in parts.values())
        answer = {"ready": good, "parts": dict(parts)}
        return JSONResponse(answer, status_code=200 if good else _UNAVAILABLE)

    async def figures(request: Request) -> Response:
        if metrics is None:
            return PlainTextResponse("metrics are switched off (observe.metrics)", status_code=404)
        return Response(await asyncio.to_thread(metrics), media_type="text/plain")

    return Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", figures),
        ]
    )
