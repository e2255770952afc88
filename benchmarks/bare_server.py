"""The floor of a server: as many octets as are asked for, and nothing else."""

from collections.abc import Awaitable, Callable
from typing import Any


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Read the request to its end, and answer with the number of octets that its path says."""
    while (await receive()).get("more_body"):
        pass
    body = b"x" * int(scope["path"].strip("/") or 0)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
