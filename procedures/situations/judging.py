"""Whether a life situation holds together, and with the catalogue that it leads to."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from procedures.codes import knows
from procedures.document import Path
from procedures.errors import ProceduresMisuse
from procedures.findings import Severity
from procedures.model import Description
from procedures.places import texts
from procedures.quality.every_page import QUARTER
from procedures.quality.lints import text_shortcomings
from procedures.quality.rules import Shortcoming
from procedures.situations.model import LifeSituation, SituationStep
from procedures.situations.planning import in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationReport:
    """What one life situation lacks on a day."""

    identifier: str
    shortcomings: tuple[Shortcoming, ...]
    """Errors first."""

    @property
    def complete(self) -> bool:
        """Whether a reader can follow it: no error."""
        return not any(one.severity is Severity.ERROR for one in self.shortcomings)


def judge_situation(
    situation: LifeSituation,
    *,
    catalogue: Iterable[Description],
    today: date,
    line: Callable[[Path], int | None] | None = None,
) -> SituationReport:
    """Judge a situation with the services of a catalogue on a day.

    ``line`` finds the line of a field, for a situation that came from a file.
    """
    services = {one.identifier: one for one in catalogue}
    held = texts(situation)
    found = [
        *_steps(situation, services),
        *_order(situation),
        *_conditions(situation),
        *_services(situation, services),
        *_whole(situation, today),
        *text_shortcomings(held, situation.language),
    ]
    missing = sum(text.of("en") is None for _, text in held)
    if missing:
        found.append(Shortcoming("situation.english", (), {"what": str(missing)}))
    if line is not None:
        found = [replace(one, line=line(one.path)) for one in found]
    severities = list(Severity)
    found.sort(key=lambda one: (severities.index(one.severity), one.line or 0))
    return SituationReport(identifier=situation.identifier, shortcomings=tuple(found))


def _places(situation: LifeSituation) -> Iterator[tuple[int, Path, SituationStep]]:
    for at, stage in enumerate(situation.stages):
        for number, step in enumerate(stage.steps):
            yield at, ("stages", at, "steps", number), step


def _steps(situation: LifeSituation, services: Mapping[str, Description]) -> Iterator[Shortcoming]:
    known = {one.name for one in situation.conditions}
    for _, path, step in _places(situation):
        if not step.service and step.title is None:
            yield Shortcoming("situation.step-empty", path)
        if step.service and step.service not in services:
            yield Shortcoming(
                "situation.service-unknown", (*path, "service"), {"what": step.service}
            )
        for field, names in (("when", step.when), ("unless", step.unless)):
            for at, name in enumerate(names):
                if name not in known:
                    where = (*path, field, at)
                    yield Shortcoming("situation.condition-unknown", where, {"what": name})
        for name in sorted(set(step.when) & set(step.unless)):
            yield Shortcoming("situation.contradiction", path, {"what": name})


def _order(situation: LifeSituation) -> Iterator[Shortcoming]:
    stage_of = {step.key: at for at, _, step in _places(situation) if step.key}
    for at, path, step in _places(situation):
        for number, key in enumerate(step.after):
            where = (*path, "after", number)
            if key not in stage_of:
                yield Shortcoming("situation.after-unknown", where, {"what": key})
            elif stage_of[key] > at:
                yield Shortcoming("situation.after-later", where, {"what": key})
    for at, stage in enumerate(situation.stages):
        try:
            in_order(stage.steps)
        except ProceduresMisuse as error:
            what = str(error).partition(": ")[2]
            yield Shortcoming("situation.circle", ("stages", at), {"what": what})


def _conditions(situation: LifeSituation) -> Iterator[Shortcoming]:
    used = {name for step in situation.steps for name in step.conditions}
    counted = Counter(one.name for one in situation.conditions)
    for at, condition in enumerate(situation.conditions):
        where, what = ("conditions", at), {"what": condition.name}
        if condition.name not in used:
            yield Shortcoming("situation.condition-unused", where, what)
        if counted[condition.name] > 1:
            yield Shortcoming("situation.condition-twice", where, what)


def _services(
    situation: LifeSituation, services: Mapping[str, Description]
) -> Iterator[Shortcoming]:
    """Services name the situations that lead to them; both sides must agree."""
    own = {step.service for step in situation.steps}
    for identifier, description in services.items():
        names = () if description.latvia is None else description.latvia.life_situations
        if identifier not in own and situation.short_name in names:
            yield Shortcoming("situation.service-left-out", ("stages",), {"what": identifier})


def _whole(situation: LifeSituation, today: date) -> Iterator[Shortcoming]:
    if not situation.steps:
        yield Shortcoming("situation.no-steps", ("stages",))
    if situation.authority is None:
        yield Shortcoming("situation.authority", ("authority",))
    if not situation.codes:
        yield Shortcoming("situation.code", ("codes",))
    for at, code in enumerate(situation.codes):
        if not knows(code):
            yield Shortcoming("situation.code-unknown", ("codes", at), {"what": str(code)})
    days = (situation.reviewed, situation.updated, situation.published)
    checked = max((day for day in days if day is not None), default=None)
    if checked is None:
        yield Shortcoming("situation.review-unknown", ("reviewed",))
    elif situation.country == "LV" and today - checked > QUARTER:
        due = (checked + QUARTER).isoformat()
        yield Shortcoming("situation.review-quarter", ("reviewed",), {"what": due})
