"""The address that eTranslation calls back, as an ASGI application of its own."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from translations.engines.etranslation.delivery import MAX_BYTES, accept_delivery
from translations.engines.etranslation.letterbox import Letterbox
from translations.errors import DeliveryRefused, StoreUnavailable

_Message = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceiver:
    """Mount it at the path of the callback address, in Starlette, FastAPI or Django's ASGI.

    The service sends no credentials with a callback, so the address ends in a secret. It answers
    200 for what was asked for, however often it comes, 404 for a wrong secret or what nobody asked
    for, and 503 when the database is away, upon which the service tries again.
    """

    letterbox: Letterbox
    secret: str = field(repr=False)
    """At least 32 characters; the last part of the callback address."""
    clock: Callable[[], datetime]

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """Take one callback."""
        if scope["type"] != "http":
            return
        status = await self._status(scope, receive)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def _status(self, scope: _Message, receive: Callable[[], Awaitable[_Message]]) -> int:
        told = str(scope["path"]).rstrip("/").rsplit("/", 1)[-1]
        if not hmac.compare_digest(told.encode(), self.secret.encode()):
            return 404
        if scope["method"] not in {"GET", "POST"}:
            return 405
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return 400
            body += message.get("body", b"")
            if len(body) > MAX_BYTES:
                return 413
            if not message.get("more_body"):
                break
        headers = {name.lower(): value for name, value in scope["headers"]}
        try:
            await asyncio.to_thread(
                accept_delivery, bytes(body),
                content_type=headers.get(b"content-type", b"").decode("latin-1"),
                query=bytes(scope.get("query_string", b"")).decode("latin-1"),
                letterbox=self.letterbox, now=self.clock(),
            )  # fmt: skip
        except DeliveryRefused:
            return 404
        except StoreUnavailable:
            return 503
        return 200
