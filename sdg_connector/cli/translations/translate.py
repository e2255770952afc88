"""``sdg-connector translate``: a text, or a whole catalogue that goes on where it stopped."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.translations.options import (
    HOME,
    MemoryPlace,
    PackagesFolder,
    Source,
    Target,
    engine_file,
    made_for,
    own_errors,
    used_memory,
)

if TYPE_CHECKING:
    from procedures import Description
    from translations import TextForm, Translated
    from translations.runs import Order, Progress, RunReport
    from translations.workshop import Workshop

_FORMS = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html"}
"""The form of a text by the name of its file; anything else is plain text."""
_DESCRIPTIONS = frozenset((".yaml", ".yml", ".json"))


@dataclass(frozen=True, slots=True)
class _Job:
    """What one command line asks for."""

    workshop: "Workshop"
    source: str
    target: str
    notice: bool
    share: str


def translate(  # noqa: PLR0917  typer reads the options from the arguments
    place: Annotated[
        Path, typer.Argument(help="A text, a description of a service, or a folder of them.")
    ],
    source: Source = "lv",
    target: Target = "en",
    out: Annotated[Path | None, typer.Option(help="File or folder to write; else print.")] = None,
    packages: PackagesFolder = HOME / "packages",
    memory: MemoryPlace = str(HOME / "memory.sqlite"),
    terms: Annotated[
        list[Path] | None, typer.Option(help="A glossary to use, .tbx or .csv; repeatable.")
    ] = None,
    starter_terms: Annotated[
        bool, typer.Option("--starter-terms", help="Use the shipped glossary of SDG terms.")
    ] = False,
    name: Annotated[
        list[str] | None, typer.Option(help="A name that stays as it is; repeatable.")
    ] = None,
    engines: Annotated[
        Path | None, typer.Option(help="TOML file with [[engine]] tables, by preference.")
    ] = None,
    pivot: Annotated[
        str, typer.Option(help="Language to go through when no package knows the pair.")
    ] = "",
    demo_model: Annotated[
        bool, typer.Option("--demo-model", help="Use the small shipped Latvian model.")
    ] = False,
    ledger: Annotated[
        str, typer.Option(help="Of a folder's run: a file or a postgresql:// address.")
    ] = "",
    processes: Annotated[int, typer.Option(min=1, help="Processes for a folder's run.")] = 1,
    share: Annotated[
        str,
        typer.Option(
            help="postgresql:// address over which machines that run the same command share it."
        ),
    ] = "",
    notice: Annotated[
        bool, typer.Option(help="Tell readers of HTML and Markdown that a machine translated.")
    ] = True,
    localise: Annotated[
        bool, typer.Option("--localise", help="Write dates and numbers as the target does.")
    ] = False,
    insist: Annotated[
        bool, typer.Option("--insist", help="Send texts that look personal to remote engines.")
    ] = False,
) -> None:
    """Translate texts, pages and service descriptions, and say which sentences to check.

    A folder is a catalogue: a second run translates only what changed, and a run that was
    killed goes on where it stopped.
    """
    from translations.workshop import Workshop  # noqa: PLC0415  --help stays fast

    with own_errors():
        workshop = Workshop(
            packages=packages,
            demo_model=demo_model,
            pivot=pivot or None,
            engines=engine_file(engines),
            memory=used_memory(memory),
            terms=tuple(terms or ()),
            starter_terms=starter_terms,
            names=tuple(name or ()),
            localise=localise,
            allow_personal_data=insist,
            threads=1 if processes > 1 else None,
        )
        job = _Job(workshop, source, target, notice, share)
        if place.is_dir():
            if out is None:
                raise typer.BadParameter("a folder needs a place to write to", param_hint="--out")
            failed = _catalogue(job, place, out, ledger, processes)
            if failed:
                raise typer.Exit(1)
        elif place.suffix.lower() in _DESCRIPTIONS:
            _description(job, place, out)
        else:
            _file(job, place, out)


def _file(job: _Job, file: Path, out: Path | None) -> None:
    translator = job.workshop.translator()
    result = translator.translate(
        _text(file), source=job.source, target=job.target, now=datetime.now(UTC), form=_form(file)
    )
    _put(job, result, file, out)


def _description(job: _Job, file: Path, out: Path | None) -> None:
    from procedures import read_description  # noqa: PLC0415  --help stays fast
    from sdg_connector.connector.describing import (  # noqa: PLC0415
        described_in,
        description_orders,
    )

    description = read_description(file.read_bytes())
    translator = job.workshop.translator()
    made: dict[str, Translated] = {}
    for language, orders in description_orders(description, key="", into=job.target).items():
        made |= translator.translate_mapping(
            {order.key: order.text for order in orders}, source=language, target=job.target,
            now=datetime.now(UTC),
        )  # fmt: skip
    _write_description(described_in(description, made, key="", into=job.target), file, out)
    for key, result in made.items():
        _say_doubts(result, f"{file.name}{key}")


def _write_description(description: "Description", file: Path, out: Path | None) -> None:
    from procedures import write_json, write_yaml  # noqa: PLC0415  --help stays fast

    as_json = (out or file).suffix.lower() == ".json"
    data = write_json(description) if as_json else write_yaml(description)
    if out is None:
        typer.echo(data.decode("utf-8"), nl=False)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(data)


def _catalogue(job: _Job, place: Path, out: Path, ledger: str, processes: int) -> bool:
    """Run over a folder and write what it made; whether anything failed."""
    from procedures import read_description  # noqa: PLC0415  --help stays fast
    from sdg_connector.connector.describing import (  # noqa: PLC0415
        described_in,
        description_orders,
    )
    from translations.ledger import Ledger  # noqa: PLC0415
    from translations.runs import Order  # noqa: PLC0415

    files = {
        file.relative_to(place).as_posix(): file for file in sorted(place.rglob("*"))
        if file.is_file() and not file.name.startswith(".") and out not in file.parents
    }  # fmt: skip
    texts = {key: file for key, file in files.items() if file.suffix.lower() not in _DESCRIPTIONS}
    descriptions = {
        key: read_description(file.read_bytes()) for key, file in files.items() if key not in texts
    }
    orders = {
        job.source: [Order(key=k, text=_text(f), form=_form(f)) for k, f in texts.items()]
    }  # fmt: skip
    for key, description in descriptions.items():
        found = description_orders(description, key=key, into=job.target)
        for language, some in found.items():
            orders.setdefault(language, []).extend(some)
    book = made_for(ledger or str(out / ".translations.sqlite"))
    report = _run(job, orders, book, processes)
    kept = Ledger(book)
    for key in texts:
        made = kept.translated([key], source=job.source, target=job.target)
        if key in made:
            _put(job, made[key], files[key], out / key)
    for key, description in descriptions.items():
        made = {}
        found = description_orders(description, key=key, into=job.target)
        for language, some in found.items():
            made |= kept.translated((o.key for o in some), source=language, target=job.target)
        whole = described_in(description, made, key=key, into=job.target)
        _write_description(whole, files[key], out / key)
    kept.close()
    typer.echo(
        f"{report.translated} translated, {report.unchanged} unchanged, {report.doubted} to check,"
        f" {len(report.failed)} failed",
        err=True,
    )
    for key, reason in report.failed:
        typer.echo(f"{key}: {reason}", err=True)
    if report.doubted:
        typer.echo(f"Check them: sdg-connector translations review --ledger {book}", err=True)
    return bool(report.failed)


def _run(job: _Job, orders: "dict[str, list[Order]]", ledger: str, processes: int) -> "RunReport":
    from rich.progress import Progress  # noqa: PLC0415  --help stays fast

    from translations.ledger import Ledger  # noqa: PLC0415
    from translations.runs import RunReport, run_catalogue, run_in_processes  # noqa: PLC0415

    report = RunReport()
    with Progress(transient=True) as bar:
        task = bar.add_task("Translating", total=sum(map(len, orders.values())))
        for language, some in orders.items():
            if not some:
                continue
            if job.share:
                report += _shared(job, some, ledger, language, lambda done: bar.advance(task, done))
                continue
            if processes > 1:
                report += run_in_processes(
                    some, workshop=job.workshop, ledger=ledger, source=language,
                    target=job.target, processes=processes, clock=lambda: datetime.now(UTC),
                    progress=lambda done: bar.advance(task, done),
                )  # fmt: skip
                continue
            book = Ledger(ledger)
            report += run_catalogue(
                some, translator=job.workshop.translator(), ledger=book, source=language,
                target=job.target, clock=lambda: datetime.now(UTC),
                progress=lambda done: bar.advance(task, done),
            )  # fmt: skip
            book.close()
    return report


def _shared(
    job: _Job, orders: "list[Order]", ledger: str, source: str, progress: "Progress"
) -> "RunReport":
    import os  # noqa: PLC0415  --help stays fast
    import socket  # noqa: PLC0415

    from sdg_connector.adapters.translation_runs import SharedRun  # noqa: PLC0415
    from translations.errors import Misuse  # noqa: PLC0415

    if not ledger.startswith("postgres"):
        raise Misuse("machines that share a run share a ledger: --ledger postgresql://…")
    address = job.share.replace("postgresql://", "postgresql+psycopg://", 1)
    return SharedRun(
        database=address, ledger=ledger, workshop=job.workshop, source=source, target=job.target,
        worker=f"{socket.gethostname()}-{os.getpid()}", clock=lambda: datetime.now(UTC),
    ).run(orders, progress)  # fmt: skip


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8 text") from None
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}") from None


def _form(file: Path) -> "TextForm":
    from translations import TextForm  # noqa: PLC0415  --help stays fast

    return TextForm(_FORMS.get(file.suffix.lower(), "plain"))


def _put(job: _Job, result: "Translated", file: Path, home: Path | None) -> None:
    from translations import TextForm  # noqa: PLC0415  --help stays fast
    from translations.notice import with_notice  # noqa: PLC0415

    if home is None:
        typer.echo(result.text, nl=False)
    else:
        form = _form(file)
        told = job.notice and form is not TextForm.PLAIN
        home.parent.mkdir(parents=True, exist_ok=True)
        home.write_text(with_notice(result, form) if told else result.text, encoding="utf-8")
        record = asdict(result.provenance) | {"score": result.score}
        record_file = home.with_name(home.name + ".provenance.json")
        record_file.write_text(json.dumps(record, default=str, indent=1) + "\n", encoding="utf-8")
    _say_doubts(result, file.name)


def _say_doubts(result: "Translated", name: str) -> None:
    for segment in result.segments:
        if segment.quality.needs_review:
            reasons = ", ".join(f"{f.doubt} ({f.detail})" for f in segment.findings)
            typer.echo(f"{name}: check: {segment.source[:70]} [{reasons}]", err=True)
