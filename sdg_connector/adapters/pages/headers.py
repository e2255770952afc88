"""Security headers of every page, set in one place."""

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def page_policy(*, forms_to: Iterable[str] = (), watches: bool = False) -> str:
    """The Content-Security-Policy of a page whose forms may lead to ``forms_to`` besides ourselves.

    Chromium applies ``form-action`` to the redirects after a submitted form as well, so a page with
    a button that ends at a foreign node must name that node's origin. With ``watches`` the page's
    own script may ask ourselves how something stands.
    """
    targets = " ".join(("'self'", *sorted(set(forms_to))))
    asking = "connect-src 'self'; " if watches else ""
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        f"{asking}form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )


class PageHeaders:
    """ASGI middleware that adds the headers which a page has not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request and put the missing headers on its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_missing(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _add_missing(headers: MutableHeaders) -> None:
    headers.setdefault("Content-Security-Policy", page_policy())
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
