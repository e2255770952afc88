"""A national part beside an eIDAS-Node: it answers for our citizens who log in abroad."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, request
from markupsafe import Markup

from eidas import EidasError
from eidas.light import LightRequest, LightResponse
from eidas.specific_proxy_service import SpecificProxyService

Identify = Callable[[LightRequest], LightResponse]
"""The state's own login: who is the person, or why is there no answer?"""


def national_part(proxy_service: SpecificProxyService, *, identify: Identify) -> Flask:
    """Give an application; ``read_national_part(…).proxy_service`` is what it answers through."""
    app = Flask(__name__)

    @app.post("/ProxyServiceRequest")
    def asked() -> str:
        now = datetime.now(UTC)
        question = proxy_service.take(request.form.get("token", ""), now=now)
        answer = identify(question)
        form = proxy_service.send(answer, request=question, now=now, new_id=lambda: str(uuid4()))
        return Markup(
            '<form method="post" action="{}"><input type="hidden" name="token" value="{}">'
            "<button>Continue</button></form>"
        ).format(form.action, dict(form.fields)["token"])

    @app.errorhandler(EidasError)
    def refuse(error: EidasError) -> tuple[str, int]:
        app.logger.warning("%s", error)
        return "This login cannot go on. Please start again.", 400

    return app
