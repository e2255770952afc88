"""Add eIDAS login to a Starlette or FastAPI application in a few lines."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from eidas import Identity
from sdg_connector.adapters.login_ceremony import LoginCeremony
from sdg_connector.adapters.login_starlette import login_routes, remember_browser, session_of


def greet(_: Request, identity: Identity) -> Response:
    """Say hello to whoever logged in."""
    person = identity.natural_person
    return PlainTextResponse(f"Hello {person.given_name.latin}" if person else "Hello")


def portal(ceremony: LoginCeremony) -> Starlette:
    """Give an application whose start page leads to the Spanish node."""

    async def start_page(request: Request) -> Response:
        session = session_of(ceremony, request)
        token = ceremony.csrf_token(session)
        page = HTMLResponse(
            '<form method="post" action="/eidas/start"><input type="hidden" name="country"'
            f' value="ES"><input type="hidden" name="csrf_token" value="{token}">'
            "<button>Log in with your Spanish eID</button></form>"
        )
        remember_browser(page, session)
        return page

    return Starlette(
        routes=[
            Route("/", start_page),
            Mount("/eidas", routes=login_routes(ceremony, on_login=greet)),
        ]
    )
