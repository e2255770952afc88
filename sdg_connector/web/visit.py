"""One visit: everything that the portal remembers between two pages, in one encrypted value."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import Response

from sdg_connector.adapters.store import Sessions
from sdg_connector.web.desk import AskedQuestion, DeliveredFile, Offer
from sdg_connector.web.person import PersonOnFile

COOKIE = "sdg_portal"
"""Named unlike any cookie of the sandbox: browsers keep cookies by host, not by port."""
LIFE = timedelta(hours=1)
_KIND = "visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """One exchange that this visit started."""

    exchange: str
    offer: int
    """Index into the offers of the visit."""
    settled: bool = False
    """Whether the person has decided about it."""
    problem: str = ""
    """Reference number under which a failure was reported, once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One file that goes with the application."""

    exchange: str
    number: int
    title: str
    media_type: str
    size: int
    sha256: str

    @classmethod
    def of(cls, exchange: str, file: DeliveredFile) -> Self:
        """The delivered file, attached."""
        return cls(
            exchange=exchange,
            number=file.number,
            title=file.title,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The state of one person's application."""

    csrf: str
    name: str
    """Random name of the visit, known to no browser: exchanges are idempotent under it."""
    person: PersonOnFile | None = None
    country: str = ""
    """Country whose node identified the person."""
    evidence_country: str = ""
    """Country in which evidence is looked for."""
    questions: tuple[AskedQuestion, ...] = ()
    """What the directory of that country wants to know first."""
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    answers_refused: bool = False
    """Whether the directory did not take the last answers."""
    offers: tuple[Offer, ...] = ()
    asked: tuple[AskedFor, ...] = ()
    recalled: bool = False
    """Whether it was looked up what the person asked for in an earlier visit."""
    attached: tuple[Attached, ...] = ()
    ready: bool = False
    """Whether the person goes on to send the application."""
    reference: str = ""
    received_at: str = ""
    """ISO 8601; set when the application was sent."""

    @classmethod
    def begin(cls) -> Self:
        """A visitor about whom nothing is known."""
        return cls(csrf=secrets.token_urlsafe(24), name=secrets.token_hex(16))

    @property
    def choices(self) -> tuple[tuple[int, ...], ...]:
        """The offers by number, those of one choice together."""
        groups: dict[str, list[int]] = {}
        for number, offer in enumerate(self.offers):
            groups.setdefault(offer.choice or offer.id, []).append(number)
        return tuple(tuple(numbers) for numbers in groups.values())

    @property
    def undecided(self) -> tuple[AskedFor, ...]:
        """The exchanges that the person has not decided about."""
        return tuple(one for one in self.asked if not one.settled)

    @property
    def open_exchange(self) -> AskedFor | None:
        """The first of them."""
        return next(iter(self.undecided), None)

    def settle(self, exchange: str) -> Self:
        """The visit in which an exchange is decided."""
        return self._with(exchange, settled=True)

    def reported(self, exchange: str, reference: str) -> Self:
        """The visit in which the failure of an exchange has its reference number."""
        return self._with(exchange, problem=reference)

    def _with(self, exchange: str, **changes: Any) -> Self:
        return replace(
            self,
            asked=tuple(
                replace(one, **changes) if one.exchange == exchange else one for one in self.asked
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """As the session store keeps it."""
        return {
            "csrf": self.csrf,
            "name": self.name,
            "person": self.person and self.person.to_json(),
            "country": self.country,
            "evidence_country": self.evidence_country,
            "questions": [question.to_json() for question in self.questions],
            "answers": dict(self.answers),
            "answers_refused": self.answers_refused,
            "offers": [offer.to_json() for offer in self.offers],
            "asked": [asdict(one) for one in self.asked],
            "attached": [asdict(one) for one in self.attached],
            "recalled": self.recalled,
            "ready": self.ready,
            "reference": self.reference,
            "received_at": self.received_at,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Back from what `to_json` gave."""
        return cls(
            csrf=value["csrf"],
            name=value["name"],
            person=PersonOnFile.from_json(value["person"]) if value["person"] else None,
            country=value["country"],
            evidence_country=value["evidence_country"],
            questions=tuple(AskedQuestion.from_json(one) for one in value["questions"]),
            answers=value["answers"],
            answers_refused=value["answers_refused"],
            offers=tuple(Offer.from_json(one) for one in value["offers"]),
            asked=tuple(AskedFor(**one) for one in value["asked"]),
            attached=tuple(Attached(**one) for one in value["attached"]),
            recalled=value["recalled"],
            ready=value["ready"],
            reference=value["reference"],
            received_at=value["received_at"],
        )


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits behind a cookie."""

    sessions: Sessions
    secure: bool
    """Whether the cookie travels over TLS only; false on loopback."""

    def of(self, request: Request, *, now: datetime) -> tuple[str, Visit] | None:
        """The visitor's token and visit, or None when there is none any more."""
        token = request.cookies.get(COOKIE, "")
        value = self.sessions.read(_KIND, token, now=now) if token else None
        return None if value is None else (token, Visit.from_json(value))

    def of_or_new(self, request: Request, *, now: datetime) -> tuple[str, Visit]:
        """The visitor's token and visit, a new one when there is none."""
        found = self.of(request, now=now)
        if found is not None:
            return found
        visit = Visit.begin()
        return self.sessions.create(_KIND, visit.to_json(), now=now, life=LIFE), visit

    def keep(self, token: str, visit: Visit, *, now: datetime) -> None:
        """Remember the new state of a visit, and let it live an hour from now."""
        self.sessions.write(_KIND, token, visit.to_json(), now=now, life=LIFE)

    def renew(self, token: str, visit: Visit, *, now: datetime) -> str:
        """The visit under a new token: after a login no token from before it is worth anything."""
        self.sessions.drop(_KIND, token)
        return self.sessions.create(
            _KIND, replace(visit, csrf=secrets.token_urlsafe(24)).to_json(), now=now, life=LIFE
        )

    def end(self, token: str) -> None:
        """Forget a visit."""
        self.sessions.drop(_KIND, token)

    def hand_over(self, response: Response, token: str) -> Response:
        """Put the cookie on a response."""
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(LIFE.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self.secure,
        )
        return response
