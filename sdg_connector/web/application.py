"""The application: one address that always shows the next step, and the buttons that move it on."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sdg_connector.adapters.addresses import Addresses, origin_of
from sdg_connector.adapters.application_box import SentApplication, SentFile
from sdg_connector.adapters.pages import Sessions, read_form
from sdg_connector.web.country import countries_in, country_name
from sdg_connector.web.desk import DeskAsks, DeskRefused, EvidenceDesk, ExchangeView, Stage
from sdg_connector.web.frame import Frame, language_of, to, words_of
from sdg_connector.web.problems import Problem, report
from sdg_connector.web.questions import answers_in, shown_questions
from sdg_connector.web.references import reference_for
from sdg_connector.web.showing import (
    shown_attached,
    shown_date,
    shown_file,
    shown_offer,
    shown_time,
)
from sdg_connector.web.visit import LIFE, AskedFor, Attached, Visit, Visits
from sdg_connector.web.waiting import Waiting

_RETURN = "return"


class ApplicationInbox(Protocol):
    """Where sent applications wait for the authority."""

    def put(self, application: SentApplication) -> SentApplication:
        """Keep an application, or give the one that has its reference already."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The pages from the greeting to the written acknowledgement."""

    frame: Frame
    visits: Visits
    sessions: Sessions
    desk: EvidenceDesk
    waiting: Waiting
    inbox: ApplicationInbox
    addresses: Addresses
    public_url: str
    procedure: str
    """Code of Annex II to Regulation (EU) 2018/1724."""
    countries: tuple[str, ...]
    title: Callable[[str], tuple[str, str]]
    """The service's title for a language, with the language that it is in."""
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
            return self._acknowledgement(request, visit)
        if visit.ready:
            return self._submit(request, visit)
        if visit.open_exchange is not None:
            return await self._exchange(request, token, visit, visit.open_exchange)
        if visit.questions:
            return self._questions(request, visit)
        if visit.offers:
            return self._request(request, visit)
        return await self._greeting(request, visit)

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
        step = {
            "find": self._find,
            "answer": self._answer,
            "request": self._ask,
            "preview": self._go_to_preview,
            "attach": self._attach,
            "drop": self._drop,
            "without": self._without,
            "again": self._again,
            "submit": self._send,
        }.get(request.path_params["action"])
        if step is None:
            return self.frame.problem(request, report("missing", rule="web::action"), visit=visit)
        try:
            changed, response = await step(request, visit, dict(form))
        except DeskRefused as refused:
            problem = report(refused.problem, rule=refused.rule)
            return self.frame.problem(request, problem, visit=visit)
        self.visits.keep(token, changed, now=self.now())
        return response

    async def stage(self, request: Request) -> Response:
        """GET, by the script of the waiting page: how far the exchange is."""
        found = self.visits.of(request, now=self.now())
        asked = found[1].open_exchange if found else None
        if asked is None:
            return JSONResponse({"stage": ""}, status_code=403)
        view = await self.desk.view(asked.exchange)
        return JSONResponse({"stage": view.stage.value})

    async def back_from_preview(self, request: Request) -> Response:
        """GET: the person returns from the provider's page, through an address that works once."""
        found = self.visits.of(request, now=self.now())
        way = self.sessions.read(_RETURN, request.path_params["ticket"], now=self.now())
        if found is None or way is None or way["visit"] != found[1].name:
            return self.frame.problem(
                request, report("return", rule="web::return-ticket"), visit=found and found[1]
            )
        self.sessions.drop(_RETURN, request.path_params["ticket"])
        for one in found[1].asked:
            if one.offer == way["offer"] and not one.settled:
                await self.desk.returned(one.exchange)
        return RedirectResponse(f"/{way['language']}/application", status_code=303)

    # The pages.

    async def _greeting(self, request: Request, visit: Visit) -> Response:
        try:
            requirements = await self.desk.requirements(procedure=self.procedure)
        except DeskRefused as refused:
            problem = report(refused.problem, rule=refused.rule)
            return self.frame.problem(request, problem, visit=visit)
        language = words_of(request).language
        return self.frame.render(
            request,
            "greeting",
            visit=visit,
            step=3,
            person=visit.person,
            born=_born(visit, language),
            country=country_name(visit.country, language),
            requirements=[one.name.for_reader(language) for one in requirements],
            countries=countries_in(self.countries, language),
            chosen_country=visit.country,
        )

    def _questions(
        self, request: Request, visit: Visit, *, wrong: tuple[str, ...] = ()
    ) -> Response:
        return self.frame.render(
            request,
            "questions",
            visit=visit,
            step=3,
            status=422 if wrong else 200,
            problems=wrong,
            refused=visit.answers_refused and not wrong,
            questions=shown_questions(visit, wrong=wrong),
        )

    def _request(self, request: Request, visit: Visit, *, wrong: tuple[str, ...] = ()) -> Response:
        language = words_of(request).language
        return self.frame.render(
            request,
            "request",
            visit=visit,
            step=3,
            status=422 if wrong else 200,
            problems=[(field, f"request.error_{field.partition('-')[0]}") for field in wrong],
            wrong=wrong,
            person=visit.person,
            born=_born(visit, language),
            choices=[
                [(number, shown_offer(visit.offers[number], language)) for number in numbers]
                for numbers in visit.choices
            ],
        )

    async def _exchange(
        self, request: Request, token: str, visit: Visit, asked: AskedFor
    ) -> Response:
        view = await self.waiting.view(asked.exchange)
        if view.stage is Stage.FAILED:
            return self._failed(request, token, visit, asked, view)
        offer = shown_offer(visit.offers[asked.offer], words_of(request).language)
        if view.stage is Stage.PREVIEW and view.preview_location:
            place = self.addresses.reach(view.preview_location)
            return self.frame.render(
                request,
                "preview",
                visit=visit,
                step=4,
                offer=offer,
                exchange=asked.exchange,
                host=URL(view.preview_location).hostname,
                forms_to=(origin_of(place),),
            )
        if view.stage is Stage.DELIVERED:
            return self._evidence(request, visit, asked, view)
        return self.frame.render(
            request,
            "waiting",
            visit=visit,
            step=4 if view.stage is Stage.RETURNED else 3,
            stage=view.stage.value,
            watches=True,
            offer=offer,
            exchange=asked.exchange,
        )

    def _failed(
        self, request: Request, token: str, visit: Visit, asked: AskedFor, view: ExchangeView
    ) -> Response:
        """The problem page of an exchange, under the same reference however often it is shown."""
        problem = Problem(view.problem, asked.problem)
        if not asked.problem:
            problem = report(view.problem, rule=view.rule, exchange=asked.exchange)
            reported = visit.reported(asked.exchange, problem.reference)
            self.visits.keep(token, reported, now=self.now())
        return self.frame.problem(request, problem, visit=visit)

    def _evidence(
        self, request: Request, visit: Visit, asked: AskedFor, view: ExchangeView
    ) -> Response:
        language = words_of(request).language
        return self.frame.render(
            request,
            "evidence",
            visit=visit,
            step=4,
            offer=shown_offer(visit.offers[asked.offer], language),
            exchange=asked.exchange,
            evidences=[shown_file(file, language) for file in view.files],
        )

    def _submit(self, request: Request, visit: Visit) -> Response:
        return self.frame.render(
            request, "submit", visit=visit, step=5, **self._summary(request, visit)
        )

    def _acknowledgement(self, request: Request, visit: Visit) -> Response:
        return self.frame.render(
            request,
            "acknowledgement",
            visit=visit,
            step=5,
            receipt={
                "reference": visit.reference,
                "at_iso": visit.received_at,
                "at": shown_time(visit.received_at, words_of(request).language),
            },
            **self._summary(request, visit),
        )

    def _summary(self, request: Request, visit: Visit) -> dict[str, Any]:
        language = words_of(request).language
        title, title_language = self.title(language)
        return {
            "procedure": {"title": title, "language": title_language},
            "person": visit.person,
            "born": _born(visit, language),
            "attached": [shown_attached(one, language) for one in visit.attached],
        }

    # The buttons. Each gives the changed visit and where to go.

    async def _find(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        country = form.get("country", "")
        if country not in self.countries:
            return visit, to(request, "application")
        return await self._search(request, replace(visit, evidence_country=country, answers={}))

    async def _answer(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        """What the person says to the directory's questions, and the search again with it."""
        if not visit.questions:
            return visit, to(request, "application")
        given, wrong = answers_in(form, visit.questions)
        answered = replace(visit, answers={**visit.answers, **given})
        if wrong:
            return answered, self._questions(request, answered, wrong=wrong)
        return await self._search(request, answered)

    async def _search(self, request: Request, visit: Visit) -> tuple[Visit, Response]:
        try:
            offers = await self.desk.find(
                procedure=self.procedure, country=visit.evidence_country, answers=visit.answers
            )
        except DeskAsks as asks:
            changed = replace(visit, questions=asks.questions, answers_refused=asks.refused)
        else:
            changed = replace(visit, questions=(), offers=offers, asked=())
        return changed, to(request, "application")

    async def _ask(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        """SDGR article 14(4): the exchange starts on the user's explicit request only."""
        chosen, wrong = _chosen(visit, form)
        if form.get("explicit") != "yes":
            wrong = (*wrong, "explicit")
        if wrong:
            return visit, self._request(request, visit, wrong=wrong)
        person = visit.person
        if person is None or visit.asked:
            return visit, to(request, "application")
        asked = []
        for number in chosen:
            offer = visit.offers[number]
            way = {"visit": visit.name, "offer": number, "language": language_of(request)}
            ticket = self.sessions.create(_RETURN, way, now=self.now(), life=LIFE)
            exchange = await self.desk.request(
                offer,
                procedure=self.procedure,
                person=person,
                visit=visit.name,
                asked_at=self.now(),
                return_location=f"{self.public_url}/preview/return/{quote(ticket)}",
            )
            asked.append(AskedFor(exchange=exchange, offer=number))
        return replace(visit, asked=tuple(asked)), to(request, "application")

    async def _go_to_preview(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        asked = _asked(visit, form)
        if asked is None:
            return visit, to(request, "application")
        location = await self.desk.went_to_preview(asked.exchange)
        return visit, RedirectResponse(self.addresses.reach(location), status_code=303)

    async def _attach(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        asked = _asked(visit, form)
        if asked is None:
            return visit, to(request, "application")
        view = await self.desk.view(asked.exchange)
        await self.desk.settle(asked.exchange, used=True)
        attached = tuple(Attached.of(asked.exchange, file) for file in view.files)
        changed = replace(visit.settle(asked.exchange), attached=visit.attached + attached)
        return _ready_when_settled(changed), to(request, "application")

    async def _drop(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        asked = _asked(visit, form)
        if asked is None:
            return visit, to(request, "application")
        await self.desk.settle(asked.exchange, used=False)
        return _ready_when_settled(visit.settle(asked.exchange)), to(request, "application")

    async def _without(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        """On without the evidence that failed, or without asking for any."""
        undecided = await self._give_up_failed(visit)
        return _ready_when_settled(undecided), to(request, "application")

    async def _again(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        """Back to the greeting, under a new name: asking again is a new request."""
        undecided = await self._give_up_failed(visit)
        if undecided.open_exchange is not None or visit.reference:
            return undecided, to(request, "application")
        fresh = replace(
            visit, questions=(), offers=(), asked=(), ready=False, name=secrets.token_hex(16)
        )
        return fresh, to(request, "application")

    async def _give_up_failed(self, visit: Visit) -> Visit:
        """The visit in which the exchange whose problem page is shown is decided."""
        asked = visit.open_exchange
        if asked is None or (await self.desk.view(asked.exchange)).stage is not Stage.FAILED:
            return visit
        return visit.settle(asked.exchange)

    async def _send(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        """The application is kept for the authority before anybody is told that it was received."""
        if not visit.ready or visit.reference or visit.person is None:
            return visit, to(request, "application")
        received = self.now()
        files = [
            SentFile(
                title=one.title,
                media_type=one.media_type,
                sha256=one.sha256,
                content=await self.desk.content(one.exchange, one.number),
            )
            for one in visit.attached
        ]
        application = SentApplication(
            reference=reference_for(f"LV-{received:%Y}", visit.name, groups=3),
            received_at=received.isoformat(timespec="seconds"),
            procedure=self.procedure,
            language=language_of(request),
            person=visit.person.to_json(),
            files=tuple(files),
        )
        kept = await asyncio.to_thread(self.inbox.put, application)
        sent = replace(visit, reference=kept.reference, received_at=kept.received_at)
        return sent, to(request, "application")

    def _person(self, request: Request) -> tuple[str, Visit] | Response:
        found = self.visits.of(request, now=self.now())
        if found is None or found[1].person is None:
            return self.frame.problem(
                request, report("session", rule="web::session"), visit=found and found[1]
            )
        return found


def _asked(visit: Visit, form: dict[str, str]) -> AskedFor | None:
    """The undecided exchange that a button names, if it is one of this visit."""
    return next(
        (one for one in visit.asked if one.exchange == form.get("exchange") and not one.settled),
        None,
    )


def _chosen(visit: Visit, form: dict[str, str]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The offers that the person wants, one of each choice, and the choices not made."""
    chosen: list[int] = []
    wrong: list[str] = []
    for place, numbers in enumerate(visit.choices, 1):
        picked = form.get(f"choice-{place}", "")
        if len(numbers) == 1:
            chosen.append(numbers[0])
        elif picked in {str(number) for number in numbers}:
            chosen.append(int(picked))
        else:
            wrong.append(f"choice-{place}")
    return tuple(chosen), tuple(wrong)


def _born(visit: Visit, language: str) -> str:
    """The person's date of birth, written out; empty for an organisation."""
    day = visit.person.date_of_birth if visit.person else ""
    return shown_date(day, language) if day else ""


def _ready_when_settled(visit: Visit) -> Visit:
    return replace(visit, ready=visit.open_exchange is None)
