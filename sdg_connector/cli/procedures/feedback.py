"""``sdg-connector procedures feedback``: ask, keep at home, hand over without a word of text."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.procedures import sending
from sdg_connector.cli.procedures.given import own_errors

if TYPE_CHECKING:
    from sdg_connector.adapters.feedback_forwarding import LiveForwarding

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
def serve(  # noqa: PLR0917  typer reads the options from the arguments
    box: Box,
    site: Annotated[list[str], typer.Option(help="Origin of a site that carries the widget.")],
    port: Annotated[int, typer.Option(help="Loopback port.")] = 8803,
    live: Annotated[
        bool, typer.Option("--forward", help="Hand each answer over as it comes, without its text.")
    ] = False,
    address: sending.Address = None,
    each: Annotated[
        int, typer.Option(min=1, help="Answers that one address may give in a minute.")
    ] = 12,
) -> None:
    """Serve the widget: a page takes it in by one script and one element.

    <script src="…/widget.js"></script> and <sdg-feedback category="Procedure"><a
    href="…/form?category=Procedure&source=…">Feedback</a></sdg-feedback>
    """
    import uvicorn  # noqa: PLC0415  --help stays fast

    from procedures.feedback import FeedbackFile  # noqa: PLC0415
    from procedures.statistics import Site  # noqa: PLC0415
    from sdg_connector.adapters.serving import http_reader  # noqa: PLC0415
    from sdg_connector.web.widget import (  # noqa: PLC0415
        AnswerLimit,
        WidgetOptions,
        feedback_widget,
    )

    with own_errors(), ExitStack() as ending:
        answers = _live(box, address, ending) if live else FeedbackFile(box)
        options = WidgetOptions(
            sites=tuple(Site.of(one) for one in site),
            answers=answers,
            now=lambda: datetime.now(UTC),
            limit=AnswerLimit(each=each),
        )
        typer.echo(f"http://127.0.0.1:{port}/widget.js")
        # A proxy on this machine says whose request it passes on; uvicorn believes no other.
        uvicorn.run(
            feedback_widget(options),
            host="127.0.0.1",
            port=port,
            http=http_reader(),
            log_level="warning",
        )


def _live(box: Path, address: str | None, ending: ExitStack) -> "LiveForwarding":
    """Begin to hand answers over; ``ending`` stops that when the server has ended."""
    import httpx  # noqa: PLC0415  --help stays fast

    from procedures.clients import CollectClient  # noqa: PLC0415
    from procedures.collect import PRODUCTION  # noqa: PLC0415
    from procedures.feedback import FeedbackFile  # noqa: PLC0415
    from procedures.feedback.forwarding import ForwardingJournal  # noqa: PLC0415
    from sdg_connector.adapters.feedback_forwarding import LiveForwarding  # noqa: PLC0415

    http = ending.enter_context(httpx.Client(timeout=60))
    client = CollectClient(http=http, base=address or PRODUCTION)
    journal = ForwardingJournal(ForwardingJournal.beside(box))
    ending.callback(journal.close)
    live = LiveForwarding(FeedbackFile(box), journal, client)
    live.start()
    ending.callback(live.stop)
    return live


@app.command("forward")
def forward(box: Box, address: sending.Address = None) -> None:
    """Hand over at once every answer that waits: exit 1 when some still do, or are refused."""
    import httpx  # noqa: PLC0415  --help stays fast

    from procedures.clients import CollectClient  # noqa: PLC0415
    from procedures.collect import PRODUCTION  # noqa: PLC0415
    from procedures.feedback import FeedbackFile  # noqa: PLC0415
    from procedures.feedback.forwarding import ForwardingJournal  # noqa: PLC0415
    from procedures.feedback.forwarding import forward as forwarded  # noqa: PLC0415

    with own_errors(), httpx.Client(timeout=60) as http:
        _there(box)
        journal = ForwardingJournal(ForwardingJournal.beside(box))
        client = CollectClient(http=http, base=address or PRODUCTION)
        try:
            done = forwarded(FeedbackFile(box), journal=journal, to=client)
        finally:
            journal.close()
    for why in done.refused:
        typer.echo(f"refused: {why}", err=True)
    typer.echo(f"{done.sent} handed over, {len(done.refused)} refused, {done.waiting} waiting")
    if done.waiting or done.refused:
        raise typer.Exit(1)


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
    from procedures import ProceduresMisuse  # noqa: PLC0415  --help stays fast
    from procedures.collect import Period  # noqa: PLC0415
    from procedures.feedback import FeedbackFile  # noqa: PLC0415
    from procedures.feedback.batches import feedback_of, surveys_of  # noqa: PLC0415
    from procedures.feedback.forwarding import ForwardingJournal  # noqa: PLC0415

    with own_errors():
        kept, month = FeedbackFile(box), Period.read(period)
        _there(box)
        if ForwardingJournal.beside(box).exists():
            message = f"the answers of {box} are handed over as they come; a month would be twice"
            raise ProceduresMisuse(message)
        sent = (
            surveys_of(kept.surveys(), period=month)
            if surveys
            else feedback_of(kept.kept(), period=month)
        )
        if not sent.entries:
            typer.echo(f"no answers in {period}; nothing was sent")
            return
        sending.hand_over(sent, address=address, ledger=ledger, key_file=key_file, dry_run=dry_run)


@app.command("check-tool")
def check_tool(
    tool: Annotated[Path, typer.Argument(help="YAML that says what your own tool asks.")],
) -> None:
    """Say whether a tool of your own may replace the Commission's: exit 1 when it may not."""
    from procedures.feedback.own_tool import check_own_tool  # noqa: PLC0415  --help stays fast

    with own_errors():
        judged = check_own_tool(tool.read_bytes())
    for one in judged.findings:
        typer.echo(f"{one.severity:<8} {one.rule}  {one.where}: {one.message}. {one.fix}")
        typer.echo(f"         {one.clause}")
    typer.echo(judged.verdict)
    if judged.verdict == "refused":
        raise typer.Exit(1)


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
