"""Options that the translation commands share, and how they end on an error."""

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from translations.engines.configured import EngineSettings

HOME = Path(typer.get_app_dir("sdg-connector")) / "translations"
PackagesFolder = Annotated[
    Path, typer.Option("--packages", help="Folder of installed packages.", envvar="SDG_PACKAGES")
]
MemoryPlace = Annotated[
    str,
    typer.Option(
        "--memory", help="What people corrected: a file or a postgresql:// address.",
        envvar="SDG_TRANSLATION_MEMORY",
    ),
]  # fmt: skip
LedgerPlace = Annotated[
    str,
    typer.Option(
        "--ledger", help="What runs translated: a file or a postgresql:// address.",
        envvar="SDG_TRANSLATION_LEDGER",
    ),
]  # fmt: skip
Source = Annotated[str, typer.Option("--from", help="Language of the originals.")]
Target = Annotated[str, typer.Option("--to", help="Language of the translations.")]


def used_memory(place: str) -> str | None:
    """The memory to translate with: the usual one only once something was remembered in it."""
    usual = place == str(HOME / "memory.sqlite")
    return None if not place or (usual and not Path(place).exists()) else made_for(place)


def made_for(place: str) -> str:
    """The place of a database, with the folder of a file made."""
    if "://" not in place and place != ":memory:":
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    return place


def engine_file(path: Path | None) -> "tuple[EngineSettings, ...]":
    """The ``[[engine]]`` tables of a TOML file."""
    from translations.engines.configured import engine_settings  # noqa: PLC0415  --help stays fast
    from translations.errors import Misuse  # noqa: PLC0415

    if path is None:
        return ()
    try:
        return engine_settings(tomllib.loads(path.read_text(encoding="utf-8")).get("engine"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misuse(f"{path.name} cannot be read as TOML: {type(error).__name__}") from None


@contextmanager
def own_errors() -> Iterator[None]:
    """Show our errors as a sentence and leave with 2; anything else is a bug and shows itself."""
    from procedures import ProceduresError  # noqa: PLC0415  --help stays fast
    from translations import TranslationError  # noqa: PLC0415

    try:
        yield
    except (TranslationError, ProceduresError) as error:
        typer.echo(f"sdg-connector: {error}", err=True)
        sys.exit(2)
