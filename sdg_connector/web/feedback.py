"""The feedback form: a rating and a sentence, tied to the service and to nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from sdg_connector.adapters.pages import read_form
from sdg_connector.web.frame import Frame, language_of
from sdg_connector.web.problems import report
from sdg_connector.web.visit import Visits

MAX_TEXT: Final = 1000
_RATINGS: Final = frozenset("12345")


class FeedbackBox(Protocol):
    """Where feedback goes (Regulation (EU) 2018/1724, article 25)."""

    def put(self, *, rating: int, text: str, language: str, at: datetime) -> None:
        """Keep one answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The feedback pages."""

    frame: Frame
    visits: Visits
    box: FeedbackBox
    now: Callable[[], datetime]

    async def ask(self, request: Request) -> Response:
        """GET: the form."""
        token, visit = self.visits.of_or_new(request, now=self.now())
        thanked = request.query_params.get("done") == "1"
        page = self.frame.render(
            request,
            "feedback",
            visit=visit,
            thanked=thanked,
            left=request.query_params.get("after") == "left",
            problems=(),
            wrong=(),
            given={"rating": "", "text": ""},
            limit=MAX_TEXT,
        )
        return self.visits.hand_over(page, token)

    async def take(self, request: Request) -> Response:
        """POST: keep the answer, or say what is wrong with it."""
        found = self.visits.of(request, now=self.now())
        if found is None:
            return self.frame.problem(request, report("session", rule="web::session"), visit=None)
        form = await read_form(request, csrf=found[1].csrf)
        rating, text = form.get("rating", ""), form.get("text", "").strip()
        wrong = [
            field
            for field, right in (("rating", rating in _RATINGS), ("text", len(text) <= MAX_TEXT))
            if not right
        ]
        if wrong:
            return self.frame.render(
                request,
                "feedback",
                visit=found[1],
                status=422,
                thanked=False,
                left=False,
                problems=[(field, f"feedback.error_{field}") for field in wrong],
                wrong=wrong,
                given={"rating": rating, "text": text},
                limit=MAX_TEXT,
            )
        self.box.put(rating=int(rating), text=text, language=language_of(request), at=self.now())
        response = Response(status_code=303)
        response.headers["Location"] = f"/{language_of(request)}/feedback?done=1"
        return response
