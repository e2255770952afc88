"""A national part beside an eIDAS-Node: our services ask who a citizen of another state is.

The other half, ``national_part_of_a_proxy_service.py``, answers for our own citizens.
"""

from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, redirect, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from eidas import EidasError, LevelOfAssurance, LoginNotCompleted
from eidas.bindings import LoginForm
from eidas.light import LightRequest
from eidas.specific_connector import PendingLightRequest, SpecificConnector

FAMILY_NAME = "http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName"


def national_part(connector: SpecificConnector, *, secret_key: bytes) -> Flask:
    """Give an application; ``read_national_part(…).connector`` is what it asks through."""
    app = Flask(__name__)
    app.secret_key = secret_key

    @app.get("/login/<country>")
    def ask(country: str) -> str:
        question = LightRequest(
            citizen_country=country,
            id=f"_{uuid4()}",
            issuer=request.host_url,
            levels=(LevelOfAssurance.SUBSTANTIAL.value,),
            attributes=(FAMILY_NAME,),
        )
        pending, form = connector.send(question, now=datetime.now(UTC), new_id=lambda: str(uuid4()))
        session["pending"] = pending.to_json()
        return page(form)

    @app.post("/ConnectorResponse")
    def answer() -> Response:
        # The cookie of the session does not travel with a post from the node's site.
        return redirect(url_for("finish", token=request.form.get("token", "")), 303)

    @app.get("/finish")
    def finish() -> str:
        pending = PendingLightRequest.from_json(session.pop("pending", {}))
        token = request.args.get("token", "")
        try:
            person = connector.take(token, pending=pending, now=datetime.now(UTC))
        except LoginNotCompleted as outcome:
            return outcome.TITLE
        return Markup("Welcome, {}").format(person.attributes[FAMILY_NAME][0])

    @app.errorhandler(EidasError)
    def refuse(error: EidasError) -> tuple[str, int]:
        app.logger.warning("%s", error)
        return "This login cannot go on. Please start again.", 400

    return app


def page(form: LoginForm) -> str:
    """A page whose button takes the browser, with its token, to the node."""
    fields = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in form.fields
    )
    return Markup('<form method="post" action="{}">{}<button>Continue</button></form>').format(
        form.action, fields
    )
