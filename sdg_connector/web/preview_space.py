"""A provider's preview space: the person logs in again, looks at each document, decides, goes back.

TDD 4.9. The address is random and works while the preview is open, for the person of the request
and for nobody else; what is shown is never active content.
"""

import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from eidas import Identity
from sdg_connector.adapters.login_ceremony import COOKIE, LoginCeremony
from sdg_connector.adapters.login_starlette import login_routes, remember_browser, session_of
from sdg_connector.adapters.pages import FormRefused, PageHeaders, read_form
from sdg_connector.adapters.store import Sessions
from sdg_connector.connector import Gone
from sdg_connector.connector.holding import HeldEvidence, HeldSupplement
from sdg_connector.connector.matching import Subject
from sdg_connector.connector.providing import Preview
from sdg_connector.evidence import EdmRefused
from sdg_connector.evidence.identifiers import host_of, is_https
from sdg_connector.web.country import countries_in, country_name
from sdg_connector.web.preview_pages import PreviewPages, origin, shown_held, viewer

_KIND: Final = "preview"
_LIFE: Final = timedelta(minutes=45)


class PreviewDesk(Protocol):
    """What the pages ask of the provider, as ``connector.answering.Answering`` does it."""

    async def preview_of(self, ticket: str) -> Preview | None:
        """The preview behind an address, while its person may still decide."""
        ...

    def belongs_to(self, preview: Preview, person: Subject) -> bool:
        """Whether a person who logged in again is the one whom the request named."""
        ...

    async def decide(self, ticket: str, keep: Collection[int]) -> None:
        """The person keeps these of ``held``, once; raises ``EdmRefused``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSpace:
    """The pages of one provider; mount ``app`` where ``Provider.preview_url`` leads."""

    desk: PreviewDesk
    ceremony: LoginCeremony
    countries: tuple[str, ...]
    """Whose eIDs can be used."""
    sessions: Sessions
    pages: PreviewPages
    country: str
    return_hosts: frozenset[str]
    """Hosts that a 1.x address may name as the way back: no open redirect (TDD 4.9)."""

    def app(self) -> ASGIApp:
        """The ASGI application."""
        routes = [
            Route("/style.css", _style),
            Mount("/eidas", routes=login_routes(self.ceremony, on_login=self._logged_in)),
            Route("/{ticket}", self.show),
            Route("/{ticket}/document/{number:int}/{part:int}", self.document),
            Route("/{ticket}/decide", self.decide, methods=["POST"]),
        ]
        return PageHeaders(Starlette(routes=routes))

    async def show(self, request: Request) -> Response:
        """GET: the login, or the documents when their person has logged in."""
        ticket = request.path_params["ticket"]
        preview = await self.desk.preview_of(ticket)
        if preview is None:
            return self._end(request, "gone", status=404)
        session = session_of(self.ceremony, request)
        state = self._state(session, ticket)
        back = request.query_params.get("returnurl", "")
        if state is None or (back and not state["back"]):
            person = None if state is None else state["person"]
            state = {"ticket": ticket, "back": back, "person": person, "csrf": _token()}
            self._keep(session, state)
        if state["person"] is None:
            page = self._login_page(request, preview, session)
            remember_browser(page, session)
            return page
        if not self._is_theirs(preview, state):
            return self._end(request, "other", status=403, back=self._way_back(preview, state))
        return self._documents(request, preview, state, wrong=False)

    async def document(self, request: Request) -> Response:
        """GET: one document, as an inert file or as text."""
        found = await self._open(request)
        if found is None:
            return self._end(request, "gone", status=404)
        preview, _ = found
        number, part = request.path_params["number"], request.path_params["part"]
        parts = _parts(preview.held[number]) if number < len(preview.held) else ()
        if part >= len(parts):
            return self._end(request, "gone", status=404)
        try:
            return await viewer(self.pages, request, parts[part])
        except Gone:
            return self._end(request, "gone", status=404)

    async def decide(self, request: Request) -> Response:
        """POST: the decision, once; then back to where the person came from."""
        found = await self._open(request)
        if found is None:
            return self._end(request, "gone", status=404)
        preview, state = found
        try:
            form = await read_form(request, csrf=str(state["csrf"]))
        except FormRefused:
            return self._end(request, "gone", status=403)
        keep: set[int] = set()
        if form.get("decision") == "approve":
            numbers = range(len(preview.held))
            keep = {one for one in numbers if form.get(f"keep-{one}") == "yes"}
            if not keep:
                return self._documents(request, preview, state, wrong=True)
        try:
            await self.desk.decide(preview.ticket, keep)
        except EdmRefused:
            return self._end(request, "gone", status=404)
        back = self._way_back(preview, state)
        self.sessions.drop(_KIND, request.cookies.get(COOKIE, ""))
        return RedirectResponse(back, status_code=303) if back else self._end(request, "gone")

    def _logged_in(self, request: Request, identity: Identity) -> Response:
        session = request.cookies.get(COOKIE, "")
        state = self.sessions.read(_KIND, session, now=self.ceremony.now())
        if state is None:
            return self._end(request, "gone", status=404)
        person = self.pages.person_of(identity)
        self._keep(session, {**state, "person": person.to_json()})
        return RedirectResponse(f"../{state['ticket']}", status_code=303)

    async def _open(self, request: Request) -> tuple[Preview, Mapping[str, Any]] | None:
        """The preview and the session of the person whom it is about, who has logged in here."""
        ticket = request.path_params["ticket"]
        state = self._state(request.cookies.get(COOKIE, ""), ticket)
        preview = await self.desk.preview_of(ticket)
        if state is None or preview is None or state["person"] is None:
            return None
        return (preview, state) if self._is_theirs(preview, state) else None

    def _is_theirs(self, preview: Preview, state: Mapping[str, Any]) -> bool:
        person = self.pages.person_from(state["person"])
        return self.desk.belongs_to(preview, person.as_subject())

    def _state(self, session: str, ticket: str) -> dict[str, Any] | None:
        state = self.sessions.read(_KIND, session, now=self.ceremony.now()) if session else None
        if state is None or not hmac.compare_digest(state["ticket"].encode(), ticket.encode()):
            return None
        return state

    def _keep(self, session: str, state: Mapping[str, Any]) -> None:
        self.sessions.write(_KIND, session, state, now=self.ceremony.now(), life=_LIFE)

    def _way_back(self, preview: Preview, state: Mapping[str, Any]) -> str:
        """What the requester's second message named, or in 1.x a known host in the address."""
        named = preview.request.return_location
        if named is not None:
            return named if is_https(named) else ""
        back = str(state["back"])
        return back if host_of(back) in self.return_hosts else ""

    def _login_page(self, request: Request, preview: Preview, session: str) -> Response:
        language = self.pages.language(request)
        identifier = getattr(preview.request.subject, "identifier", None)
        return self.pages.render(
            request,
            "login",
            csrf_token=self.ceremony.csrf_token(session),
            countries=countries_in(self.countries, language),
            chosen=identifier.value[:2] if identifier is not None else "",
            service=preview.request.evidence_requester.names[0].value,
        )

    def _documents(
        self, request: Request, preview: Preview, state: Mapping[str, Any], *, wrong: bool
    ) -> Response:
        language = self.pages.language(request)
        back = self._way_back(preview, state)
        return self.pages.render(
            request,
            "decide",
            status=422 if wrong else 200,
            forms_to=(origin(back),) if back else (),
            wrong=wrong,
            csrf=state["csrf"],
            here=preview.ticket,
            country=country_name(self.country, language),
            service=preview.request.evidence_requester.names[0].value,
            evidences=[shown_held(one, _parts(one), language) for one in preview.held],
        )

    def _end(self, request: Request, kind: str, *, status: int = 200, back: str = "") -> Response:
        return self.pages.render(request, "end", status=status, kind=kind, back=back)


def _parts(held: HeldEvidence) -> tuple[HeldEvidence | HeldSupplement, ...]:
    return (held, *held.supplements)


def _token() -> str:
    return secrets.token_urlsafe(24)


async def _style(request: Request) -> Response:
    style = (files("sdg_connector.web") / "static" / "portal.css").read_bytes()
    return Response(style, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})
