"""Add eIDAS login to a Django project in a few lines: these are its URL patterns."""

from typing import Any

from django.http import HttpRequest, HttpResponse  # type: ignore[import-untyped]
from django.middleware.csrf import get_token  # type: ignore[import-untyped]
from django.urls import include, path  # type: ignore[import-untyped]

from eidas import Identity
from sdg_connector.adapters.login_ceremony import LoginCeremony
from sdg_connector.adapters.login_django import login_urls, remember_browser, session_of


def greet(_: HttpRequest, identity: Identity) -> HttpResponse:
    """Say hello to whoever logged in."""
    person = identity.natural_person
    return HttpResponse(f"Hello {person.given_name.latin}" if person else "Hello")


def portal(ceremony: LoginCeremony) -> list[Any]:
    """Give URL patterns whose start page leads to the Spanish node."""

    def start_page(request: HttpRequest) -> HttpResponse:
        session = session_of(ceremony, request)
        page = HttpResponse(
            '<form method="post" action="/eidas/start"><input type="hidden" name="country"'
            ' value="ES"><input type="hidden" name="csrf_token"'
            f' value="{ceremony.csrf_token(session)}">'
            f'<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">'
            "<button>Log in with your Spanish eID</button></form>"
        )
        remember_browser(page, session)
        return page

    return [
        path("", start_page),
        path("eidas/", include(login_urls(ceremony, on_login=greet))),
    ]
