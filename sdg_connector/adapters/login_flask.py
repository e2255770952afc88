"""eIDAS login for Flask: a blueprint to register."""

import logging
from collections.abc import Callable

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

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


def login_blueprint(
    ceremony: LoginCeremony,
    *,
    on_login: Callable[[Identity], AnyResponse],
    language: Callable[[], str | None] = lambda: None,
) -> Blueprint:
    """Give ``/metadata``, ``/start`` (POST), ``/acs`` (POST) and ``/finish``.

    The start form posts ``country`` and ``csrf_token``. ``language`` gives the code of the language
    in which your pages speak to this person; without it the browser's is taken.
    """
    pages = Blueprint("eidas_login", __name__)

    def words() -> Messages:
        return reader_words(language(), request.headers.get("Accept-Language"))

    @pages.get("/metadata")
    def metadata() -> AnyResponse:
        data = service_provider_metadata(
            ceremony.provider, now=ceremony.now(), new_id=ceremony.new_id
        )
        return Response(data, mimetype="application/samlmetadata+xml")

    @pages.post("/start")
    def start() -> AnyResponse:
        country = request.form.get("country", "")
        try:
            form = ceremony.start(
                session=request.cookies.get(COOKIE, ""),
                csrf_token=request.form.get("csrf_token", ""),
                country=country,
            )
        except EidasError as problem:
            return _refusal(problem, words())
        if isinstance(form, LoginForm):
            page = form_page(form, country=country, words=words())
            return Response(page, headers=form_headers(form, words()))
        return redirect(form.url, code=303)

    @pages.post("/acs")
    def consume() -> AnyResponse:
        ticket = ceremony.put_aside(
            saml_response=request.form.get("SAMLResponse", ""),
            relay_state=request.form.get("RelayState", ""),
        )
        return redirect(f"finish?ticket={ticket}", code=303)

    @pages.get("/finish")
    def finish() -> AnyResponse:
        try:
            identity = ceremony.finish(
                session=request.cookies.get(COOKIE, ""), ticket=request.args.get("ticket", "")
            )
        except EidasError as problem:
            return _refusal(problem, words())
        return on_login(identity)

    return pages


def session_of(ceremony: LoginCeremony) -> str:
    """Give the browser's session value, or a new one on its first visit.

    Make the start form's ``csrf_token`` with ``ceremony.csrf_token`` from it, and hand it to
    ``remember_browser`` with the page.
    """
    return request.cookies.get(COOKIE) or ceremony.new_id()


def remember_browser(response: AnyResponse, session: str) -> None:
    """Give a browser its session value, on the page that holds the start form."""
    response.set_cookie(COOKIE, session, secure=True, httponly=True, samesite="Lax", path="/")


def _refusal(problem: EidasError, words: Messages) -> AnyResponse:
    _LOG.warning("login refused: %s", problem.rule)
    return Response(problem_page(problem, words=words), status=403, headers=headers(words))
