"""The widget's own small application: a script, a style, a form, and what is answered to it.

It knows no visitor: no cookie, no session, no address is kept. What it takes are answers about
pages of the sites it serves (Regulation (EU) 2018/1724, article 25(4): a tool of one's own).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from procedures.feedback import (
    AnswersRefused,
    Category,
    Feedback,
    Form,
    Survey,
    first_level,
    read_feedback,
    read_survey,
    second_level,
)
from procedures.statistics import Site
from sdg_connector.adapters.pages import (
    FormRefused,
    PageHeaders,
    page_policy,
    read_form,
    template_environment,
)
from sdg_connector.web.widget.limiting import MINUTE, AnswerLimit
from sdg_connector.web.widget.wording import asked
from translations.catalogue import Messages, catalogue
from translations.errors import UnknownLanguage

_OCCASIONS: Final = frozenset({"submitted", "left"})
_FILES: Final = {"widget.js": "text/javascript", "widget.css": "text/css"}


class Answers(Protocol):
    """Where answers are kept; `procedures.feedback.FeedbackFile` is one."""

    def keep(self, answer: Feedback | Survey) -> None:
        """Keep one answer; when this returns it survives the process."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetOptions:
    """Whose pages are asked about, and where answers go."""

    sites: tuple[Site, ...]
    """Only pages of these may carry the widget."""
    answers: Answers
    now: Callable[[], datetime]
    limit: AnswerLimit = field(default_factory=AnswerLimit)
    """What one address may give in a minute; behind a proxy the server must know whose it is."""


def feedback_widget(options: WidgetOptions) -> Starlette:
    """The application; serve it by itself or mount it."""
    widget = _Widget(options)

    async def unreadable(request: Request, error: Exception) -> Response:
        return Response(status_code=400)

    return Starlette(
        routes=[
            Route("/form", widget.ask),
            Route("/form", widget.take, methods=["POST"]),
            Route("/survey", widget.take_survey, methods=["POST"]),
            Route("/{name}", _file),
        ],
        middleware=[Middleware(PageHeaders)],
        exception_handlers={FormRefused: unreadable},
    )


@dataclass(frozen=True, slots=True)
class _About:
    """What one request is about."""

    source: str
    category: Category
    words: Messages
    after: str
    fragment: bool
    origin: str


@dataclass(frozen=True, slots=True)
class _Widget:
    options: WidgetOptions
    templates: Environment = field(
        default_factory=lambda: template_environment("sdg_connector.web.widget")
    )

    async def ask(self, request: Request) -> Response:
        """GET: the first questions."""
        about = self._about(request, request.query_params)
        if about is None:
            return Response("This page is not served here.", status_code=403)
        return self._form(about, first_level(about.category))

    async def take(self, request: Request) -> Response:
        """POST: keep the first answers and offer the survey, or say what is wrong."""
        given = dict(await read_form(request, csrf=None))
        about = self._about(request, given)
        if about is None:
            return Response("This page is not served here.", status_code=403)
        if not self._admitted(request):
            return self._too_many(about)
        answers = _only_answers(given)
        try:
            feedback = read_feedback(
                about.category,
                answers,
                source=about.source,
                language=about.words.language,
                at=self.options.now(),
            )
        except AnswersRefused as refused:
            return self._form(about, first_level(about.category), refused.mistakes, answers)
        self.options.answers.keep(feedback)
        return self._form(about, second_level(about.category), thanked=True)

    async def take_survey(self, request: Request) -> Response:
        """POST: keep the answers to the survey, or say what is wrong."""
        given = dict(await read_form(request, csrf=None))
        about = self._about(request, given)
        if about is None:
            return Response("This page is not served here.", status_code=403)
        if not self._admitted(request):
            return self._too_many(about)
        answers = _only_answers(given)
        try:
            survey = read_survey(
                about.category, answers, source=about.source, at=self.options.now()
            )
        except AnswersRefused as refused:
            return self._form(about, second_level(about.category), refused.mistakes, answers)
        self.options.answers.keep(survey)
        return self._page(about, "thanks")

    def _admitted(self, request: Request) -> bool:
        address = "" if request.client is None else request.client.host
        return self.options.limit.admits(address, now=self.options.now())

    def _too_many(self, about: _About) -> Response:
        answer = self._page(about, "failed", status=429)
        answer.headers["Retry-After"] = str(MINUTE)
        return answer

    def _about(self, request: Request, given: Mapping[str, str]) -> _About | None:
        source = given.get("source", "")
        if not source.startswith(("http://", "https://")):
            return None
        found = next(
            (page for site in self.options.sites if (page := site.canonical(source))), None
        )
        category = next((one for one in Category if one.value == given.get("category")), None)
        if found is None or category is None:
            return None
        after = given.get("after", "")
        return _About(
            source=found,
            category=category,
            words=_words(given.get("language", "")),
            after=after if after in _OCCASIONS else "",
            fragment=given.get("fragment") == "1",
            origin=self._origin(request),
        )

    def _origin(self, request: Request) -> str:
        """The asking page's origin when it is of the sites; else nobody may read the answer."""
        origin = request.headers.get("origin", "")
        hosts = {urlsplit(site.base).netloc for site in self.options.sites}
        hosts |= {urlsplit(page).netloc for site in self.options.sites for page in site.pages}
        return origin if urlsplit(origin).netloc in hosts else ""

    def _form(
        self,
        about: _About,
        form: Form,
        mistakes: Mapping[str, str] | None = None,
        given: Mapping[str, str] | None = None,
        *,
        thanked: bool = False,
    ) -> Response:
        return self._page(
            about,
            "form",
            status=422 if mistakes else 200,
            questions=asked(form, about.words),
            level=form.level,
            wrong=set(mistakes or ()),
            given=given or {},
            thanked=thanked,
        )

    def _page(self, about: _About, name: str, *, status: int = 200, **values: Any) -> Response:
        values = {"about": about, "words": about.words, "t": about.words.text, **values}
        template = name if about.fragment else "page"
        html = self.templates.get_template(f"{template}.html").render(
            inner=f"{name}.html", **values
        )
        headers = {"Content-Security-Policy": page_policy(), "Vary": "Origin"}
        if about.fragment and about.origin:
            headers["Access-Control-Allow-Origin"] = about.origin
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return HTMLResponse(html, status_code=status, headers=headers)


def _only_answers(given: Mapping[str, str]) -> dict[str, str]:
    about = {"source", "category", "language", "after", "fragment"}
    return {name: value for name, value in given.items() if name not in about}


def _words(language: str) -> Messages:
    try:
        return catalogue(language)
    except UnknownLanguage:
        return catalogue("en")


async def _file(request: Request) -> Response:
    name = str(request.path_params["name"])
    if name not in _FILES:
        return Response(status_code=404)
    body = (files("sdg_connector.web.widget") / "static" / name).read_bytes()
    headers = {
        "Cache-Control": "public, max-age=3600",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(body, media_type=_FILES[name], headers=headers)
