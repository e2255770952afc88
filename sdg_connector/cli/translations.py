"""``sdg-connector translate`` and ``sdg-connector translations``: texts, packages and memory."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from translations import TextForm, Translated, Translator

app = typer.Typer(no_args_is_help=True, help="Translation packages, memory and corrections.")

HOME = Path(typer.get_app_dir("sdg-connector")) / "translations"
PackagesFolder = Annotated[
    Path,
    typer.Option("--packages", help="Folder of installed packages.", envvar="SDG_PACKAGES"),
]
MemoryFile = Annotated[
    Path | None, typer.Option("--memory", help="SQLite file of what people corrected.")
]
_FORMS = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html"}
"""The form of a text by the name of its file; anything else is plain text."""


def translate(  # noqa: PLR0917  typer reads the options from the arguments
    place: Annotated[Path, typer.Argument(help="A text file, or a folder of them.")],
    source: Annotated[str, typer.Option("--from", help="Language of the text.")] = "lv",
    target: Annotated[str, typer.Option("--to", help="Language to translate into.")] = "en",
    out: Annotated[Path | None, typer.Option(help="File or folder to write; else print.")] = None,
    packages: PackagesFolder = HOME / "packages",
    memory: MemoryFile = None,
    demo_model: Annotated[
        bool, typer.Option("--demo-model", help="Use the small shipped Latvian model.")
    ] = False,
) -> None:
    """Translate text, Markdown or HTML files offline, and say which sentences to check."""
    from rich.progress import track  # noqa: PLC0415  --help stays fast

    with _own_errors():
        translator = _translator(packages, memory, demo_model=demo_model)
        files = sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]
        shown = track(files, "Translating", disable=len(files) < 2)
        for file in shown:
            result = translator.translate(
                _text(file), source=source, target=target, now=datetime.now(UTC), form=_form(file)
            )
            home = out / file.relative_to(place) if out and place.is_dir() else out
            _put(result, file, home)


@app.command()
def install(
    package: Annotated[Path, typer.Argument(help="An .argosmodel file.")],
    packages: PackagesFolder = HOME / "packages",
) -> None:
    """Check an Argos package and install it."""
    from translations.engines.packages import PackageStore  # noqa: PLC0415  --help stays fast

    with _own_errors():
        installed = PackageStore(packages).install(package)
    typer.echo(
        f"{installed.name} {installed.version_text}: {installed.source} to {installed.target}"
    )


@app.command("list")
def list_packages(packages: PackagesFolder = HOME / "packages") -> None:
    """List the installed packages, and the folders that are none."""
    from translations.engines.packages import PackageStore  # noqa: PLC0415  --help stays fast

    store = PackageStore(packages)
    for package in store.packages():
        pair = f"{package.source} to {package.target}"
        typer.echo(f"{package.name}\t{package.version_text}\t{pair}\tsha256:{package.digest}")
    for name, error in store.strays():
        typer.echo(f"{name} is no package: {error}", err=True)


@app.command()
def remove(name: str, packages: PackagesFolder = HOME / "packages") -> None:
    """Remove an installed package."""
    from translations.engines.packages import PackageStore  # noqa: PLC0415  --help stays fast

    with _own_errors():
        PackageStore(packages).remove(name)


def _translator(packages: Path, memory: Path | None, *, demo_model: bool) -> "Translator":
    from translations import Translator  # noqa: PLC0415  --help stays fast
    from translations.demo_model import demo_package_path  # noqa: PLC0415
    from translations.engines.argos import ArgosEngine  # noqa: PLC0415
    from translations.engines.packages import PackageStore  # noqa: PLC0415
    from translations.memory import Memory  # noqa: PLC0415

    engine = (
        ArgosEngine.load(demo_package_path())
        if demo_model
        else ArgosEngine.installed(PackageStore(packages))
    )
    return Translator(engine=engine, memory=Memory(memory) if memory else None)


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


def _put(result: "Translated", file: Path, home: Path | None) -> None:
    if home is None:
        typer.echo(result.text, nl=False)
    else:
        home.parent.mkdir(parents=True, exist_ok=True)
        home.write_text(result.text, encoding="utf-8")
        record = asdict(result.provenance) | {"score": result.score}
        record_file = home.with_name(home.name + ".provenance.json")
        record_file.write_text(json.dumps(record, default=str, indent=1) + "\n", encoding="utf-8")
    for segment in result.segments:
        if segment.quality.needs_review:
            reasons = ", ".join(f"{f.doubt} ({f.detail})" for f in segment.findings)
            typer.echo(f"{file.name}: check: {segment.source[:70]} [{reasons}]", err=True)


@contextmanager
def _own_errors() -> Iterator[None]:
    """Show our errors as a sentence and leave with 2; anything else is a bug and shows itself."""
    from translations import TranslationError  # noqa: PLC0415  --help stays fast

    try:
        yield
    except TranslationError as error:
        typer.echo(f"sdg-connector: {error}", err=True)
        sys.exit(2)
