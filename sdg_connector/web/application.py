"""The application: one address that always shows the next step, and the buttons that move it on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sdg_connector.adapters.pages import read_form
from sdg_connector.adapters.store import Sessions
from sdg_connector.web.buttons import RETURN, Buttons
from sdg_connector.web.desk import DeskRefused, EvidenceDesk
from sdg_connector.web.frame import Frame
from sdg_connector.web.next_step import NextStep, to_decide
from sdg_connector.web.problems import report
from sdg_connector.web.visit import AskedFor, Visit, Visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The addresses of a person's application."""

    frame: Frame
    pages: NextStep
    buttons: Buttons
    visits: Visits
    sessions: Sessions
    desk: EvidenceDesk
    procedure: str
    """Code of Annex II to Regulation (EU) 2018/1724."""
    now: Callable[[], datetime]

    async def show(self, request: Request) -> Response:
        """GET: whatever comes next for this person."""
        found = self._person(request)
        if isinstance(found, Response):
            return found
        token, visit = found
        visit = await self._recall(visit)
        self.visits.keep(token, visit, now=self.now())
        if visit.reference:
            return self.pages.acknowledgement(request, visit)
        if visit.ready:
            return self.pages.submit(request, visit)
        asked = await to_decide(self.desk, visit)
        if asked is not None:
            return await self.pages.exchange(request, token, visit, asked)
        if visit.questions:
            return self.pages.questions(request, visit)
        if visit.offers:
            return self.pages.request(request, visit)
        return await self.pages.greeting(request, visit)

    async def _recall(self, visit: Visit) -> Visit:
        """Once after a login: the exchanges of an earlier visit, which may have taken hours."""
        if visit.recalled or visit.person is None:
            return visit
        if visit.asked or visit.offers:
            return replace(visit, recalled=True)
        found = await self.desk.returning(procedure=self.procedure, person=visit.person)
        return replace(
            visit,
            recalled=True,
            offers=tuple(offer for _, offer in found),
            asked=tuple(
                AskedFor(exchange=exchange, offer=number)
                for number, (exchange, _) in enumerate(found)
            ),
        )

    async def act(self, request: Request) -> Response:
        """POST: one button, one step; then the address of the application again."""
        found = self._person(request)
        if isinstance(found, Response):
            return found
        token, visit = found
        form = await read_form(request, csrf=visit.csrf)
        button = self.buttons.by_name.get(request.path_params["action"])
        if button is None:
            return self.frame.problem(request, report("missing", rule="web::action"), visit=visit)
        try:
            changed, response = await button(request, visit, dict(form))
        except DeskRefused as refused:
            problem = report(refused.problem, rule=refused.rule)
            return self.frame.problem(request, problem, visit=visit)
        self.visits.keep(token, changed, now=self.now())
        return response

    async def stage(self, request: Request) -> Response:
        """GET, by the script of the waiting page: how far the exchange is."""
        found = self.visits.of(request, now=self.now())
        asked = await to_decide(self.desk, found[1]) if found else None
        if asked is None:
            return JSONResponse({"stage": ""}, status_code=403)
        view = await self.desk.view(asked.exchange)
        return JSONResponse({"stage": view.stage.value})

    async def back_from_preview(self, request: Request) -> Response:
        """GET: the person returns from the provider's page, through an address that works once."""
        found = self.visits.of(request, now=self.now())
        way = self.sessions.read(RETURN, request.path_params["ticket"], now=self.now())
        if found is None or way is None or way["visit"] != found[1].name:
            return self.frame.problem(
                request, report("return", rule="web::return-ticket"), visit=found and found[1]
            )
        self.sessions.drop(RETURN, request.path_params["ticket"])
        for one in found[1].asked:
            if one.offer == way["offer"] and not one.settled:
                await self.desk.returned(one.exchange)
        return RedirectResponse(f"/{way['language']}/application", status_code=303)

    def _person(self, request: Request) -> tuple[str, Visit] | Response:
        found = self.visits.of(request, now=self.now())
        if found is None or found[1].person is None:
            return self.frame.problem(
                request, report("session", rule="web::session"), visit=found and found[1]
            )
        return found
