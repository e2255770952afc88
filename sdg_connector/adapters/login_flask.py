"""eIDAS login for Flask: a blueprint to register."""

import logging
from collections.abc import Callable

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from eidas import EidasError, Identity, LoginForm, service_provider_metadata
from sdg_connector.adapters.login_ceremony import COOKIE, LoginCeremony
from sdg_connector.adapters.login_pages import HEADERS, form_headers, form_page, problem_page

_LOG = logging.getLogger(__name__)


def login_blueprint(
    ceremony: LoginCeremony, *, on_login: Callable[[Identity], AnyResponse]
) -> Blueprint:
    """Give ``/metadata``, ``/start`` (POST), ``/acs`` (POST) and ``/finish``.

    The start form posts ``country`` and ``csrf_token``.
    """
    pages = Blueprint("eidas_login", __name__)

    @pages.get("/metadata")
    def metadata() -> AnyResponse:
        data = service_provider_metadata(
            ceremony.provider, now=ceremony.now(), new_id=ceremony.new_id
        )
        return Response(data, mimetype="application/samlmetadata+xml")

    @pages.post("/start")
    def start() -> AnyResponse:
        try:
            form = ceremony.start(
                session=request.cookies.get(COOKIE, ""),
                csrf_token=request.form.get("csrf_token", ""),
                country=request.form.get("country", ""),
            )
        except EidasError as problem:
            return _refusal(problem)
        if isinstance(form, LoginForm):
            return Response(form_page(form), headers=form_headers(form))
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
            return _refusal(problem)
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


def _refusal(problem: EidasError) -> AnyResponse:
    _LOG.warning("login refused: %s", problem.rule)
    return Response(problem_page(problem), status=403, headers=HEADERS)
