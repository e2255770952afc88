"""What a person sees next in an application: one page for each thing that can be next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import Response

from sdg_connector.adapters.addresses import Addresses, origin_of
from sdg_connector.web.country import countries_in, country_name
from sdg_connector.web.desk import DeskRefused, EvidenceDesk, ExchangeView, Stage
from sdg_connector.web.frame import Frame, words_of
from sdg_connector.web.problems import Problem, report
from sdg_connector.web.questions import shown_questions
from sdg_connector.web.showing import (
    shown_attached,
    shown_date,
    shown_file,
    shown_offer,
    shown_time,
)
from sdg_connector.web.visit import AskedFor, Visit, Visits
from sdg_connector.web.waiting import Waiting


async def to_decide(desk: EvidenceDesk, visit: Visit) -> AskedFor | None:
    """The exchange that the person decides about now: one that comes later waits its turn."""
    if len(visit.undecided) > 1:
        for one in visit.undecided:
            if (await desk.view(one.exchange)).stage is not Stage.LATER:
                return one
    return visit.open_exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The pages from the greeting to the written acknowledgement."""

    frame: Frame
    visits: Visits
    desk: EvidenceDesk
    waiting: Waiting
    addresses: Addresses
    procedure: str
    """Code of Annex II to Regulation (EU) 2018/1724."""
    countries: tuple[str, ...]
    title: Callable[[str], tuple[str, str]]
    """The service's title for a language, with the language that it is in."""
    now: Callable[[], datetime]

    async def greeting(self, request: Request, visit: Visit) -> Response:
        """Who the person is, what the procedure wants, and the question where to look for it."""
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

    def questions(self, request: Request, visit: Visit, *, wrong: tuple[str, ...] = ()) -> Response:
        """What the directory must know first; ``wrong`` are the questions answered wrongly."""
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

    def request(self, request: Request, visit: Visit, *, wrong: tuple[str, ...] = ()) -> Response:
        """What would be asked for, of whom; ``wrong`` are the choices that were not made."""
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

    async def exchange(
        self, request: Request, token: str, visit: Visit, asked: AskedFor
    ) -> Response:
        """How far the undecided exchange is: waiting, preview, a later day, the end."""
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
        if view.stage is Stage.LATER:
            return self.frame.render(
                request,
                "later",
                visit=visit,
                step=3,
                offer=offer,
                exchange=asked.exchange,
                when=shown_time(view.available_at, words_of(request).language),
                when_iso=view.available_at,
            )
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

    def submit(self, request: Request, visit: Visit) -> Response:
        """The application as it will be sent."""
        return self.frame.render(
            request, "submit", visit=visit, step=5, **self._summary(request, visit)
        )

    def acknowledgement(self, request: Request, visit: Visit) -> Response:
        """SDGR article 10: the written acknowledgement."""
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


def _born(visit: Visit, language: str) -> str:
    """The person's date of birth, written out; empty for an organisation."""
    day = visit.person.date_of_birth if visit.person else ""
    return shown_date(day, language) if day else ""
