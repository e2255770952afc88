"""eIDAS login for Starlette and FastAPI: four routes to mount."""

import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from eidas import EidasError, Identity, LoginForm, service_provider_metadata
from sdg_connector.adapters.login_ceremony import COOKIE, LoginCeremony
from sdg_connector.adapters.login_pages import (
    form_headers,
    form_page,
    headers,
    problem_page,
    reader_words,
)
from translations import Messages

_LOG = logging.getLogger(__name__)


def login_routes(
    ceremony: LoginCeremony,
    *,
    on_login: Callable[[Request, Identity], Response],
    language: Callable[[Request], str | None] = lambda _: None,
) -> list[Route]:
    """Give routes ``/metadata``, ``/start`` (POST), ``/acs`` (POST) and ``/finish``.

    The start form posts ``country`` and ``csrf_token``;
    ``on_login`` makes the page for a person who logged in. ``language`` gives the code of the
    language in which your pages speak to this person; without it the browser's is taken.
    """

    def words(request: Request) -> Messages:
        return reader_words(language(request), request.headers.get("accept-language"))

    async def metadata(_: Request) -> Response:
        data = service_provider_metadata(
            ceremony.provider, now=ceremony.now(), new_id=ceremony.new_id
        )
        return Response(data, media_type="application/samlmetadata+xml")

    async def start(request: Request) -> Response:
        fields = await request.form()
        country = str(fields.get("country", ""))
        try:
            form = ceremony.start(
                session=request.cookies.get(COOKIE, ""),
                csrf_token=str(fields.get("csrf_token", "")),
                country=country,
            )
        except EidasError as problem:
            return _refusal(problem, words(request))
        if isinstance(form, LoginForm):
            page = form_page(form, country=country, words=words(request))
            return HTMLResponse(page, headers=form_headers(form, words(request)))
        return RedirectResponse(form.url, status_code=303)

    async def consume(request: Request) -> Response:
        fields = await request.form()
        ticket = ceremony.put_aside(
            saml_response=str(fields.get("SAMLResponse", "")),
            relay_state=str(fields.get("RelayState", "")),
        )
        return RedirectResponse(f"finish?ticket={ticket}", status_code=303)

    async def finish(request: Request) -> Response:
        try:
            identity = ceremony.finish(
                session=request.cookies.get(COOKIE, ""),
                ticket=request.query_params.get("ticket", ""),
            )
        except EidasError as problem:
            return _refusal(problem, words(request))
        return on_login(request, identity)

    return [
        Route("/metadata", metadata),
        Route("/start", start, methods=["POST"]),
        Route("/acs", consume, methods=["POST"]),
        Route("/finish", finish),
    ]


def session_of(ceremony: LoginCeremony, request: Request) -> str:
    """Give the browser's session value, or a new one on its first visit.

    Make the start form's ``csrf_token`` with ``ceremony.csrf_token`` from it, and hand it to
    ``remember_browser`` with the page.
    """
    return request.cookies.get(COOKIE) or ceremony.new_id()


def remember_browser(response: Response, session: str) -> None:
    """Give a browser its session value, on the page that holds the start form."""
    response.set_cookie(COOKIE, session, secure=True, httponly=True, samesite="lax", path="/")


def _refusal(problem: EidasError, words: Messages) -> Response:
    _LOG.warning("login refused: %s", problem.rule)
    page = problem_page(problem, words=words)
    return HTMLResponse(page, status_code=403, headers=headers(words))
