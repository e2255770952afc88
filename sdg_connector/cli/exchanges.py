"""``sdg-connector exchanges``: an operator lists, looks into, retries and cancels exchanges."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdg_connector.cli.plain_errors import told_plainly

if TYPE_CHECKING:
    from sdg_connector.adapters.operating import ExchangeAtHand, Operator
    from sdg_connector.connector.book import Record

app = typer.Typer(
    no_args_is_help=True,
    help="List, show, retry and cancel exchanges of evidence. They are named by ids, never by "
    "persons. The service may run or not: what is asked for happens as soon as it does.",
)
_REFUSED = 1
_HERE = Path("connector.toml")
ConfigFile = Annotated[
    Path, typer.Option("--config", metavar="FILE", help="The configuration of the installation.")
]
Exchange = Annotated[str, typer.Argument(metavar="EXCHANGE", help="Its id, or how it begins.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for other programs.")]


@app.command("list")
def list_(
    config: ConfigFile = _HERE,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 20,
    *,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that go on.")] = False,
    as_json: AsJson = False,
) -> None:
    """List exchanges, newest first: id, state, begin (UTC), country, procedure, broken rule."""
    with _operator(config) as operator:
        records = operator.recent(limit=limit, open_only=open_only)
    if as_json:
        typer.echo(json.dumps([_plain(record) for record in records], indent=2))
        return
    for record in records:
        typer.echo(
            f"{record.exchange}  {record.state.value:<14}  {record.created:%m-%d %H:%M}  "
            f"{record.country} {record.procedure:<3} {record.rule}".rstrip()
        )
    if not records:
        typer.echo("There is no such exchange.")


@app.command("show")
def show(
    exchange: Exchange,
    config: ConfigFile = _HERE,
    *,
    as_json: AsJson = False,
) -> None:
    """Show one exchange: where it stands, its messages, and its record of events."""
    with _operator(config) as operator:
        at_hand = operator.show(operator.find(exchange))
    if as_json:
        typer.echo(json.dumps(_all_of(at_hand), indent=2))
        return
    for name, value in _plain(at_hand.record).items():
        if value:
            typer.echo(f"{name:<14} {value}")
    if at_hand.stuck:
        typer.echo("workflow       broke off; sdg-connector exchanges retry has it go on")
    for message in at_hand.messages:
        receipt = "" if message.delivered else "  no receipt yet"
        typer.echo(
            f"{message.at:%Y-%m-%d %H:%M:%S}  {message.direction:<3} {message.message_id}{receipt}"
        )
    for event in at_hand.events:
        detail = ", ".join(
            f"{name}={value}" for name, value in event.content.items() if name != "event"
        )
        typer.echo(f"{event.at:%Y-%m-%d %H:%M:%S}  {event.content.get('event', '')}  {detail}")


@app.command("retry")
def retry(exchange: Exchange, config: ConfigFile = _HERE) -> None:
    """Have an exchange go on now: send what waits to be sent, run again what broke off."""
    with _operator(config) as operator:
        typer.echo(operator.retry(operator.find(exchange)))


@app.command("cancel")
def cancel(exchange: Exchange, config: ConfigFile = _HERE) -> None:
    """End an exchange that has not ended; evidence that arrived is erased."""
    with _operator(config) as operator:
        found = operator.find(exchange)
        operator.cancel(found)
    typer.echo(f"{found} is told to end")


@contextmanager
def _operator(config: Path) -> "Iterator[Operator]":
    with told_plainly():
        operator = _of_configuration(config)
        try:
            yield operator
        finally:
            operator.close()


def _of_configuration(file: Path) -> "Operator":
    from sdg_connector.adapters.configuration import (  # noqa: PLC0415  --help stays fast
        database_url,
        read_configuration,
        sealing_keys,
    )
    from sdg_connector.adapters.operating import Operator  # noqa: PLC0415  likewise

    configuration = read_configuration(file)
    store = configuration.store
    return Operator.open(
        store_url=database_url(store.url, configuration),
        engine_url=database_url(store.engine_url, configuration),
        keys=sealing_keys(store),
        current_key=store.current_key,
    )


def _plain(record: "Record") -> dict[str, str]:
    moments = {"begun": record.created, "changed": record.updated, "deadline": record.deadline}
    return {
        "exchange": record.exchange,
        "state": record.state.value,
        "procedure": record.procedure,
        "country": record.country,
        "provider": record.provider,
        "evidence_type": record.evidence_type,
        "conversation": record.conversation,
        "request": record.request_id,
        "problem": record.problem,
        "rule": record.rule,
        **{name: at.isoformat() if at else "" for name, at in moments.items()},
    }


def _all_of(at_hand: "ExchangeAtHand") -> dict[str, Any]:
    return {
        **_plain(at_hand.record),
        "workflow": at_hand.workflow,
        "messages": [
            {
                "direction": one.direction,
                "message_id": one.message_id,
                "at": one.at.isoformat(),
                "delivered": one.delivered,
            }
            for one in at_hand.messages
        ],
        "events": [{"at": one.at.isoformat(), **one.content} for one in at_hand.events],
    }
