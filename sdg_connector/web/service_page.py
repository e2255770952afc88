"""The public page of the service: its description in the reader's language, or translated."""

from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sdg_connector.web.country import language_name
from sdg_connector.web.frame import Frame, language_of, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a description."""

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceText:
    """A description in one language."""

    language: str
    """The language of the text, which is not always the one asked for."""
    source_language: str
    translated: bool
    """Whether a machine made this text from the source language."""
    title: str
    summary: str
    sections: tuple[Section, ...]
    facts: tuple[tuple[str, str], ...]
    """Short facts beside the text: label and value."""
    meta: Markup
    """The SDG meta tags of the page head."""


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
            procedure=text,
            meta=text.meta,
            translated=text.translated,
            source_language_name=language_name(text.source_language, words.language),
        )
