"""The frame around each page: words, languages, steps, and the response with its policy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from sdg_connector.adapters.pages import page_policy
from sdg_connector.web.problems import Problem
from sdg_connector.web.visit import Visit
from translations.catalogue import Messages, catalogue, offered_languages

STEPS = (
    "portal.step.service",
    "portal.step.identify",
    "portal.step.request",
    "portal.step.preview",
    "portal.step.send",
)
_MAIN_LANGUAGES = ("lv", "en")


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the language switch."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the base template needs."""

    name: str
    step: int
    """1 to 5; 0 shows no steps."""
    csrf: str
    person: str
    """The name of who is logged in, else empty."""
    in_language: Callable[[str], str]
    """The address of this page in another language."""
    languages: tuple[LanguageLink, ...]
    main_languages: tuple[LanguageLink, ...]
    steps: tuple[str, ...] = STEPS
    demo: bool = True


@dataclass(frozen=True, slots=True)
class Frame:
    """Renders pages."""

    templates: Environment
    demo: bool

    def render(
        self,
        request: Request,
        name: str,
        *,
        visit: Visit | None,
        template: str = "",
        step: int = 0,
        status: int = 200,
        forms_to: Iterable[str] = (),
        watches: bool = False,
        **values: Any,
    ) -> HTMLResponse:
        """The page ``name`` in the language of the request's path."""
        words = words_of(request)
        page = Page(
            name=name,
            step=step,
            csrf=visit.csrf if visit else "",
            person=visit.person.visitor_name if visit and visit.person else "",
            in_language=lambda code: _in_language(request, code),
            languages=_languages(),
            main_languages=tuple(
                LanguageLink(code, catalogue(code).name)
                for code in dict.fromkeys((*_MAIN_LANGUAGES, str(words.language)))
            ),
            demo=self.demo,
        )
        html = self.templates.get_template(template or f"{name}.html").render(
            page=page, words=words, t=words.text, tn=words.count, **values
        )
        return HTMLResponse(
            html,
            status_code=status,
            headers={
                "Content-Security-Policy": page_policy(forms_to=forms_to, watches=watches),
                "Content-Language": words.language,
            },
        )

    def problem(self, request: Request, problem: Problem, *, visit: Visit | None) -> HTMLResponse:
        """The page that explains a problem."""
        return self.render(
            request,
            "problem",
            visit=visit,
            status=problem.status,
            kind=problem.kind,
            reference=problem.reference,
            way=_open_way(problem, visit),
        )


def words_of(request: Request) -> Messages:
    """The product's words in the language of the path, else in the browser's, else in Latvian."""
    return catalogue(language_of(request))


def language_of(request: Request) -> str:
    """Code of the language of a request."""
    offered = {str(code) for code in offered_languages()}
    asked = request.path_params.get("language") or request.query_params.get("language", "")
    if asked in offered:
        return str(asked)
    accepted = request.headers.get("accept-language", "")
    for part in accepted.split(",")[:20]:
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in offered:
            return code
    return "lv"


def to(request: Request, path: str) -> RedirectResponse:
    """A redirect to a page of ours, in the language of the request, after a POST."""
    return RedirectResponse(f"/{language_of(request)}/{path}", status_code=303)


def _open_way(problem: Problem, visit: Visit | None) -> str:
    """A button that needs a session is shown only where there is one."""
    if problem.way in ("application", "continue") and (visit is None or visit.person is None):
        return "start"
    return problem.way


def _in_language(request: Request, code: str) -> str:
    """Only a page that can be asked for again has an address in another language."""
    language = request.path_params.get("language")
    if not language or request.method != "GET":
        return f"/{code}/application" if language else f"/{code}/"
    return f"/{code}{request.url.path[len(language) + 1 :]}"


def _languages() -> tuple[LanguageLink, ...]:
    return tuple(LanguageLink(str(code), catalogue(str(code)).name) for code in offered_languages())
