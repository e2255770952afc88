"""The way through a life situation for one reader: what applies, what may, and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from procedures.errors import ProceduresMisuse
from procedures.model import Description, Text
from procedures.situations.model import Condition, LifeSituation, SituationStep


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One step as this reader sees it."""

    number: int
    """Its place among all the steps that may apply, from 1."""
    step: SituationStep
    service: Description | None
    """The description, when the step is a service of the catalogue."""
    when: tuple[Condition, ...]
    """What must still turn out to hold, before it applies."""
    unless: tuple[Condition, ...]
    """What must still turn out not to hold."""

    @property
    def certain(self) -> bool:
        """Whether it applies, whatever the questions left open are answered with."""
        return not self.when and not self.unless

    @property
    def title(self) -> Text:
        """What it is called: its own title before the service's."""
        if self.step.title is not None:
            return self.step.title
        if self.service is not None:
            return self.service.title
        return Text.of_languages(en=self.step.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStage:
    """A stage with the steps that may apply; a stage without any is left out."""

    title: Text
    steps: tuple[PlannedStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The way through a situation."""

    situation: LifeSituation
    answers: Mapping[str, bool]
    stages: tuple[PlannedStage, ...]
    left_out: tuple[SituationStep, ...]
    """Steps that do not apply to this reader."""

    @property
    def open(self) -> tuple[Condition, ...]:
        """The questions whose answer would still change something."""
        named = {
            condition.name
            for stage in self.stages
            for step in stage.steps
            for condition in (*step.when, *step.unless)
        }
        return tuple(one for one in self.situation.conditions if one.name in named)


def plan(
    situation: LifeSituation,
    *,
    catalogue: Iterable[Description],
    answers: Mapping[str, bool] | None = None,
) -> Plan:
    """Plan the steps; a question without an answer leaves its steps in, with the condition.

    Raises ``ProceduresMisuse`` for an answer to no question of this situation, and for steps that
    wait for each other (`judge_situation` says which).
    """
    known = dict(answers or {})
    unknown = sorted(known.keys() - {one.name for one in situation.conditions})
    if unknown:
        raise ProceduresMisuse(f"the situation asks no question {unknown[0]}")
    services = {one.identifier: one for one in catalogue}
    number = 0
    stages: list[PlannedStage] = []
    left_out: list[SituationStep] = []
    for stage in situation.stages:
        steps: list[PlannedStep] = []
        for step in in_order(stage.steps):
            if not may_apply(step, known):
                left_out.append(step)
                continue
            number += 1
            steps.append(
                PlannedStep(
                    number=number,
                    step=step,
                    service=services.get(step.service),
                    when=_open(situation, step.when, known),
                    unless=_open(situation, step.unless, known),
                )
            )
        if steps:
            stages.append(PlannedStage(title=stage.title, steps=tuple(steps)))
    return Plan(situation=situation, answers=known, stages=tuple(stages), left_out=tuple(left_out))


def may_apply(step: SituationStep, answers: Mapping[str, bool]) -> bool:
    """Whether no answer excludes the step."""
    return all(answers.get(one, True) for one in step.when) and not any(
        answers.get(one, False) for one in step.unless
    )


def in_order(steps: tuple[SituationStep, ...]) -> tuple[SituationStep, ...]:
    """The steps as written, save that each comes after those that it names.

    Raises ``ProceduresMisuse`` for steps that wait for each other.
    """
    places = {step.key: at for at, step in enumerate(steps)}
    sorter = TopologicalSorter(
        {at: {places[key] for key in step.after if key in places} for at, step in enumerate(steps)}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        circle = ", ".join(steps[at].key for at in error.args[1][:-1])
        raise ProceduresMisuse(f"these steps wait for each other: {circle}") from None
    ready: list[int] = []
    ordered: list[SituationStep] = []
    while sorter.is_active():
        ready = sorted((*ready, *sorter.get_ready()))
        first = ready.pop(0)
        ordered.append(steps[first])
        sorter.done(first)
    return tuple(ordered)


def _open(
    situation: LifeSituation, names: tuple[str, ...], answers: Mapping[str, bool]
) -> tuple[Condition, ...]:
    return tuple(
        condition
        for name in names
        if name not in answers and (condition := situation.condition(name)) is not None
    )
