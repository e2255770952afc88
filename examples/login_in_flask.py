"""Add eIDAS login to a Flask application in a few lines."""

from flask import Flask, Response, make_response
from werkzeug.wrappers import Response as AnyResponse

from eidas import Identity
from sdg_connector.adapters.login_ceremony import LoginCeremony
from sdg_connector.adapters.login_flask import login_blueprint, remember_browser, session_of


def greet(identity: Identity) -> AnyResponse:
    """Say hello to whoever logged in."""
    person = identity.natural_person
    return Response(f"Hello {person.given_name.latin}" if person else "Hello")


def portal(ceremony: LoginCeremony) -> Flask:
    """Give an application whose start page leads to the Spanish node."""
    app = Flask(__name__)
    app.register_blueprint(login_blueprint(ceremony, on_login=greet), url_prefix="/eidas")

    @app.get("/")
    def start_page() -> AnyResponse:
        session = session_of(ceremony)
        page = make_response(
            '<form method="post" action="/eidas/start"><input type="hidden" name="country"'
            ' value="ES"><input type="hidden" name="csrf_token"'
            f' value="{ceremony.csrf_token(session)}">'
            "<button>Log in with your Spanish eID</button></form>"
        )
        remember_browser(page, session)
        return page

    return app
