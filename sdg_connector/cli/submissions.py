"""``sdg-connector submissions``: register with the Common Services over the access point."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.plain_errors import told_plainly

if TYPE_CHECKING:
    from sdg_connector.adapters.store import Store
    from sdg_connector.connector.submitting import SubmissionRecord

app = typer.Typer(
    no_args_is_help=True,
    help="Register services and requirements with the Common Services (Life Cycle Management). "
    "What a registry takes in is final and seen by every Member State. The service may run or "
    "not: a submission leaves as soon as it does.",
)
_REFUSED = 1
_HERE = Path("connector.toml")
ConfigFile = Annotated[
    Path, typer.Option("--config", metavar="FILE", help="The configuration of the installation.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for other programs.")]


@app.command("send")
def send(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An lcm:SubmitObjectsRequest (XML).")
    ],
    config: ConfigFile = _HERE,
) -> None:
    """Judge a submission by every published rule, and hand it to the service to be sent.

    The same file is sent once, however often it is handed over.
    """
    from sdg_connector.adapters.system import new_uuid, utc_now  # noqa: PLC0415  --help stays fast
    from sdg_connector.connector.submitting import register  # noqa: PLC0415  likewise
    from sdg_connector.vocabulary import CommonServicesLine  # noqa: PLC0415  likewise

    with _store(config) as store:
        try:
            data = file.read_bytes()
        except OSError as problem:
            typer.echo(f"{file} cannot be read ({problem.strerror})", err=True)
            raise typer.Exit(_REFUSED) from None
        name = register(
            data,
            book=store.submissions,
            now=utc_now(),
            new_id=new_uuid,
            line=CommonServicesLine.V2_0,
        )
        _tell(store.submissions.read(name))


@app.command("list")
def list_(
    config: ConfigFile = _HERE,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 20,
    *,
    as_json: AsJson = False,
) -> None:
    """List submissions, newest first: name, state, begin (UTC), registry, code or rule."""
    with _store(config) as store:
        records = store.submissions.recent(limit=limit)
    if as_json:
        typer.echo(json.dumps([_plain(record) for record in records], indent=2))
        return
    for record in records:
        _tell(record)
    if not records:
        typer.echo("There is no submission.")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As list shows it.")],
    config: ConfigFile = _HERE,
) -> None:
    """Show one submission and its record of events; leaves with 1 when it was not accepted."""
    from sdg_connector.connector.submitting import SubmissionState  # noqa: PLC0415  --help is fast

    with _store(config) as store:
        record = store.submissions.read(name)
        events = tuple(store.journal.entries(exchange=name))
    for label, value in _plain(record).items():
        if value:
            typer.echo(f"{label:<12} {value}")
    for event in events:
        what = f"{event.content.get('event', '')}  {event.content.get('detail', '')}".rstrip()
        typer.echo(f"{event.at:%Y-%m-%d %H:%M:%S}  {what}")
    if record.state.is_end and record.state is not SubmissionState.ACCEPTED:
        raise typer.Exit(_REFUSED)


@contextmanager
def _store(config: Path) -> "Iterator[Store]":
    with told_plainly():
        store = _of_configuration(config)
        try:
            yield store
        finally:
            store.close()


def _of_configuration(file: Path) -> "Store":
    from sdg_connector.adapters.configuration import (  # noqa: PLC0415  --help stays fast
        database_url,
        read_configuration,
        sealing_keys,
    )
    from sdg_connector.adapters.store import Store  # noqa: PLC0415  likewise
    from sdg_connector.adapters.system import new_uuid  # noqa: PLC0415  likewise
    from sdg_connector.errors import OwnMistake  # noqa: PLC0415  likewise

    configuration = read_configuration(file)
    if configuration.directory.registry is None:
        raise OwnMistake("[directory.registry]: no registry is configured to send submissions to")
    configuration.service.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    section = configuration.store
    return Store.open(
        database_url(section.url, configuration),
        keys=sealing_keys(section),
        current_key=section.current_key,
        new_id=new_uuid,
    )


def _tell(record: "SubmissionRecord") -> None:
    typer.echo(
        f"{record.name}  {record.state.value:<11}  {record.created:%m-%d %H:%M}  "
        f"{record.registry.value:<3} {record.detail}".rstrip()
    )


def _plain(record: "SubmissionRecord") -> dict[str, str]:
    return {
        "submission": record.name,
        "state": record.state.value,
        "detail": record.detail,
        "registry": record.registry.value,
        "request": record.submission_id,
        "conversation": record.conversation,
        "begun": record.created.isoformat(),
        "deadline": record.deadline.isoformat() if record.deadline else "",
    }
