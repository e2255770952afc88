"""What the commands are given: descriptions in files and folders, secrets in files, own errors."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import typer

if TYPE_CHECKING:
    from procedures import Description
    from procedures.document import Path as Place
    from procedures.situations import LifeSituation

Located: TypeAlias = "tuple[str, LifeSituation, Callable[[Place], int | None] | None]"
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


def descriptions_in(places: Sequence[Path]) -> "tuple[Description, ...]":
    """The descriptions of files and folders, in the order of their names.

    Every wrong file is named on standard error before the command leaves with status 2.
    """
    from procedures import DescriptionRefused, read_description  # noqa: PLC0415  --help stays fast
    from procedures.situations import is_situation  # noqa: PLC0415

    found, wrong = [], 0
    for path in _files(places):
        try:
            data = path.read_bytes()
            # A folder may hold life situations beside the services that they lead to.
            if path not in places and is_situation(data):
                continue
            found.append(read_description(data))
        except DescriptionRefused as refused:
            wrong += 1
            typer.echo(f"{path}: {refused}", err=True)
        except OSError as problem:
            wrong += 1
            typer.echo(f"{path}: {problem.strerror}", err=True)
    if wrong:
        raise typer.Exit(2)
    return tuple(found)


def described(places: Sequence[Path] | None) -> "tuple[Description, ...]":
    """The descriptions of files and folders, else those that are shipped."""
    from procedures import catalogue  # noqa: PLC0415  --help stays fast

    return descriptions_in(places) if places else catalogue.load_all()


def situations_in(places: Sequence[Path] | None) -> "Iterator[Located]":
    """Each life situation of files and folders, else of those shipped: where, what, its lines.

    Every wrong file is named on standard error before the command leaves with status 2.
    """
    from procedures import DescriptionRefused, catalogue  # noqa: PLC0415  --help stays fast
    from procedures.situations import is_situation  # noqa: PLC0415
    from procedures.situations.files import read_located_situation  # noqa: PLC0415

    if not places:
        yield from ((one.identifier, one, None) for one in catalogue.situations())
        return
    found: list[Located] = []
    wrong = 0
    for path in _files(places):
        try:
            data = path.read_bytes()
            if path in places or is_situation(data):
                situation, document = read_located_situation(data)
                found.append((str(path), situation, document.line))
        except DescriptionRefused as refused:
            wrong += 1
            typer.echo(f"{path}: {refused}", err=True)
        except OSError as problem:
            wrong += 1
            typer.echo(f"{path}: {problem.strerror}", err=True)
    if wrong:
        raise typer.Exit(2)
    yield from found


def inside(folder: Path, identifier: str, *, suffix: str = ".yaml") -> Path:
    """A file inside the folder, whatever an identifier looks like."""
    kept = [
        "".join(one if one.isalnum() or one in "-_" else "-" for one in part).strip("-")
        for part in identifier.removeprefix("https://").removeprefix("http://").split("/")
    ]
    path = folder.joinpath(*([part for part in kept if part] or ["description"]))
    return path.with_name(path.name + suffix)


def secret(variable: str, file: Path | None) -> str:
    """A secret from a file, else from the environment; empty when there is none."""
    if file is None:
        return os.environ.get(variable, "").strip()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise typer.BadParameter(f"{file} cannot be read") from problem


@contextmanager
def own_errors() -> Iterator[None]:
    """Show our errors as a sentence and leave with 2; anything else is a bug and shows itself."""
    from procedures import ProceduresError  # noqa: PLC0415  --help stays fast

    try:
        yield
    except ProceduresError as problem:
        typer.echo(f"sdg-connector: {problem}", err=True)
        sys.exit(2)
    except OSError as problem:
        typer.echo(f"sdg-connector: {problem.filename or 'output'}: {problem.strerror}", err=True)
        sys.exit(2)


def _files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from sorted(one for one in place.rglob("*") if one.suffix in _SUFFIXES)
        else:
            yield place
