"""``sdg-connector procedures export|serve``: descriptions for others."""

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.procedures.describing import MaybePlaces
from sdg_connector.cli.procedures.given import described, inside, own_errors, situations_in

if TYPE_CHECKING:
    from procedures import Description


class Form(StrEnum):
    """A form that descriptions are written in."""

    YAML = "yaml"
    JSON = "json"
    TURTLE = "turtle"
    JSON_LD = "json-ld"
    SEARCH_SERVICE = "search-service"
    SCHEMA_ORG = "schema-org"
    LATVIA_CARD = "latvia-card"
    CSV = "csv"
    XLSX = "xlsx"
    SITEMAP = "sitemap"


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
        Path | None,
        typer.Option(
            help="Folder for a file each; one file for search-service, sitemap and tables."
        ),
    ] = None,
) -> None:
    """Write descriptions as CPSV-AP, for a finder, for search engines, or as data and tables."""
    found = described(files)
    with own_errors():
        if form in {Form.CSV, Form.XLSX, Form.SITEMAP}:
            _put_one_file(found, form, out)
            return
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


def _put_one_file(found: "tuple[Description, ...]", form: Form, out: Path | None) -> None:
    from procedures.importing import table_csv, table_xlsx  # noqa: PLC0415  --help stays fast
    from procedures.site_map import site_map  # noqa: PLC0415

    if out is None and form is Form.XLSX:
        raise typer.BadParameter("xlsx is written into a file", param_hint="--out")
    write = {Form.CSV: table_csv, Form.XLSX: table_xlsx, Form.SITEMAP: site_map}[form]
    data = write(found)
    if out is None:
        typer.echo(data.decode("utf-8-sig"), nl=False)
    else:
        out.write_bytes(data)


def serve(
    files: MaybePlaces = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 lets the system choose.")] = 0,
) -> None:
    """Serve descriptions and life situations to other sites: search, read, embed, OpenAPI.

    Read only, no key. Folders may hold both.
    """
    import uvicorn  # noqa: PLC0415  an optional extra

    from sdg_connector.adapters.serving import http_reader  # noqa: PLC0415
    from sdg_connector.web.descriptions import read_api  # noqa: PLC0415  an optional extra

    with own_errors():
        folders = None if files is None else [one for one in files if one.is_dir()]
        lives = () if folders == [] else [one for _, one, _ in situations_in(folders)]
        api = read_api(described(files), situations=lives)
    config = uvicorn.Config(
        api, host=host, port=port, http=http_reader(), log_level="warning", access_log=False
    )
    listening = config.bind_socket()
    typer.echo(f"http://{host}:{listening.getsockname()[1]}/openapi.json")
    uvicorn.Server(config).run(sockets=[listening])
