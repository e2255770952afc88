"""The public page of the service: its description in the reader's language, or translated."""

from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from procedures import DescribedPage
from sdg_connector.web.country import language_name
from sdg_connector.web.frame import Frame, language_of, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceText:
    """A description in one language."""

    page: DescribedPage
    """Its language is not always the one asked for."""
    source_language: str
    meta: Markup
    """The SDG meta tags of the page head."""
    changed: str = ""
    """ISO 8601 date of the last change; empty when the description does not say."""
    demo_model: bool = False
    """Whether the small demonstration model had a part in it."""

    @property
    def title(self) -> tuple[str, str]:
        """The title, with the language that it is in."""
        return self.page.title.text, self.page.title.language


class ServiceTexts(Protocol):
    """Where the texts come from."""

    def text(self, language: str) -> ServiceText:
        """The description in a language, or in the nearest one there is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePage:
    """The first page of the portal."""

    frame: Frame
    texts: ServiceTexts

    async def home(self, request: Request) -> Response:
        """GET /: the page in the browser's language."""
        return RedirectResponse(f"/{language_of(request)}/", status_code=302)

    def show(self, request: Request) -> Response:
        """GET: the description. Runs in a thread, because translating takes a moment."""
        words = words_of(request)
        text = self.texts.text(words.language)
        return self.frame.render(
            request,
            "procedure",
            visit=None,
            step=1,
            service=text.page,
            meta=text.meta,
            changed=text.changed,
            demo_model=text.demo_model,
            source_language=text.source_language,
            source_language_name=language_name(text.source_language, words.language),
            shown_language_name=language_name(text.page.language, words.language),
        )
