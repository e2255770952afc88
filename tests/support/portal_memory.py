"""What stands behind the portal's pages in tests: a desk, texts and a feedback box in memory."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from procedures import DescribedPage, Topic
from procedures.page import Line, Part
from sdg_connector.ports import Bell
from sdg_connector.web import (
    DeliveredFile,
    DeskAsks,
    DeskRefused,
    ExchangeView,
    Label,
    Offer,
    Requirement,
    Stage,
)
from sdg_connector.web.desk import NextStep
from sdg_connector.web.person import PersonOnFile
from sdg_connector.web.service_page import ServiceText

PDF_BYTES = b"%PDF-1.4 diploma"
XML_BYTES = b"<diploma/>"
OFFER = Offer(
    id="offer-1",
    requirement=Label("Proof of tertiary education diploma/certificate/degree", "en"),
    evidence=Label("Título universitario", "es"),
    provider=Label("Registro de títulos universitarios", "es"),
    country="ES",
    formats=("application/pdf", "application/xml"),
)


@dataclass(slots=True)
class MemoryDesk:
    """A desk whose next answers a test sets."""

    views: dict[str, ExchangeView] = field(default_factory=dict)
    asked: list[tuple[Offer, PersonOnFile, str]] = field(default_factory=list)
    settled: list[tuple[str, bool]] = field(default_factory=list)
    returned_from: list[str] = field(default_factory=list)
    refuses: DeskRefused | None = None
    preview_location: str = "https://es.sandbox.example/preview/abc"
    offers: tuple[Offer, ...] = (OFFER,)
    asks: DeskAsks | None = None
    takes: Callable[[Mapping[str, str]], bool] = bool
    """Whether the answers are what the directory wanted to know."""
    earlier: dict[str, tuple[tuple[str, Offer], ...]] = field(default_factory=dict)
    """What persons asked for before, by their identifiers."""
    answers: list[dict[str, str]] = field(default_factory=list)
    looks: int = 0
    bell: Bell = field(default_factory=Bell)
    """Rings when a view changes."""

    async def requirements(self, *, procedure: str) -> tuple[Requirement, ...]:
        return (Requirement(id="r1", name=OFFER.requirement),)

    async def find(
        self, *, procedure: str, country: str, answers: Mapping[str, str]
    ) -> tuple[Offer, ...]:
        self.answers.append(dict(answers))
        if self.asks is not None and not self.takes(answers):
            raise self.asks
        if self.refuses is not None:
            raise self.refuses
        return self.offers

    async def request(
        self,
        offer: Offer,
        *,
        procedure: str,
        person: PersonOnFile,
        visit: str,
        asked_at: datetime,
        return_location: str,
    ) -> str:
        self.asked.append((offer, person, return_location))
        exchange = f"exchange-{len(self.asked)}"
        self.views[exchange] = ExchangeView(stage=Stage.WAITING)
        return exchange

    async def returning(
        self, *, procedure: str, person: PersonOnFile
    ) -> tuple[tuple[str, Offer], ...]:
        return self.earlier.pop(person.identifier, ())

    async def view(self, exchange: str) -> ExchangeView:
        self.looks += 1
        return self.views[exchange]

    @contextmanager
    def steps(self, exchange: str) -> Iterator[NextStep]:
        async def next_step(seconds: float) -> None:
            await self.bell.heard(seconds)

        yield next_step

    async def went_to_preview(self, exchange: str) -> str:
        return self.preview_location

    async def returned(self, exchange: str) -> None:
        self.returned_from.append(exchange)

    async def content(self, exchange: str, number: int) -> bytes:
        return (PDF_BYTES, XML_BYTES)[number]

    async def cancel(self, exchange: str) -> None:
        self.settled.append((exchange, False))

    async def settle(self, exchange: str, *, used: bool) -> None:
        self.settled.append((exchange, used))

    def deliver(self, exchange: str) -> None:
        """The evidence has arrived."""
        self.views[exchange] = ExchangeView(
            stage=Stage.DELIVERED,
            files=tuple(
                DeliveredFile(
                    number=number,
                    title="Título",
                    media_type=media_type,
                    size=len(content),
                    sha256=hashlib.sha256(content).hexdigest(),
                    issued="2021-07-09",
                )
                for number, (media_type, content) in enumerate(
                    (("application/pdf", PDF_BYTES), ("application/xml", XML_BYTES))
                )
            ),
        )


@dataclass(frozen=True, slots=True)
class MemoryTexts:
    """One description, in Latvian and as if translated into English."""

    def text(self, language: str) -> ServiceText:
        latvian = language == "lv"
        shown = "lv" if latvian else "en"

        def line(original: str, english: str) -> Line:
            return Line(
                text=original if latvian else english, language=shown, machine_made=not latvian
            )

        page = DescribedPage(
            language=shown,
            title=line(
                "Ārvalstīs iegūta diploma akadēmiskā atzīšana",
                "Academic recognition of a diploma issued abroad",
            ),
            summary=line(
                "Pakalpojums personai, kura diplomu ieguvusi ārvalstī.",
                "For a person who holds a foreign diploma.",
            ),
            parts=(
                Part(
                    topic=Topic.EVIDENCE,
                    lines=(line("Diploms", "Diploma"), line("Pielikums", "Supplement")),
                ),
            ),
            authority=line("Akadēmiskās informācijas centrs", "Academic Information Centre"),
            updated="2026. gada 1. oktobris" if latvian else "1 October 2026",
        )
        meta = Markup('<meta name="sdg-tag" content="sdg">')
        return ServiceText(page=page, source_language="lv", meta=meta, changed="2026-10-01")


@dataclass(slots=True)
class MemoryFeedback:
    """Keeps feedback in a list."""

    kept: list[tuple[int, str, str]] = field(default_factory=list)

    def put(self, *, rating: int, text: str, language: str, at: datetime) -> None:
        self.kept.append((rating, text, language))
