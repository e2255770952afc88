"""Requests to the pages, watched from outside: page, method and status, never an address."""

from collections.abc import MutableMapping
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from sdg_connector.ports import Observer

_METHODS: Final = frozenset({"GET", "HEAD", "POST"})


class WatchedRequests:
    """An ASGI app around another one."""

    def __init__(self, app: ASGIApp, observer: Observer) -> None:
        """Watch ``app``."""
        self._app = app
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; its page is known by the code that answers it, once it has."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = ""

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        method = scope["method"] if scope["method"] in _METHODS else "other"
        with self._observer.during("http.request", method=method) as seen:
            await self._app(scope, receive, watched)
            seen.outcome = status or "none"
            seen.tell(page=_page(scope))


def _page(scope: Scope) -> str:
    """The name of what answered; the router leaves it in the scope."""
    answered = scope.get("endpoint")
    return "none" if answered is None else getattr(answered, "__name__", type(answered).__name__)
