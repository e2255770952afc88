"""Pages of the sandbox: its words, its frame, its policy."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from babel import Locale
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse

from sdg_connector.adapters.pages import page_policy
from translations.catalogue import Messages, catalogue, offered_languages

_COUNTRY_LANGUAGES = {"ES": "es", "EE": "et", "EL": "el"}
_ISO_CODES = {"EL": "GR"}


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the language switch."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class SandboxPages:
    """Renders pages in the frame of a sandbox country."""

    templates: Environment
    country: str

    def render(
        self,
        request: Request,
        name: str,
        *,
        template: str = "",
        status: int = 200,
        forms_to: Iterable[str] = (),
        **values: Any,
    ) -> HTMLResponse:
        """The page ``name`` in the reader's language."""
        words = self.words(request)
        html = self.templates.get_template(template or f"{name}.html").render(
            name=name,
            words=words,
            t=words.text,
            code=self.country,
            country=country_name(self.country, words.language),
            switchable=request.method == "GET",
            languages=[LanguageLink(code, catalogue(code).name) for code in self._offered()],
            **values,
        )
        return HTMLResponse(
            html,
            status_code=status,
            headers={"Content-Security-Policy": page_policy(forms_to=forms_to)},
        )

    def problem(self, request: Request, *, status: int) -> HTMLResponse:
        """The page for what is not a request of ours."""
        return self.render(request, "problem", status=status)

    def words(self, request: Request) -> Messages:
        """The words in the language asked for, else the browser's, else the country's."""
        known = {str(code) for code in offered_languages()}
        asked = request.query_params.get("language", "")
        accepted = request.headers.get("accept-language", "").split(",")[:20]
        wanted = (asked, *(part.split(";")[0].strip().lower().split("-")[0] for part in accepted))
        return catalogue(next((code for code in wanted if code in known), self._offered()[0]))

    def _offered(self) -> tuple[str, ...]:
        return (_COUNTRY_LANGUAGES[self.country], "en", "lv")


def country_name(code: str, language: str) -> str:
    """A country's name in a language."""
    name = Locale.parse(str(language)).territories.get(_ISO_CODES.get(code, code))
    return name or code
