"""``sdg-connector procedures situations``: journeys through the services of a life situation."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.procedures.describing import Day, Words, day_of
from sdg_connector.cli.procedures.given import described, inside, own_errors, situations_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from procedures import Description
    from procedures.situations import LifeSituation, Plan

app = typer.Typer(
    no_args_is_help=True, help="Life situations: services under conditions and in an order."
)
_FINDINGS = 1
Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE…", help="Life situations or folders; the shipped samples if none."
    ),
]
Services = Annotated[
    list[Path] | None,
    typer.Option(
        "--services", help="Descriptions or folders of them; the shipped samples if none."
    ),
]
Answers = Annotated[
    list[str] | None,
    typer.Option("--answer", metavar="NAME=yes|no", help="What is known about the reader."),
]
TextLanguage = Annotated[str, typer.Option("--language", help="Language of the texts.")]


class SituationForm(StrEnum):
    """How a situation is written."""

    HTML = "html"
    SNIPPET = "snippet"
    YAML = "yaml"
    JSON = "json"
    PLAN = "plan"
    TURTLE = "turtle"


_SUFFIX = {SituationForm.TURTLE: ".ttl", SituationForm.PLAN: ".plan.json"}


@app.command("check")
def check(
    files: Files = None, services: Services = None, on: Day = None, language: Words = "en"
) -> None:
    """Judge situations with the services they lead to: exit 1 when a reader cannot follow one."""
    from procedures.situations import judge_situation  # noqa: PLC0415  --help stays fast

    catalogue = described(services)
    broken = 0
    for path, situation, line in situations_in(files):
        report = judge_situation(situation, catalogue=catalogue, today=day_of(on), line=line)
        broken += not report.complete
        typer.echo(f"{path}: {'complete' if report.complete else 'incomplete'}")
        for one in report.shortcomings:
            found = one.as_finding(language)
            typer.echo(f"  {found.severity.value} {found.where}: {found.message}. {found.fix}")
    if broken:
        raise typer.Exit(_FINDINGS)


@app.command("plan")
def plan_(
    files: Files = None,
    services: Services = None,
    answer: Answers = None,
    language: TextLanguage = "en",
) -> None:
    """Print the steps for somebody who answers so; a step that still depends says on what."""
    from procedures.situations import plan  # noqa: PLC0415  --help stays fast

    catalogue = described(services)
    with own_errors():
        situations = [one for _, one, _ in situations_in(files)]
        answers = _answers(answer, situations)
        for one in situations:
            _print(plan(one, catalogue=catalogue, answers=_own(answers, one)), language)


@app.command("export")
def export(  # noqa: PLR0917  typer reads the options from the arguments
    files: Files = None,
    services: Services = None,
    form: Annotated[
        SituationForm, typer.Option("--to", help="The form to write.")
    ] = SituationForm.HTML,
    answer: Answers = None,
    language: TextLanguage = "en",
    out: Annotated[Path | None, typer.Option(help="Folder for a file each.")] = None,
) -> None:
    """Write situations as pages, as snippets for other sites, as CPSV-AP events, or as data."""
    catalogue = described(services)
    with own_errors():
        situations = [one for _, one, _ in situations_in(files)]
        write = _writer(form, catalogue, _answers(answer, situations), language)
        for situation in situations:
            text = write(situation)
            if out is None:
                typer.echo(text, nl=not text.endswith("\n"))
                continue
            suffix = ".html" if form is SituationForm.SNIPPET else f".{form.value}"
            path = inside(out, situation.identifier, suffix=_SUFFIX.get(form, suffix))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            typer.echo(str(path))


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of the files, for editors that check while one writes."""
    from procedures.situations import situation_schema  # noqa: PLC0415  --help stays fast

    typer.echo(json.dumps(situation_schema(), ensure_ascii=False, indent=1))


def _answers(given: list[str] | None, situations: "list[LifeSituation]") -> dict[str, bool]:
    """The answers by name; each must be to a question of one of the situations."""
    known = {condition.name for one in situations for condition in one.conditions}
    answers: dict[str, bool] = {}
    for one in given or ():
        name, _, value = one.partition("=")
        if value not in {"yes", "no"}:
            raise typer.BadParameter(f"{one}: expected NAME=yes or NAME=no", param_hint="--answer")
        if name not in known:
            raise typer.BadParameter(
                f"no question is called {name}; known: {', '.join(sorted(known))}",
                param_hint="--answer",
            )
        answers[name] = value == "yes"
    return answers


def _own(answers: dict[str, bool], situation: "LifeSituation") -> dict[str, bool]:
    return {name: value for name, value in answers.items() if situation.condition(name)}


def _print(planned: "Plan", language: str) -> None:
    own = planned.situation.language
    typer.echo(planned.situation.title.best(language, "en", own).text)
    for stage in planned.stages:
        typer.echo(f"\n{stage.title.best(language, 'en', own).text}")
        for step in stage.steps:
            conditions = [
                *(one.name for one in step.when),
                *(f"not {one.name}" for one in step.unless),
            ]
            depends = f"  [if {', '.join(conditions)}]" if conditions else ""
            typer.echo(f" {step.number:>2}. {step.title.best(language, 'en', own).text}{depends}")
    for one in planned.open:
        typer.echo(f"\n? {one.name}: {one.question.best(language, 'en', own).text}")


def _writer(
    form: SituationForm,
    catalogue: "tuple[Description, ...]",
    answers: dict[str, bool],
    language: str,
) -> "Callable[[LifeSituation], str]":
    from procedures.situations import (  # noqa: PLC0415  --help stays fast
        plan,
        situation_tree,
        write_situation,
    )

    if form is SituationForm.YAML:
        return lambda one: write_situation(one).decode()
    if form is SituationForm.JSON:
        return lambda one: json.dumps(situation_tree(one), ensure_ascii=False, indent=1) + "\n"
    if form is SituationForm.TURTLE:
        from procedures.cpsv.events import situation_graph  # noqa: PLC0415  an optional extra

        return lambda one: situation_graph(one, catalogue=catalogue).serialize(format="turtle")
    from sdg_connector.web.descriptions.situation_page import (  # noqa: PLC0415
        situation_page,
        situation_snippet,
    )
    from sdg_connector.web.descriptions.situations import plan_tree  # noqa: PLC0415

    def planned(one: "LifeSituation") -> "Plan":
        return plan(one, catalogue=catalogue, answers=_own(answers, one))

    if form is SituationForm.PLAN:
        return lambda one: (
            json.dumps(plan_tree(planned(one), language), ensure_ascii=False, indent=1) + "\n"
        )
    if form is SituationForm.SNIPPET:
        return lambda one: situation_snippet(planned(one), language=language) + "\n"
    return lambda one: situation_page(planned(one), language=language, asks=False)
