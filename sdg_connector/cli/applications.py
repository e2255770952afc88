"""``sdg-connector applications``: the authority takes out what people have sent."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.errors import ConnectorError

if TYPE_CHECKING:
    from sdg_connector.adapters.application_box import ApplicationFolder, SentFile

app = typer.Typer(
    no_args_is_help=True,
    help="List, take out and remove the applications that people sent. They lie sealed.",
)
_REFUSED = 1
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The configuration of the installation."),
]
DataFolder = Annotated[
    Path, typer.Option("--data", metavar="FOLDER", help="Without --config: a rehearsal's folder.")
]
Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="What was acknowledged.")]
_HERE = Path(".demo/portal")
_ENDINGS = {"application/pdf": "pdf", "application/xml": "xml", "application/json": "json"}


@app.command("list")
def list_(config: ConfigFile = None, data: DataFolder = _HERE) -> None:
    """List the references of the applications that wait; no names."""
    with _folder(config, data) as folder:
        references = folder.references()
    for reference in references:
        typer.echo(reference)
    if not references:
        typer.echo("No application waits.")


@app.command("export")
def export(
    reference: Reference,
    out: Annotated[Path, typer.Option(help="Folder to write into; must not be there yet.")],
    config: ConfigFile = None,
    data: DataFolder = _HERE,
) -> None:
    """Write an application and its evidence, unsealed, into a new folder of your own."""
    if out.exists():
        typer.echo(f"{out} is there already", err=True)
        raise typer.Exit(_REFUSED)
    with _folder(config, data) as folder:
        application = folder.get(reference)
        out.mkdir(parents=True, mode=0o700)
        try:
            files = [
                _written(out, number, file) for number, file in enumerate(application.files, 1)
            ]
        except ConnectorError:
            shutil.rmtree(out)
            raise
    told = json.dumps({**application.summary(), "files": files}, indent=2, ensure_ascii=False)
    (out / "application.json").write_text(told + "\n", encoding="utf-8")
    typer.echo(f"{reference} with {len(files)} files is in {out}")


def _written(out: Path, number: int, file: "SentFile") -> dict[str, str]:
    from sdg_connector.content import chunks_of  # noqa: PLC0415  --help stays fast

    name = f"evidence-{number}.{_ENDINGS.get(file.media_type, 'bin')}"
    with (out / name).open("wb") as target:
        target.writelines(chunks_of(file.content))
    return {"file": name, "title": file.title, "sha256": file.sha256}


@app.command("remove")
def remove(reference: Reference, config: ConfigFile = None, data: DataFolder = _HERE) -> None:
    """Forget an application that the authority has taken out."""
    with _folder(config, data) as folder:
        folder.remove(reference)
    typer.echo(f"{reference} is removed")


@contextmanager
def _folder(config: Path | None, data: Path) -> "Iterator[ApplicationFolder]":
    try:
        yield _of_rehearsal(data) if config is None else _of_configuration(config)
    except ConnectorError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(_REFUSED) from problem


def _of_rehearsal(data: Path) -> "ApplicationFolder":
    from sdg_connector.adapters.application_box import (  # noqa: PLC0415  --help stays fast
        ApplicationFolder,
    )
    from sdg_connector.adapters.key_files import secret_file  # noqa: PLC0415  likewise
    from sdg_connector.adapters.store import Sealer  # noqa: PLC0415  likewise
    from sdg_connector.errors import OwnMistake  # noqa: PLC0415  likewise
    from sdg_connector.web.assembling import APPLICATIONS  # noqa: PLC0415  likewise

    if not data.is_dir():
        raise OwnMistake(f"there is no folder {data}")
    key = secret_file(data, "payloads")
    return ApplicationFolder(data / APPLICATIONS, Sealer({"first": key}, current="first"))


def _of_configuration(file: Path) -> "ApplicationFolder":
    from sdg_connector.adapters.application_box import (  # noqa: PLC0415  --help stays fast
        ApplicationFolder,
    )
    from sdg_connector.adapters.configuration import (  # noqa: PLC0415  likewise
        read_configuration,
        sealing_keys,
    )
    from sdg_connector.adapters.store import Sealer  # noqa: PLC0415  likewise
    from sdg_connector.web.assembling import APPLICATIONS  # noqa: PLC0415  likewise

    configuration = read_configuration(file)
    store = configuration.store
    sealer = Sealer(sealing_keys(store), current=store.current_key)
    return ApplicationFolder(configuration.service.data / APPLICATIONS, sealer)
