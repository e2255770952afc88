"""What a person can do in an application: each button gives the changed visit and where to go."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sdg_connector.adapters.addresses import Addresses
from sdg_connector.adapters.application_box import SentApplication, SentFile
from sdg_connector.adapters.store import Sessions
from sdg_connector.web.desk import DeskAsks, EvidenceDesk, Stage
from sdg_connector.web.frame import language_of, to
from sdg_connector.web.next_step import NextStep, to_decide
from sdg_connector.web.questions import answers_in
from sdg_connector.web.references import reference_for
from sdg_connector.web.visit import LIFE, AskedFor, Attached, Visit

RETURN = "return"
"""Kind of the tickets with which a person comes back from a provider's preview."""

Pressed = Callable[[Request, Visit, dict[str, str]], Awaitable[tuple[Visit, Response]]]
"""What a button does with the visit and the form: the changed visit, and the answer."""


class ApplicationInbox(Protocol):
    """Where sent applications wait for the authority."""

    def put(self, application: SentApplication) -> SentApplication:
        """Keep an application, or give the one that has its reference already."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Everything that moves an application on; its own address then shows what follows."""

    pages: NextStep
    """Shows a form again that was filled in wrongly."""
    sessions: Sessions
    desk: EvidenceDesk
    inbox: ApplicationInbox
    addresses: Addresses
    public_url: str
    procedure: str
    """Code of Annex II to Regulation (EU) 2018/1724."""
    countries: tuple[str, ...]
    now: Callable[[], datetime]

    @property
    def by_name(self) -> Mapping[str, Pressed]:
        """Each button under the last part of its address."""
        return {
            "find": self._find,
            "answer": self._answer,
            "request": self._ask,
            "preview": self._go_to_preview,
            "attach": self._attach,
            "drop": self._drop,
            "without": self._without,
            "again": self._again,
            "submit": self._send,
        }

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
            return answered, self.pages.questions(request, answered, wrong=wrong)
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
            return visit, self.pages.request(request, visit, wrong=wrong)
        person = visit.person
        if person is None or visit.asked:
            return visit, to(request, "application")
        asked = []
        for number in chosen:
            offer = visit.offers[number]
            way = {"visit": visit.name, "offer": number, "language": language_of(request)}
            ticket = self.sessions.create(RETURN, way, now=self.now(), life=LIFE)
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
        """On without the evidence that failed or comes later, or without asking for any."""
        undecided = await self._give_up(visit)
        return _ready_when_settled(undecided), to(request, "application")

    async def _again(
        self, request: Request, visit: Visit, form: dict[str, str]
    ) -> tuple[Visit, Response]:
        """Back to the greeting: what is found again are new offers, so each is a new request."""
        undecided = await self._give_up(visit)
        if undecided.open_exchange is not None or visit.reference:
            return undecided, to(request, "application")
        fresh = replace(visit, questions=(), offers=(), asked=(), ready=False)
        return fresh, to(request, "application")

    async def _give_up(self, visit: Visit) -> Visit:
        """The visit in which the exchange that failed or comes later is decided."""
        asked = await to_decide(self.desk, visit)
        if asked is None:
            return visit
        stage = (await self.desk.view(asked.exchange)).stage
        if stage is Stage.LATER:
            await self.desk.cancel(asked.exchange)
        elif stage is not Stage.FAILED:
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


def _ready_when_settled(visit: Visit) -> Visit:
    return replace(visit, ready=visit.open_exchange is None)
