"""eIDAS login for Django: URL patterns to include."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # type: ignore[import-untyped]
from django.urls import path  # type: ignore[import-untyped]
from django.views.decorators.csrf import csrf_exempt, csrf_protect  # type: ignore[import-untyped]
from django.views.decorators.http import require_GET, require_POST  # type: ignore[import-untyped]

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


def login_urls(
    ceremony: LoginCeremony,
    *,
    on_login: Callable[[HttpRequest, Identity], HttpResponse],
    language: Callable[[HttpRequest], str | None] = lambda _: None,
) -> list[Any]:
    """Give ``metadata``, ``start`` (POST), ``acs`` (POST) and ``finish``.

    The start form posts ``country``, Django's own CSRF token and ``csrf_token``. Only ``acs`` is
    exempt from Django's check: it is posted by the foreign node, believes nothing, and hands on
    to ``finish``. ``language`` gives the code of the language in which your pages speak to this
    person (with Django's ``LocaleMiddleware``: ``lambda request: request.LANGUAGE_CODE``); without
    it the browser's is taken.
    """

    def words(request: HttpRequest) -> Messages:
        return reader_words(language(request), request.headers.get("Accept-Language"))

    def metadata(_: HttpRequest) -> HttpResponse:
        data = service_provider_metadata(
            ceremony.provider, now=ceremony.now(), new_id=ceremony.new_id
        )
        return HttpResponse(data, content_type="application/samlmetadata+xml")

    def start(request: HttpRequest) -> HttpResponse:
        country = request.POST.get("country", "")
        try:
            form = ceremony.start(
                session=request.COOKIES.get(COOKIE, ""),
                csrf_token=request.POST.get("csrf_token", ""),
                country=country,
            )
        except EidasError as problem:
            return _refusal(problem, words(request))
        if isinstance(form, LoginForm):
            page = form_page(form, country=country, words=words(request))
            return HttpResponse(page, headers=form_headers(form, words(request)))
        return HttpResponseRedirect(form.url)

    def consume(request: HttpRequest) -> HttpResponse:
        ticket = ceremony.put_aside(
            saml_response=request.POST.get("SAMLResponse", ""),
            relay_state=request.POST.get("RelayState", ""),
        )
        return HttpResponseRedirect(f"finish?ticket={ticket}")

    def finish(request: HttpRequest) -> HttpResponse:
        try:
            identity = ceremony.finish(
                session=request.COOKIES.get(COOKIE, ""), ticket=request.GET.get("ticket", "")
            )
        except EidasError as problem:
            return _refusal(problem, words(request))
        return on_login(request, identity)

    return [
        path("metadata", require_GET(metadata)),
        path("start", require_POST(csrf_protect(start))),
        path("acs", csrf_exempt(require_POST(consume))),
        path("finish", require_GET(finish)),
    ]


def session_of(ceremony: LoginCeremony, request: HttpRequest) -> str:
    """Give the browser's session value, or a new one on its first visit.

    Make the start form's ``csrf_token`` with ``ceremony.csrf_token`` from it, and hand it to
    ``remember_browser`` with the page.
    """
    return request.COOKIES.get(COOKIE) or ceremony.new_id()


def remember_browser(response: HttpResponse, session: str) -> None:
    """Give a browser its session value, on the page that holds the start form."""
    response.set_cookie(COOKIE, session, secure=True, httponly=True, samesite="Lax", path="/")


def _refusal(problem: EidasError, words: Messages) -> HttpResponse:
    _LOG.warning("login refused: %s", problem.rule)
    return HttpResponse(problem_page(problem, words=words), status=403, headers=headers(words))
