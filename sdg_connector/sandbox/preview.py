"""The preview space: the person logs in again, looks at each document, decides, and goes back.

TDD chapter 4.9. The address is random, works for one person and for a limited time; the way back is
the one that the second request named, or the ``returnurl`` that EDM 1.x appends to the address.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sdg_connector.adapters.addresses import Addresses, origin_of
from sdg_connector.adapters.pages import read_form
from sdg_connector.errors import OwnMistake
from sdg_connector.sandbox.citizens import Citizen, citizens_of
from sdg_connector.sandbox.documents import PDF, Document, documents_of
from sdg_connector.sandbox.pages import SandboxPages
from sdg_connector.sandbox.register import Diploma

PREVIEW_TIME: Final = timedelta(minutes=15)
"""T2 of TDD 4.4.3: how long the person may take; the requester waits a minute longer."""
_COOKIE: Final = "sdg_preview"
_INERT: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
_FORMAT_NAMES: Final = {PDF: "PDF", "application/xml": "XML"}


@dataclass(slots=True, kw_only=True)
class Preview:
    """One evidence waiting for one person's decision."""

    ticket: str
    """The random last part of the address."""
    visitor: str
    """National part of the identifier of whoever looks: the person of the request, or whoever acts
    for them."""
    diploma: Diploma
    requester: str
    """Name of the evidence requester."""
    began: datetime
    return_location: str = ""
    """From the second request; empty until it came."""
    session: str = ""
    """Cookie of the browser in which the person logged in here; empty before that."""
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    kept: tuple[Document, ...] | None = None
    """What may be sent; None before the decision, empty when nothing may."""


@dataclass(slots=True, kw_only=True)
class PreviewSpace:
    """The pages of the preview space."""

    country: str
    pages: SandboxPages
    addresses: Addresses
    return_origins: frozenset[str]
    """Origins of the portals that a person may be sent back to: no open redirect."""
    decided: Callable[[Preview], Awaitable[None]]
    """Told when the person has chosen."""
    now: Callable[[], datetime]
    previews: dict[str, Preview] = field(default_factory=dict)

    def open(self, preview: Preview) -> None:
        """Make a preview reachable."""
        self.previews[preview.ticket] = preview

    async def show(self, request: Request) -> Response:
        """GET: the login, or the documents when the person has logged in here."""
        preview = self._preview(request)
        if preview is None:
            return self._end(request, "gone", status=404)
        self._note_return_address(request, preview)
        if not self._is_open_here(request, preview):
            return self._login_page(request, preview, wrong=False)
        return self._documents(request, preview, wrong=False)

    async def login(self, request: Request) -> Response:
        """POST: the person shows who they are; only the person of the request goes on."""
        preview = self._preview(request)
        if preview is None or preview.session:
            return self._end(request, "gone", status=404)
        form = await read_form(request, csrf=None)
        citizen = self._citizen(form.get("citizen", ""))
        if citizen is None:
            return self._login_page(request, preview, wrong=True)
        if citizen.natural.identifier.opaque != preview.visitor:
            await self._decide(preview, ())
            return self._end(request, "other", status=403, preview=preview)
        preview.session = secrets.token_urlsafe(24)
        response = RedirectResponse(self._here(preview), status_code=303)
        response.set_cookie(
            _COOKIE,
            preview.session,
            httponly=True,
            samesite="lax",
            max_age=int(PREVIEW_TIME.total_seconds()),
            path=self._here(preview),
        )
        return response

    async def document(self, request: Request) -> Response:
        """GET: one document; a PDF as an inert file, an XML as escaped text."""
        preview = self._preview(request)
        number = int(request.path_params["number"])
        if preview is None or not self._is_open_here(request, preview):
            return self._end(request, "gone", status=404)
        documents = documents_of(preview.diploma)
        if number >= len(documents):
            return self._end(request, "gone", status=404)
        document = documents[number]
        if document.media_type == PDF:
            return Response(
                document.content,
                media_type=PDF,
                headers={
                    "Content-Disposition": f'inline; filename="{document.name}"',
                    "Content-Security-Policy": _INERT,
                },
            )
        return self.pages.render(
            request,
            "preview-source",
            source=document.content.decode("utf-8"),
            here=self._here(preview),
        )

    async def decide(self, request: Request) -> Response:
        """POST: the decision, once; then back to the portal."""
        preview = self._preview(request)
        if preview is None or not self._is_open_here(request, preview):
            return self._end(request, "gone", status=404)
        form = await read_form(request, csrf=None)
        if not hmac.compare_digest(form.get("csrf", "").encode(), preview.csrf.encode()):
            return self._end(request, "gone", status=403)
        kept: tuple[Document, ...] = ()
        if form.get("decision") == "approve":
            kept = tuple(
                document
                for number, document in enumerate(documents_of(preview.diploma))
                if form.get(f"keep-{number}") == "yes"
            )
            if not kept:
                return self._documents(request, preview, wrong=True)
        await self._decide(preview, kept)
        back = self._way_back(preview)
        return RedirectResponse(back, status_code=303) if back else self._end(request, "gone")

    async def _decide(self, preview: Preview, kept: tuple[Document, ...]) -> None:
        preview.kept = kept
        await self.decided(preview)

    def _documents(self, request: Request, preview: Preview, *, wrong: bool) -> Response:
        language = self.pages.words(request).language
        diploma = preview.diploma
        back = self._way_back(preview)
        return self.pages.render(
            request,
            "preview-decide",
            status=422 if wrong else 200,
            forms_to=(origin_of(back),) if back else (),
            here=self._here(preview),
            csrf=preview.csrf,
            wrong=wrong,
            service=preview.requester,
            title=diploma.title,
            language=str(language),
            issuer=diploma.institution,
            issued=format_date(diploma.issued, "long", locale=str(language)),
            documents=[
                {"format": _FORMAT_NAMES[document.media_type]} for document in documents_of(diploma)
            ],
        )

    def _login_page(self, request: Request, preview: Preview, *, wrong: bool) -> Response:
        return self.pages.render(
            request,
            "preview-login",
            status=422 if wrong else 200,
            here=self._here(preview),
            wrong=wrong,
            citizens=citizens_of(self.country),
        )

    def _end(
        self, request: Request, kind: str, *, status: int = 200, preview: Preview | None = None
    ) -> Response:
        return self.pages.render(
            request,
            "preview-end",
            status=status,
            title_word=f"sandbox.preview.{kind}_title",
            text_word=f"sandbox.preview.{kind}",
            way_back=self._way_back(preview) if preview else "",
        )

    def _preview(self, request: Request) -> Preview | None:
        """The preview that the address names, while it is open."""
        preview = self.previews.get(request.path_params["ticket"])
        if preview is None or preview.kept is not None:
            return None
        return preview if self.now() - preview.began < PREVIEW_TIME else None

    def _is_open_here(self, request: Request, preview: Preview) -> bool:
        given = request.cookies.get(_COOKIE, "")
        return bool(preview.session) and hmac.compare_digest(
            given.encode(), preview.session.encode()
        )

    def _note_return_address(self, request: Request, preview: Preview) -> None:
        """EDM 1.x carries the way back in the address; the second request of 2.0 wins over it."""
        given = request.query_params.get("returnurl", "")
        if given and not preview.return_location:
            preview.return_location = given

    def _way_back(self, preview: Preview) -> str:
        """Where the person goes afterwards, if it is a portal that we know."""
        location = preview.return_location
        try:
            known = urlsplit(location).scheme == "https" and origin_of(location)
        except (ValueError, OwnMistake):
            return ""
        return self.addresses.reach(location) if known in self.return_origins else ""

    def _here(self, preview: Preview) -> str:
        return f"/preview/{preview.ticket}"

    def _citizen(self, key: str) -> Citizen | None:
        return next((one for one in citizens_of(self.country) if one.key == key), None)
