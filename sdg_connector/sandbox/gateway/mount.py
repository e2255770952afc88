"""Where the Gateway's services stand in the sandbox."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from procedures.collect import Call
from sdg_connector.sandbox.gateway.collect import CollectService
from sdg_connector.sandbox.gateway.links import LinksService
from sdg_connector.sandbox.switches import GatewayAnswer, SandboxSwitches

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
COLLECT_PATH: Final = "/gateway/collect/v1"
"""The base address of the collect API, under the sandbox's own."""
LINKS_PATH: Final = "/gateway/links/dtx"
"""Where the import of the links repository stands, by REST and by SOAP."""


def gateway_routes(
    *, now: Callable[[], datetime], new_id: Callable[[], str], switches: SandboxSwitches
) -> tuple[Route, ...]:
    """The routes of a fresh Gateway that has received nothing yet."""
    collect = CollectService(now=now, new_id=new_id)
    links = LinksService()

    async def received(request: Request) -> Response:
        return JSONResponse(
            [
                {
                    "at": one.at.isoformat(),
                    "call": one.call.value,
                    "correction": one.correction,
                    "body": one.body,
                }
                for one in collect.received
            ]
        )

    def unless_down(answer: Handler) -> Handler:
        async def answered(request: Request) -> Response:
            if switches.gateway is GatewayAnswer.DOWN:
                return Response(status_code=503)
            return await answer(request)

        return answered

    take, rest, soap = map(unless_down, (collect.take, links.rest, links.soap))
    return (
        Route(f"{COLLECT_PATH}/unique-id", unless_down(collect.unique_id)),
        *(Route(COLLECT_PATH + call.value, take, methods=["POST"]) for call in Call),
        Route(f"{LINKS_PATH}/import", rest, methods=["POST"]),
        Route(f"{LINKS_PATH}/soap/import", soap, methods=["POST"]),
        Route("/gateway/received.json", received),
    )
