"""``sdg-connector procedures import``: descriptions from the registers of others."""

import json
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.procedures.given import inside, own_errors

if TYPE_CHECKING:
    from procedures.importing import Common, Imported, TableMapping

_USAGE = 2


class Register(StrEnum):
    """Where the files come from."""

    CPSV = "cpsv"
    """RDF of CPSV-AP 2.2.1 to 3.2.0."""
    LATVIA_CARD = "latvia-card"
    PTV = "ptv"
    """Finland: answers of the open API of Palvelutietovaranto, version 11."""
    XZUFI = "xzufi"
    """Germany: messages of XZuFi 2.1 to 2.3."""
    NL = "nl"
    """The Netherlands: products of the SDG register's API."""
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    """A list of records, read by a mapping."""


def import_(  # noqa: PLR0917  typer reads the options from the arguments
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of one register.")],
    out: Annotated[Path, typer.Option(help="Folder for the descriptions.")],
    register: Annotated[
        Register | None,
        typer.Option("--from", help="The register; by its ending if none (.csv, .card.json, RDF)."),
    ] = None,
    common: Annotated[
        Path | None,
        typer.Option("--with", help="YAML with fields for every service that lacks them."),
    ] = None,
    codes: Annotated[
        Path | None, typer.Option(help="CSV key;code: a service of the register and II/T2.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="YAML that says what the columns of a table mean.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Country, where a file does not say it.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write what was not taken over to this file (JSON).")
    ] = None,
) -> None:
    """Read services of a register, and say of each what could not be taken over.

    Exit 2 when a service lacks what a description needs; the others are written all the same.
    """
    from procedures.importing import MappingRefused  # noqa: PLC0415  --help stays fast

    with own_errors():
        try:
            shared = _common(common, codes, country)
            meant = _mapping(mapping)
        except MappingRefused as problem:
            raise typer.BadParameter(str(problem), param_hint="--mapping") from problem
        found = [
            (name, one)
            for wanted, names in _by_register(files, register)
            for name, one in _read(wanted, names, shared, meant)
        ]
        failed = sum(_put(name, one, out) for name, one in found)
        if report is not None:
            report.write_text(_report(found), encoding="utf-8")
    if failed:
        raise typer.Exit(_USAGE)


def _by_register(
    files: Sequence[Path], register: Register | None
) -> Iterator[tuple[Register, list[Path]]]:
    kinds = [register or _register_of(one) for one in files]
    for wanted in dict.fromkeys(kinds):
        yield wanted, [one for one, kind in zip(files, kinds, strict=True) if kind is wanted]


def _register_of(file: Path) -> Register:
    endings = {
        ".card.json": Register.LATVIA_CARD,
        ".csv": Register.CSV,
        ".xlsx": Register.XLSX,
    }
    return next(
        (kind for ending, kind in endings.items() if file.name.endswith(ending)), Register.CPSV
    )


def _read(
    register: Register, files: Sequence[Path], common: "Common", mapping: "TableMapping | None"
) -> "Iterator[tuple[str, Imported]]":
    from procedures.importing import read_ptv  # noqa: PLC0415  --help stays fast

    if register is Register.PTV:
        # A service and its channels stand in files of their own.
        found = read_ptv([one.read_bytes() for one in files], common=common)
        yield from ((", ".join(map(str, files)), one) for one in found)
        return
    read = _reader(register, common, mapping)
    for path in files:
        yield from ((str(path), one) for one in read(path.read_bytes()))


def _reader(
    register: Register, common: "Common", mapping: "TableMapping | None"
) -> "Callable[[bytes], tuple[Imported, ...]]":
    from procedures import importing  # noqa: PLC0415  --help stays fast

    if register is Register.XZUFI:
        return lambda data: importing.read_xzufi(data, common=common)
    if register is Register.NL:
        return lambda data: importing.read_netherlands(data, common=common)
    if register in {Register.CSV, Register.XLSX}:
        return lambda data: importing.read_table(data, mapping=mapping, common=common)
    if register is Register.JSON:
        if mapping is None:
            raise typer.BadParameter("records of JSON need a mapping", param_hint="--mapping")
        return lambda data: importing.read_json_records(data, mapping=mapping, common=common)
    if register is Register.LATVIA_CARD:
        return _read_card
    from procedures.cpsv import read_cpsv  # noqa: PLC0415  an optional extra

    country = common.fields.get("country")
    return lambda data: read_cpsv(data, country=None if country is None else str(country))


def _read_card(data: bytes) -> "tuple[Imported, ...]":
    from procedures.importing import Imported  # noqa: PLC0415  --help stays fast
    from procedures.latvia import from_card  # noqa: PLC0415

    card = from_card(data)
    return (Imported(subject=card.identifier, description=card, mistakes=(), left=()),)


def _common(common: Path | None, codes: Path | None, country: str | None) -> "Common":
    from procedures.importing import Common, read_codes  # noqa: PLC0415  --help stays fast

    by_key = {} if codes is None else read_codes(codes.read_bytes())
    held = Common(codes=by_key)
    if common is not None:
        held = Common.read(common.read_bytes(), codes=by_key)
    if country is None:
        return held
    return Common(fields={**held.fields, "country": country}, codes=by_key)


def _mapping(mapping: Path | None) -> "TableMapping | None":
    from procedures.importing import read_mapping  # noqa: PLC0415  --help stays fast

    return None if mapping is None else read_mapping(mapping.read_bytes())


def _put(name: str, found: "Imported", out: Path) -> bool:
    """Write the description, or say why there is none; whether it failed."""
    from procedures import write_yaml  # noqa: PLC0415  --help stays fast

    for mistake in found.mistakes:
        typer.echo(f"{name}: {found.subject}: {mistake}", err=True)
    for left in found.left:
        typer.echo(f"{name}: {found.subject}: not taken over: {left}", err=True)
    if found.description is None:
        return bool(found.mistakes)
    path = inside(out, found.description.identifier)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_yaml(found.description))
    typer.echo(str(path))
    return False


def _report(found: "Sequence[tuple[str, Imported]]") -> str:
    rows = [
        {
            "file": name,
            "service": one.subject,
            "description": None if one.description is None else one.description.identifier,
            "mistakes": [str(mistake) for mistake in one.mistakes],
            "not_taken_over": list(one.left),
        }
        for name, one in found
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
