"""``sdg-connector procedures feedback``: ask, keep at home, hand over without a word of text."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sdg_connector.cli.procedures import sending
from sdg_connector.cli.procedures.given import own_errors

app = typer.Typer(no_args_is_help=True, help="Users' feedback: forms, widget, monthly batches.")

Box = Annotated[Path, typer.Argument(help="The file that keeps the answers (JSON lines).")]


class About(StrEnum):
    """What is asked about."""

    INFORMATION = "information"
    PROCEDURE = "procedure"
    ASSISTANCE = "assistance"


@app.command("form")
def form(
    about: Annotated[About, typer.Argument(help="What is asked about.")],
    level: Annotated[int, typer.Option(min=1, max=2, help="1: first questions, 2: survey.")] = 1,
    language: Annotated[str, typer.Option(help="Language of the questions.")] = "en",
) -> None:
    """Print a form as data: each question with its id, its words and what may be answered."""
    from procedures.feedback import Category, first_level, second_level  # noqa: PLC0415
    from sdg_connector.web.widget.wording import asked  # noqa: PLC0415
    from translations.catalogue import catalogue  # noqa: PLC0415
    from translations.errors import UnknownLanguage  # noqa: PLC0415

    category = Category(about.value.capitalize())
    try:
        words = catalogue(language)
    except UnknownLanguage as unknown:
        raise typer.BadParameter(str(unknown), param_hint="--language") from unknown
    found = first_level(category) if level == 1 else second_level(category)
    questions = [
        {
            "id": one.id,
            "text": shown.text,
            "kind": one.kind.value,
            "required": one.required,
            "choices": dict(shown.choices),
        }
        for one, shown in zip(found.questions, asked(found, words), strict=True)
    ]
    typer.echo(json.dumps(questions, ensure_ascii=False, indent=1))


@app.command("serve")
def serve(
    box: Box,
    site: Annotated[list[str], typer.Option(help="Origin of a site that carries the widget.")],
    port: Annotated[int, typer.Option(help="Loopback port.")] = 8803,
) -> None:
    """Serve the widget: a page takes it in by one script and one element.

    <script src="…/widget.js"></script> and <sdg-feedback category="Procedure"><a
    href="…/form?category=Procedure&source=…">Feedback</a></sdg-feedback>
    """
    import uvicorn  # noqa: PLC0415  --help stays fast

    from procedures.feedback import FeedbackFile  # noqa: PLC0415
    from procedures.statistics import Site  # noqa: PLC0415
    from sdg_connector.web.widget import WidgetOptions, feedback_widget  # noqa: PLC0415

    with own_errors():
        options = WidgetOptions(
            sites=tuple(Site.of(one) for one in site),
            answers=FeedbackFile(box),
            now=lambda: datetime.now(UTC),
        )
    typer.echo(f"http://127.0.0.1:{port}/widget.js")
    uvicorn.run(feedback_widget(options), host="127.0.0.1", port=port, log_level="warning")


@app.command("send")
def send(  # noqa: PLR0917  typer reads the options from the arguments
    box: Box,
    period: Annotated[str, typer.Option("--period", help="The month: 2026-01.")],
    surveys: Annotated[
        bool, typer.Option("--surveys", help="Hand the second-level surveys over.")
    ] = False,
    address: sending.Address = None,
    ledger: sending.LedgerFile = sending.LEDGER,
    key_file: sending.KeyFile = None,
    dry_run: sending.DryRun = False,
) -> None:
    """Hand a month of answers over: questions and ratings, never what people wrote."""
    from procedures.collect import Period  # noqa: PLC0415  --help stays fast
    from procedures.feedback import FeedbackFile  # noqa: PLC0415
    from procedures.feedback.batches import feedback_of, surveys_of  # noqa: PLC0415

    with own_errors():
        kept, month = FeedbackFile(box), Period.read(period)
        _there(box)
        sent = (
            surveys_of(kept.surveys(), period=month)
            if surveys
            else feedback_of(kept.kept(), period=month)
        )
        if not sent.entries:
            typer.echo(f"no answers in {period}; nothing was sent")
            return
        sending.hand_over(sent, address=address, ledger=ledger, key_file=key_file, dry_run=dry_run)


@app.command("forget")
def forget(box: Box) -> None:
    """Delete answers older than the law's retention time of three years."""
    from procedures.feedback import FeedbackFile  # noqa: PLC0415  --help stays fast

    with own_errors():
        _there(box)
        gone = FeedbackFile(box).forget(now=datetime.now(UTC))
    typer.echo(f"{gone} answers deleted")


def _there(box: Path) -> None:
    with box.open("rb"):
        pass
