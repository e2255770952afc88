"""The portal as an ASGI application: its addresses, and what stands behind each."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from eidas import ReplayGuard, ServiceProvider
from sdg_connector.adapters.addresses import Addresses
from sdg_connector.adapters.pages import FormRefused, PageHeaders, template_environment
from sdg_connector.adapters.store import Sessions
from sdg_connector.web.application import Application
from sdg_connector.web.buttons import ApplicationInbox, Buttons
from sdg_connector.web.desk import EvidenceDesk
from sdg_connector.web.downloads import Downloads
from sdg_connector.web.feedback import Feedback, FeedbackBox
from sdg_connector.web.frame import Frame
from sdg_connector.web.login import Login, Nodes
from sdg_connector.web.next_step import NextStep
from sdg_connector.web.problems import report
from sdg_connector.web.service_page import ServicePage, ServiceTexts
from sdg_connector.web.visit import Visits
from sdg_connector.web.waiting import Waiting
from translations.catalogue import offered_languages

_log = logging.getLogger(__name__)

Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind the pages; a test puts memory there, `serve_portal` the real parts."""

    desk: EvidenceDesk
    nodes: Nodes
    service_provider: ServiceProvider
    replay: ReplayGuard
    texts: ServiceTexts
    inbox: ApplicationInbox
    feedback: FeedbackBox
    sessions: Sessions
    procedure: str
    """Code of Annex II to Regulation (EU) 2018/1724."""
    evidence_countries: tuple[str, ...]
    public_url: str
    """The origin by which other states know the portal."""
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    metadata: Callable[[], bytes]
    """The signed SAML metadata of the portal."""
    addresses: Addresses = field(default_factory=Addresses)
    patience: timedelta = timedelta(seconds=3)
    """How long a page is held back while an answer is on its way."""
    secure_cookies: bool = True
    demo: bool = False
    """Whether each page says that this is a demonstration."""


def portal(
    behind: Behind, *, mounts: Sequence[BaseRoute] = (), lifespan: Lifespan | None = None
) -> ASGIApp:
    """The ASGI application. ``mounts`` are further routes, such as the AS4 endpoint."""
    frame = Frame(template_environment("sdg_connector.web"), demo=behind.demo)
    visits = Visits(behind.sessions, secure=behind.secure_cookies)
    pages = Starlette(
        routes=[*mounts, *_routes(behind, frame, visits)],
        exception_handlers={
            FormRefused: _Handler(frame, visits, behind.now, "form").handle,
            HTTPException: _Handler(frame, visits, behind.now, "missing").handle,
            Exception: _Handler(frame, visits, behind.now, "internal").handle,
        },
        lifespan=lifespan or _nothing,
    )
    return PageHeaders(pages)


def _routes(behind: Behind, frame: Frame, visits: Visits) -> list[BaseRoute]:
    service = ServicePage(frame=frame, texts=behind.texts)
    login = Login(
        frame=frame,
        visits=visits,
        sessions=behind.sessions,
        nodes=behind.nodes,
        service_provider=behind.service_provider,
        replay=behind.replay,
        addresses=behind.addresses,
        now=behind.now,
        new_id=behind.new_id,
    )
    application = _application(behind, frame, visits)
    downloads = Downloads(frame=frame, visits=visits, desk=behind.desk, now=behind.now)
    feedback = Feedback(frame=frame, visits=visits, box=behind.feedback, now=behind.now)
    statements = _Statements(frame, visits, behind.now)

    async def metadata(request: Request) -> Response:
        return Response(behind.metadata(), media_type="application/samlmetadata+xml")

    return [
        Route("/", service.home),
        Route("/healthz", _healthy),
        Route("/saml/metadata", metadata),
        Route("/saml/acs", login.assertion_consumer, methods=["POST"]),
        Route("/preview/return/{ticket}", application.back_from_preview),
        Route("/static/{name}", _static),
        Route(f"{_LANGUAGE}/", service.show),
        Route(f"{_LANGUAGE}/apply", login.choose),
        Route(f"{_LANGUAGE}/apply", login.start, methods=["POST"]),
        Route(f"{_LANGUAGE}/login/return", login.come_back),
        Route(f"{_LANGUAGE}/leave", login.leave, methods=["POST"]),
        Route(f"{_LANGUAGE}/application", application.show),
        Route(f"{_LANGUAGE}/application/stage", application.stage),
        Route(f"{_LANGUAGE}/application/{{action}}", application.act, methods=["POST"]),
        Route(f"{_LANGUAGE}/evidence/{{exchange}}/{{number:int}}", downloads.evidence),
        Route(f"{_LANGUAGE}/acknowledgement.txt", downloads.acknowledgement),
        Route(f"{_LANGUAGE}/feedback", feedback.ask),
        Route(f"{_LANGUAGE}/feedback", feedback.take, methods=["POST"]),
        Route(f"{_LANGUAGE}/accessibility", statements.accessibility),
        Route(f"{_LANGUAGE}/privacy", statements.privacy),
    ]


def _application(behind: Behind, frame: Frame, visits: Visits) -> Application:
    pages = NextStep(
        frame=frame,
        visits=visits,
        desk=behind.desk,
        waiting=Waiting(desk=behind.desk, patience=behind.patience),
        addresses=behind.addresses,
        procedure=behind.procedure,
        countries=behind.evidence_countries,
        title=lambda language: behind.texts.text(language).title,
        now=behind.now,
    )
    buttons = Buttons(
        pages=pages,
        sessions=behind.sessions,
        desk=behind.desk,
        inbox=behind.inbox,
        addresses=behind.addresses,
        public_url=behind.public_url,
        procedure=behind.procedure,
        countries=behind.evidence_countries,
        now=behind.now,
    )
    return Application(
        frame=frame,
        pages=pages,
        buttons=buttons,
        visits=visits,
        sessions=behind.sessions,
        desk=behind.desk,
        procedure=behind.procedure,
        now=behind.now,
    )


class _OfferedLanguage(Convertor[str]):
    """The first part of a localised path: one of the languages that the product speaks."""

    regex = "|".join(sorted(str(code) for code in offered_languages()))

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("language", _OfferedLanguage())
_LANGUAGE = "/{language:language}"


@dataclass(frozen=True, slots=True)
class _Statements:
    """The pages that only say something."""

    frame: Frame
    visits: Visits
    now: Callable[[], datetime]

    async def accessibility(self, request: Request) -> Response:
        parts = ("how_title", "how", "known_title", "known", "contact_title", "contact")
        return self._page(request, "accessibility", parts)

    async def privacy(self, request: Request) -> Response:
        return self._page(request, "privacy", ("login", "evidence", "log", "cookie"))

    def _page(self, request: Request, name: str, parts: Sequence[str]) -> Response:
        found = self.visits.of(request, now=self.now())
        return self.frame.render(
            request,
            name,
            visit=found[1] if found else None,
            template="statement.html",
            parts=[f"{name}.{part}" for part in parts],
        )


@dataclass(frozen=True, slots=True)
class _Handler:
    """Turns what was raised into a problem page; the log says which rule or class it was."""

    frame: Frame
    visits: Visits
    now: Callable[[], datetime]
    kind: str

    async def handle(self, request: Request, error: Exception) -> Response:
        found = self.visits.of(request, now=self.now())
        problem = report(self.kind, rule=_rule_of(error))
        if self.kind == "internal":
            _log.error("reference=%s", problem.reference, exc_info=error)
        return self.frame.problem(request, problem, visit=found[1] if found else None)


def _rule_of(error: Exception) -> str:
    if isinstance(error, FormRefused):
        return error.rule
    if isinstance(error, HTTPException):
        return f"http::{error.status_code}"
    return type(error).__name__


async def _healthy(request: Request) -> Response:
    return PlainTextResponse("ok")


_STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


async def _static(request: Request) -> Response:
    name = str(request.path_params["name"])
    known = {entry.name: entry for entry in (files("sdg_connector.web") / "static").iterdir()}
    if name not in known:
        raise HTTPException(404)
    ending = name[name.rfind(".") :]
    return Response(
        known[name].read_bytes(),
        media_type=_STATIC_TYPES[ending],
        headers={"Cache-Control": "public, max-age=300"},
    )


@asynccontextmanager
async def _nothing(app: object) -> AsyncIterator[None]:
    yield
