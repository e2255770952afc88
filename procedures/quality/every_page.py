"""What every page of the Gateway needs: codes, an address, dates, a language that many read."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from procedures.codes import Annex, PolicyCode, assistance_services, entry, knows
from procedures.document import Path
from procedures.model import AssistanceService, Description, InformationPage, Kind, Text
from procedures.quality.rules import Shortcoming
from procedures.translating import is_stale

QUARTER: Final = timedelta(days=92)
"""How long a check holds in Latvia (Cabinet Regulation No 399, point 10)."""
YEAR: Final = timedelta(days=366)


def every_page_shortcomings(
    description: Description, held: Iterable[tuple[Path, Text]], *, today: date
) -> Iterator[Shortcoming]:
    """Shortcomings that any kind of description may have; ``held`` are its texts."""
    if isinstance(description, AssistanceService):
        yield from _service_name(description, today)
    else:
        yield from _codes(description, today)
    yield from _pages(description)
    yield from _dates(description, today)
    yield from _review(description, today)
    yield from _languages(description, held)
    if not description.audience:
        yield Shortcoming("description.audience", ("audience",))
    if description.country == "LV" and (
        description.latvia is None or not description.latvia.function
    ):
        yield Shortcoming("latvia.function", ("latvia",))


def _service_name(service: AssistanceService, today: date) -> Iterator[Shortcoming]:
    if service.service not in {one.name for one in assistance_services() if one.holds_on(today)}:
        yield Shortcoming("description.service-name", ("service",))


def _codes(description: Description, today: date) -> Iterator[Shortcoming]:
    if not description.codes:
        yield Shortcoming("description.code", ("codes",))
    for at, code in enumerate(description.codes):
        yield from _code(code, ("codes", at), description.kind, today)
    spelled = [code.code for code in description.codes]
    for double in sorted({code for code in spelled if spelled.count(code) > 1}):
        yield Shortcoming("description.code-ambiguous", ("codes",), {"what": double})


def _code(
    code: PolicyCode, path: tuple[str | int, ...], kind: Kind, today: date
) -> Iterator[Shortcoming]:
    what = {"what": code.code, "annex": code.annex.value}
    if not knows(code):
        yield Shortcoming("description.code-unknown", path, what)
        return
    known = entry(code)
    if known.is_area:
        yield Shortcoming("description.code-area", path, what)
    if not known.holds_on(today):
        since = {**what, "since": known.applies_from.isoformat()}
        yield Shortcoming("description.code-not-yet", path, since)
    if not known.confirmed:
        yield Shortcoming("description.code-unconfirmed", path, what)
    if kind is Kind.INFORMATION and code.annex is Annex.PROCEDURES:
        yield Shortcoming("description.code-kind", path, what)


def _pages(description: Description) -> Iterator[Shortcoming]:
    if description.page(description.language) is None:
        yield Shortcoming("description.page", ("pages",))
    seen: set[str] = set()
    for at, page in enumerate(description.pages):
        if not page.visible_before_login:
            yield Shortcoming("description.before-login", ("pages", at))
        if page.address in seen:
            yield Shortcoming("address.twice", ("pages", at), {"what": page.address})
        seen.add(page.address)


def _dates(description: Description, today: date) -> Iterator[Shortcoming]:
    if description.last_change is None:
        demanded = isinstance(description, InformationPage)
        yield Shortcoming(
            "description.date" if demanded else "description.date-missing", ("updated",)
        )
    for name in ("published", "updated", "reviewed"):
        day = getattr(description, name)
        if day is not None and day > today:
            yield Shortcoming("description.date-future", (name,))


def _review(description: Description, today: date) -> Iterator[Shortcoming]:
    checked = max(
        (day for day in (description.reviewed, description.last_change) if day is not None),
        default=None,
    )
    if checked is None:
        yield Shortcoming("description.review-unknown", ("reviewed",))
    elif description.country == "LV" and today - checked > QUARTER:
        due = {"what": (checked + QUARTER).isoformat()}
        yield Shortcoming("description.review-quarter", ("reviewed",), due)
    elif today - checked > YEAR:
        yield Shortcoming("description.review", ("reviewed",), {"what": checked.isoformat()})


def _languages(
    description: Description, held: Iterable[tuple[Path, Text]]
) -> Iterator[Shortcoming]:
    machine: dict[str, int] = {}
    missing = 0
    for path, text in held:
        missing += text.of("en") is None
        for phrase in text.phrases:
            if not phrase.machine_made:
                continue
            machine[phrase.language] = machine.get(phrase.language, 0) + 1
            if is_stale(phrase, text.best(description.language)):
                yield Shortcoming("description.stale", path, {"language": phrase.language})
    if missing and description.page("en") is None:
        yield Shortcoming("description.english", ("title",))
    elif missing:
        yield Shortcoming("description.english-missing", (), {"what": str(missing)})
    for language, count in machine.items():
        yield Shortcoming("description.machine", (), {"what": str(count), "language": language})
