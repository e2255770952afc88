"""Evidence as a download: foreign bytes leave with headers under which no browser runs them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sdg_connector.adapters.pages import octets_response
from sdg_connector.content import Content
from sdg_connector.web.desk import EvidenceDesk
from sdg_connector.web.frame import Frame, words_of
from sdg_connector.web.problems import report
from sdg_connector.web.showing import shown_format
from sdg_connector.web.visit import Visit, Visits

_INERT: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
_ENDINGS: Final = {
    "application/pdf": "pdf",
    "application/xml": "xml",
    "application/json": "json",
    "image/jpeg": "jpg",
    "image/png": "png",
}
"""Media types that are served as what they are; anything else (SVG too) as plain octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """What a person can take away."""

    frame: Frame
    visits: Visits
    desk: EvidenceDesk
    now: Callable[[], datetime]

    async def evidence(self, request: Request) -> Response:
        """GET: one delivered file, to the visit that asked for it and to nobody else."""
        visit = self._visit(request)
        exchange, number = request.path_params["exchange"], request.path_params["number"]
        if visit is None or exchange not in {one.exchange for one in visit.asked}:
            return self.frame.problem(
                request, report("missing", rule="web::evidence-of-visit"), visit=visit
            )
        files = {file.number: file for file in (await self.desk.view(exchange)).files}
        if number not in files:
            return self.frame.problem(
                request, report("missing", rule="web::evidence-number"), visit=visit
            )
        return attachment(
            await self.desk.content(exchange, number),
            media_type=files[number].media_type,
            name=f"evidence-{number + 1}",
        )

    async def acknowledgement(self, request: Request) -> Response:
        """GET: the written acknowledgement of receipt as a text file."""
        visit = self._visit(request)
        if visit is None or not visit.reference:
            return self.frame.problem(
                request, report("session", rule="web::acknowledgement"), visit=visit
            )
        words = words_of(request)
        lines = [
            words.text("acknowledgement.file"),
            "",
            f"{words.text('acknowledgement.reference')}: {visit.reference}",
            f"{words.text('acknowledgement.time')}: {visit.received_at}",
            "",
            words.text("submit.evidence"),
            *(
                f"- {one.title} ({shown_format(one.media_type)}) {one.sha256}"
                for one in visit.attached
            ),
        ]
        response = PlainTextResponse("\n".join(lines) + "\n")
        response.headers["Content-Disposition"] = f'attachment; filename="{visit.reference}.txt"'
        return response

    def _visit(self, request: Request) -> Visit | None:
        found = self.visits.of(request, now=self.now())
        return found[1] if found else None


def attachment(content: Content, *, media_type: str, name: str) -> Response:
    """Foreign bytes as a file to save; the name is ours, never the sender's."""
    ending = _ENDINGS.get(media_type)
    return octets_response(
        content,
        media_type=media_type if ending else "application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{ending or "bin"}"',
            "Content-Security-Policy": _INERT,
            "X-Content-Type-Options": "nosniff",
        },
    )
