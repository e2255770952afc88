"""The pages of the preview space: words, templates, and documents that no browser runs."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from eidas import Identity
from sdg_connector.adapters.pages import octets_response, page_policy
from sdg_connector.connector.holding import HeldEvidence, HeldSupplement
from sdg_connector.content import IN_MEMORY, beginning_of, octets_of, size_of
from sdg_connector.web.frame import LanguageLink, language_of
from sdg_connector.web.person import PersonOnFile
from sdg_connector.web.showing import shown_date, shown_format
from translations.catalogue import catalogue, offered_languages

_INERT: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
_SHOWN: Final = frozenset({"application/pdf", "image/jpeg", "image/png"})
"""What a browser shows without running anything of it; all else is shown as text."""
_MOST_SHOWN: Final = 200_000
"""Characters of a text that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHeld:
    """One evidence on the page."""

    title: str
    language: str
    issued: str
    parts: tuple[tuple[str, str], ...]
    """Title and format of the document and of what stands beside it."""


@dataclass(frozen=True, slots=True)
class PreviewPages:
    """Renders the pages."""

    templates: Environment
    issuer: str
    """Name of the provider, as the pages give it."""

    def language(self, request: Request) -> str:
        """The language asked for, else the browser's."""
        return language_of(request)

    def person_of(self, identity: Identity) -> PersonOnFile:
        """What the session keeps of who logged in."""
        return PersonOnFile.of(identity)

    def person_from(self, value: Mapping[str, Any]) -> PersonOnFile:
        """Back from the session."""
        return PersonOnFile.from_json(value)

    def render(
        self,
        request: Request,
        name: str,
        *,
        status: int = 200,
        forms_to: Iterable[str] = (),
        **values: Any,
    ) -> HTMLResponse:
        """The page ``name``."""
        words = catalogue(self.language(request))
        html = self.templates.get_template(f"preview_{name}.html").render(
            name=name,
            words=words,
            t=words.text,
            issuer=self.issuer,
            base=request.scope.get("root_path", "").removesuffix("/eidas"),
            languages=[LanguageLink(str(one), catalogue(str(one)).name) for one in _languages()],
            **values,
        )
        policy = page_policy(forms_to=forms_to)
        headers = {"Content-Security-Policy": policy, "Content-Language": str(words.language)}
        return HTMLResponse(html, status_code=status, headers=headers)


def shown_held(
    held: HeldEvidence, parts: Iterable[HeldEvidence | HeldSupplement], language: str
) -> ShownHeld:
    """An evidence in a language."""
    return ShownHeld(
        title=held.title,
        language=(held.language or "en").lower(),
        issued=shown_date(held.issued.isoformat(), language),
        parts=tuple((one.title, shown_format(one.media_type)) for one in parts),
    )


async def viewer(
    pages: PreviewPages, request: Request, document: HeldEvidence | HeldSupplement
) -> Response:
    """A document in the browser: a file that it shows but does not run, or its text.

    Raises ``Gone`` for one that was erased meanwhile.
    """
    content = document.content
    if size_of(content) <= IN_MEMORY:
        content = await asyncio.to_thread(octets_of, content)
    if document.media_type in _SHOWN:
        return octets_response(
            content,
            media_type=document.media_type,
            headers={"Content-Security-Policy": _INERT, "Content-Disposition": "inline"},
        )
    shown = await asyncio.to_thread(beginning_of, content, 4 * _MOST_SHOWN)
    source = shown.decode("utf-8", "replace")[:_MOST_SHOWN]
    return pages.render(request, "source", source=source, title=document.title)


def origin(address: str) -> str:
    """Scheme and host of an address, for a Content-Security-Policy."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _languages() -> list[str]:
    return sorted(str(one) for one in offered_languages())
