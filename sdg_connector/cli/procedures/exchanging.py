"""``sdg-connector procedures export|import|serve``: descriptions for others."""

import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.procedures.describing import MaybePlaces
from sdg_connector.cli.procedures.given import described, inside, own_errors, situations_in

if TYPE_CHECKING:
    from procedures import Description
    from procedures.cpsv import Imported

_USAGE = 2


class Form(StrEnum):
    """A form that descriptions are written in."""

    YAML = "yaml"
    JSON = "json"
    TURTLE = "turtle"
    JSON_LD = "json-ld"
    SEARCH_SERVICE = "search-service"
    SCHEMA_ORG = "schema-org"
    LATVIA_CARD = "latvia-card"


_SUFFIX = {
    Form.YAML: ".yaml",
    Form.JSON: ".json",
    Form.TURTLE: ".ttl",
    Form.JSON_LD: ".jsonld",
    Form.SCHEMA_ORG: ".jsonld",
    Form.LATVIA_CARD: ".card.json",
}


def export(
    files: MaybePlaces = None,
    form: Annotated[Form, typer.Option("--to", help="The form to write.")] = Form.TURTLE,
    base: Annotated[
        str | None, typer.Option(help="Address under which services are named in RDF.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for a file each (search-service: one file).")
    ] = None,
) -> None:
    """Write descriptions as CPSV-AP, for a finder, for search engines, or as YAML and JSON."""
    found = described(files)
    with own_errors():
        if form is Form.SEARCH_SERVICE:
            _put_search_service(found, base, out)
            return
        write = _writer(form, base)
        for description in found:
            text = write(description)
            if out is None:
                typer.echo(text, nl=not text.endswith("\n"))
                continue
            path = inside(out, description.identifier, suffix=_SUFFIX[form])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if out is not None:
        typer.echo(f"{len(found)} descriptions written to {out}", err=True)


def _writer(form: Form, base: str | None) -> "Callable[[Description], str]":
    from procedures import write_json, write_yaml  # noqa: PLC0415  --help stays fast

    if form is Form.YAML:
        return lambda one: write_yaml(one).decode()
    if form is Form.JSON:
        return lambda one: write_json(one).decode()
    if form is Form.SCHEMA_ORG:
        from procedures.schema_org import schema_org  # noqa: PLC0415

        return lambda one: json.dumps(schema_org(one), ensure_ascii=False, indent=1) + "\n"
    if form is Form.LATVIA_CARD:
        from procedures.latvia import to_card  # noqa: PLC0415

        return lambda one: json.dumps(to_card(one), ensure_ascii=False, indent=1) + "\n"
    from procedures.cpsv import json_ld, turtle  # noqa: PLC0415  an optional extra

    write = turtle if form is Form.TURTLE else json_ld
    return lambda one: next(iter(write([one], base=base)))


def _put_search_service(
    found: "tuple[Description, ...]", base: str | None, out: Path | None
) -> None:
    from procedures.cpsv.search_service import search_service  # noqa: PLC0415  an optional extra

    text = json.dumps(search_service(found, base=base), ensure_ascii=False, indent=1) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="RDF of CPSV-AP 2.2.1 to 3.2.0, or Latvian cards."),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the descriptions.")],
    country: Annotated[
        str | None, typer.Option(help="Country, where a file does not say it.")
    ] = None,
) -> None:
    """Read services from CPSV-AP or Latvian cards, and say what could not be taken over."""
    from procedures import write_yaml  # noqa: PLC0415  --help stays fast

    failed = 0
    with own_errors():
        cards = [one for one in files if one.name.endswith(".card.json")]
        for path in cards:
            _put_card(path, out)
        rest = [one for one in files if one not in cards]
        for name, found in _services(rest, country):
            if found.description is None:
                failed += 1
                for mistake in found.mistakes:
                    typer.echo(f"{name}: {found.subject}: {mistake}", err=True)
                continue
            path = inside(out, found.description.identifier)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(write_yaml(found.description))
            typer.echo(f"{path}")
            if found.left:
                typer.echo(f"{name}: not taken over: {', '.join(found.left)}", err=True)
    if failed:
        raise typer.Exit(_USAGE)


def _put_card(file: Path, out: Path) -> None:
    from procedures import write_yaml  # noqa: PLC0415  --help stays fast
    from procedures.latvia import from_card  # noqa: PLC0415

    description = from_card(file.read_bytes())
    path = inside(out, description.identifier)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_yaml(description))
    typer.echo(f"{path}")


def _services(files: list[Path], country: str | None) -> Iterator[tuple[Path, "Imported"]]:
    from procedures.cpsv import RdfRefused, read_cpsv  # noqa: PLC0415  an optional extra

    for path in files:
        try:
            services = read_cpsv(path.read_bytes(), country=country)
        except RdfRefused as problem:
            typer.echo(f"{path}: {problem}", err=True)
            raise typer.Exit(_USAGE) from problem
        yield from ((path, one) for one in services)


def serve(
    files: MaybePlaces = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 lets the system choose.")] = 0,
) -> None:
    """Serve descriptions and life situations to other sites: search, read, embed, OpenAPI.

    Read only, no key. Folders may hold both.
    """
    import uvicorn  # noqa: PLC0415  an optional extra

    from sdg_connector.web.descriptions import read_api  # noqa: PLC0415  an optional extra

    with own_errors():
        folders = None if files is None else [one for one in files if one.is_dir()]
        lives = () if folders == [] else [one for _, one, _ in situations_in(folders)]
        api = read_api(described(files), situations=lives)
    config = uvicorn.Config(api, host=host, port=port, log_level="warning", access_log=False)
    listening = config.bind_socket()
    typer.echo(f"http://{host}:{listening.getsockname()[1]}/openapi.json")
    uvicorn.Server(config).run(sockets=[listening])
