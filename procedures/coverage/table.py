"""Annex II against our services and against what Member States declared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from procedures.codes import Annex, CodeEntry, entries
from procedures.coverage.declarations import Declaration
from procedures.model import Country, Description, Language, Procedure
from procedures.quality import quality


class Standing(StrEnum):
    """How far a procedure of Annex II has come."""

    MISSING = "missing"
    """No service is described."""
    INCOMPLETE = "incomplete"
    """A service is described, but not as the law demands."""
    DESCRIBED = "described"
    """Every service is complete by law; nothing is declared to OOTS by this country."""
    CONNECTED = "connected"
    """Complete by law, and the country asks for evidence through OOTS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One of our descriptions in the table."""

    identifier: str
    title: str
    language: Language
    """The language of the title."""
    complete: bool
    """Whether it meets every demand of the law on that day."""
    fully_online: bool | None
    cross_border: bool | None
    """None while not every point is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """One procedure of Annex II."""

    entry: CodeEntry
    services: tuple[Service, ...]
    requirements: tuple[Declaration, ...]
    """What our country declared."""
    countries: tuple[Country, ...]
    """The Member States that declared anything for it."""

    @property
    def standing(self) -> Standing:
        """How far it has come."""
        if not self.services:
            return Standing.MISSING
        if not all(service.complete for service in self.services):
            return Standing.INCOMPLETE
        return Standing.CONNECTED if self.requirements else Standing.DESCRIBED


def coverage(
    descriptions: Iterable[Description],
    *,
    declarations: Iterable[Declaration] = (),
    country: Country,
    today: date,
) -> tuple[CoverageRow, ...]:
    """A row for each procedure that Annex II has on that day, for the services of one country."""
    ours = [one for one in descriptions if isinstance(one, Procedure) and one.country == country]
    declared = tuple(declarations)
    return tuple(
        CoverageRow(
            entry=entry,
            services=tuple(_service(one, today) for one in ours if entry.code in one.codes),
            requirements=tuple(
                one
                for one in declared
                if one.procedure == entry.code.code and one.country == country
            ),
            countries=tuple(
                sorted({one.country for one in declared if one.procedure == entry.code.code})
            ),
        )
        for entry in entries(Annex.PROCEDURES, on=today)
    )


def _service(procedure: Procedure, today: date) -> Service:
    report = quality(procedure, today=today)
    return Service(
        identifier=procedure.identifier,
        title=procedure.title.best(procedure.language).text,
        language=procedure.title.best(procedure.language).language,
        complete=report.complete,
        fully_online=_all([point.holds for point in report.fully_online]),
        cross_border=_all([point.holds for point in report.cross_border]),
    )


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True
