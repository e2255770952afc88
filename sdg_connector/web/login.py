"""Logging in with a foreign eID: out through the browser, and back in two steps.

The node's answer is a POST from another site, so it carries no ``SameSite=Lax`` cookie. It is put
aside unjudged under a one-time ticket, and judged after a redirect, on a GET that does carry the
cookie: only the browser that started the login can end it. The record of this choice is
``docs/decisions/2026-11-24-the-login-comes-back-in-two-steps.md``.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import httpx
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from eidas import (
    EidasError,
    Identity,
    LevelOfAssurance,
    LoginForm,
    NodeMetadata,
    PendingLogin,
    PersonKind,
    ReplayGuard,
    ServiceProvider,
    accept_response,
    request_login,
)
from sdg_connector.adapters.addresses import Addresses, origin_of
from sdg_connector.adapters.login_pages import problem_kind
from sdg_connector.adapters.pages import read_form
from sdg_connector.adapters.store import Sessions
from sdg_connector.web.country import CountryChoice, countries_in, country_name
from sdg_connector.web.frame import Frame, language_of, to, words_of
from sdg_connector.web.person import PersonOnFile
from sdg_connector.web.problems import report
from sdg_connector.web.visit import Visits

_log = logging.getLogger(__name__)

LEVELS: Final = {
    "substantial": LevelOfAssurance.SUBSTANTIAL,
    "high": LevelOfAssurance.HIGH,
}
_APPLICANTS: Final = {kind.value: kind for kind in PersonKind}
"""For whom somebody logs in; whoever acts for a natural person says so at their own node."""
_TICKET_LIFE = timedelta(minutes=2)
_PENDING_LIFE = timedelta(minutes=15)


class Nodes(Protocol):
    """The eIDAS nodes that the portal trusts."""

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries whose citizens can log in."""
        ...

    async def node(self, country: str, *, now: datetime) -> NodeMetadata:
        """The verified metadata of a country's node; raises `EidasError` or `httpx.HTTPError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The pages between choosing a country and being greeted."""

    frame: Frame
    visits: Visits
    sessions: Sessions
    nodes: Nodes
    service_provider: ServiceProvider
    replay: ReplayGuard
    addresses: Addresses
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    async def choose(self, request: Request) -> Response:
        """GET: the form for country and level."""
        token, visit = self.visits.of_or_new(request, now=self.now())
        page = self.frame.render(
            request,
            "country",
            visit=visit,
            step=2,
            problems=(),
            wrong=(),
            countries=self._choices(request),
            chosen_country="",
            chosen_level="substantial",
            chosen_applicant=PersonKind.NATURAL.value,
        )
        return self.visits.hand_over(page, token)

    async def start(self, request: Request) -> Response:
        """POST: a signed request to the chosen country's node, as a form that submits itself."""
        now = self.now()
        found = self.visits.of(request, now=now)
        if found is None:
            return self._problem(request, "session", "web::session")
        token, visit = found
        form = await read_form(request, csrf=visit.csrf)
        country, level = form.get("country", ""), form.get("level", "")
        applicant = _APPLICANTS.get(form.get("applicant", ""), PersonKind.NATURAL)
        wrong = [
            field
            for field, known in (
                ("country", country in self.nodes.countries),
                ("level", level in LEVELS),
            )
            if not known
        ]
        if wrong:
            return self.frame.render(
                request,
                "country",
                visit=visit,
                step=2,
                status=422,
                problems=[(field, f"country.error_{field}") for field in wrong],
                wrong=wrong,
                countries=self._choices(request),
                chosen_country=country,
                chosen_level=level,
                chosen_applicant=applicant.value,
            )
        try:
            node = await self.nodes.node(country, now=now)
        except (EidasError, httpx.HTTPError) as unreachable:
            return self._problem(request, "node_down", _rule_of(unreachable))
        return self._to_node(
            request, token, country, node, level=LEVELS[level], applicant=applicant
        )

    def _to_node(
        self,
        request: Request,
        token: str,
        country: str,
        node: NodeMetadata,
        *,
        level: LevelOfAssurance,
        applicant: PersonKind,
    ) -> Response:
        now = self.now()
        pending, form = request_login(
            self.service_provider,
            node=node,
            level=level,
            person=applicant,
            allow_representation=True,
            browser_session=token,
            now=now,
            new_id=self.new_id,
        )
        self.sessions.write(
            "pending",
            pending.relay_state,
            {"login": pending.to_json(), "country": country, "language": language_of(request)},
            now=now,
            life=_PENDING_LIFE,
        )
        found = self.visits.of(request, now=now)
        action = self.addresses.reach(_form(form).action)
        return self.frame.render(
            request,
            "tonode",
            visit=found[1] if found else None,
            step=2,
            country=country_name(country, words_of(request).language),
            action=action,
            fields=_form(form).fields,
            forms_to=(origin_of(action),),
        )

    async def assertion_consumer(self, request: Request) -> Response:
        """POST from the node: put the answer aside and let our own cookie come back with a GET."""
        form = await read_form(request, csrf=None)
        relay_state = form.get("RelayState", "")
        pending = self.sessions.read("pending", relay_state, now=self.now())
        if pending is None:
            return self._problem(request, "session", "web::relay-state")
        ticket = self.sessions.create(
            "answer",
            {"response": form.get("SAMLResponse", ""), "relay_state": relay_state},
            now=self.now(),
            life=_TICKET_LIFE,
        )
        return RedirectResponse(
            f"/{pending['language']}/login/return?ticket={ticket}", status_code=303
        )

    async def come_back(self, request: Request) -> Response:
        """GET with our cookie: judge the answer and greet the person."""
        now = self.now()
        answer = self.sessions.take("answer", request.query_params.get("ticket", ""), now=now)
        found = self.visits.of(request, now=now)
        if found is None or answer is None:
            return self._problem(request, "session", "web::login-ticket")
        token, visit = found
        pending = self.sessions.take("pending", answer["relay_state"], now=now)
        if pending is None:
            return self._problem(request, "session", "web::pending-login")
        country = pending["country"]
        try:
            identity = await self._accept(answer["response"], pending, token)
        except (EidasError, httpx.HTTPError) as refused:
            return self._problem(request, problem_kind(refused), _rule_of(refused))
        person = PersonOnFile.of(identity)
        new_token = self.visits.renew(
            token, replace(visit, person=person, country=country), now=now
        )
        return self.visits.hand_over(to(request, "application"), new_token)

    async def _accept(self, response: str, pending: Mapping[str, Any], token: str) -> Identity:
        login = PendingLogin.from_json(pending["login"])
        node = await self.nodes.node(str(pending["country"]), now=self.now())
        return accept_response(
            response,
            pending=login,
            service_provider=self.service_provider,
            node=node,
            browser_session=token,
            now=self.now(),
            replay=self.replay,
        )

    async def leave(self, request: Request) -> Response:
        """POST: forget the visit; whoever gave up may say why.

        Feedback is reachable when the user decides not to submit (Implementing Regulation (EU)
        2020/1121, article 8).
        """
        found = self.visits.of(request, now=self.now())
        if found is None:
            return to(request, "")
        await read_form(request, csrf=found[1].csrf)
        self.visits.end(found[0])
        return to(request, "" if found[1].received_at else "feedback?after=left")

    def _choices(self, request: Request) -> tuple[CountryChoice, ...]:
        return countries_in(self.nodes.countries, words_of(request).language)

    def _problem(self, request: Request, kind: str, rule: str) -> Response:
        found = self.visits.of(request, now=self.now())
        return self.frame.problem(
            request, report(kind, rule=rule), visit=found[1] if found else None
        )


def _form(form: object) -> LoginForm:
    if not isinstance(form, LoginForm):
        raise AssertionError("the portal asks for the HTTP-POST binding")
    return form


def _rule_of(refused: Exception) -> str:
    if isinstance(refused, EidasError):
        return str(getattr(refused, "rule", type(refused).__name__))
    return f"http::{type(refused).__name__}"
