"""The review pages as an ASGI application for one reviewer on this machine."""

import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sdg_connector.web.review.desk import ReviewDesk, ReviewedSegment
from translations.catalogue import catalogue

_HERE: Final = Path(__file__).parent
_LOCAL: Final = frozenset(("localhost", "127.0.0.1", "[::1]"))
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
_MAX_FIELD: Final = 20_000
"""Characters of one translation."""


class _Pages:
    def __init__(self, desk: ReviewDesk, language: str) -> None:
        self._desk, self._words = desk, catalogue(language)
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"), autoescape=True,
            undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def _page(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        shown = self._templates.get_template(name).render(
            words=self._words, t=self._words.text, count=self._words.count,
            source=self._desk.source, target=self._desk.target, **values,
        )  # fmt: skip
        return HTMLResponse(shown, status, headers=_HEADERS)

    async def queue(self, request: Request) -> Response:
        """All texts that wait."""
        waiting = await run_in_threadpool(self._desk.queue)
        return self._page("queue.html", texts=waiting, base=_base(request))

    async def text(self, request: Request) -> Response:
        """One text, or what the reviewer decided about it."""
        key = request.query_params.get("key", "")
        if request.method == "POST":
            return await self._decided(request, key)
        segments = await self._segments(key)
        if not segments:
            waiting = await run_in_threadpool(self._desk.queue)
            return self._page("queue.html", 404, texts=waiting, base=_base(request))
        return self._shown(request, key, segments)

    def _shown(
        self,
        request: Request,
        key: str,
        segments: tuple[ReviewedSegment, ...],
        empty: int | None = None,
    ) -> Response:
        status = 200 if empty is None else 422
        return self._page(
            "text.html", status, key=key, segments=segments, base=_base(request), empty=empty
        )

    async def _segments(self, key: str) -> tuple[ReviewedSegment, ...]:
        found = await run_in_threadpool(self._desk.text, key)
        return found or ()

    async def _decided(self, request: Request, key: str) -> Response:
        async with request.form(max_fields=5_000, max_part_size=_MAX_FIELD * 4) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        chosen = _chosen(fields)
        segments = await self._segments(key)
        if len(chosen) == 1 and not next(iter(chosen.values())).strip():
            return self._shown(request, key, segments, empty=next(iter(chosen)))
        await run_in_threadpool(self._desk.approve, key, chosen)
        after = max(chosen, default=-1) + 1
        segments = await self._segments(key)
        left = [one.place for one in segments if one.approved is None and one.place >= after]
        where = f"#s{left[0]}" if left else ""
        place = f"{_base(request)}text?key={quote(key)}{where}" if left else _base(request)
        return RedirectResponse(place, 303, headers=_HEADERS)


def _chosen(fields: Mapping[str, str]) -> dict[int, str]:
    """The translations that a form approves: one sentence, or all of the text."""
    approved = fields.get("approve", "")
    return {
        int(name[1:]): value[:_MAX_FIELD]
        for name, value in fields.items()
        if name[:1] == "t" and name[1:].isascii() and name[1:].isdigit() and len(name) < 8
        and approved in {"all", name[1:]}
    }  # fmt: skip


def _base(request: Request) -> str:
    return f"/{request.path_params['secret']}/"


def review_application(desk: ReviewDesk, *, secret: str, language: str = "en") -> Starlette:
    """The pages under ``/secret/``; nothing else answers, and only under a local host name.

    ``secret`` is a random part of the address, as the page has no login: whoever runs the command
    sees it. ``language`` is the one the page speaks.
    """
    pages = _Pages(desk, language)

    def guarded(page: Any) -> Any:
        async def answer(request: Request) -> Response:
            told = str(request.path_params["secret"]).encode()
            host = request.headers.get("host", "").rsplit(":", 1)[0]
            if host not in _LOCAL or not hmac.compare_digest(told, secret.encode()):
                return Response(status_code=404, headers=_HEADERS)
            response: Response = await page(request)
            return response

        return answer

    return Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=_HERE / "static")),
            Route("/{secret}/", guarded(pages.queue)),
            Route("/{secret}/text", guarded(pages.text), methods=["GET", "POST"]),
        ]
    )
