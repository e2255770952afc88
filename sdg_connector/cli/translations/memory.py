"""What people corrected and which terms are asked for: shown, searched, changed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.translations.options import (
    HOME,
    MemoryPlace,
    Source,
    Target,
    made_for,
    own_errors,
)

if TYPE_CHECKING:
    from translations.memory import Match


def show_memory(
    find: Annotated[str, typer.Option(help="Show what resembles this sentence.")] = "",
    forget: Annotated[str, typer.Option(help="Remove the correction of this sentence.")] = "",
    source: Source = "lv",
    target: Target = "en",
    memory: MemoryPlace = str(HOME / "memory.sqlite"),
) -> None:
    """Show what the memory holds, search it with differences, or forget a sentence."""
    from translations.memory import Memory  # noqa: PLC0415  --help stays fast

    with own_errors():
        kept = Memory(made_for(memory))
        if forget:
            if not kept.forget(forget, source=source, target=target):
                typer.echo("sdg-connector: the memory holds no such sentence", err=True)
                raise typer.Exit(2)
        elif find:
            for match in kept.similar(find, source=source, target=target):
                typer.echo(_shown(match))
        else:
            for (one, other), count in kept.counts().items():
                typer.echo(f"{one} to {other}\t{count}")


def _shown(match: "Match") -> str:
    words = [
        change.before if change.same else f"[-{change.before}-]{{+{change.after}+}}"
        for change in match.differences
    ]
    return f"{match.score:.0%}\t{' '.join(words)}\t{match.unit.translated}"


def show_terms(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Glossaries, .tbx or .csv; else the starter.")
    ] = None,
    find: Annotated[str, typer.Option(help="Only terms that stand in this text.")] = "",
    source: Source = "lv",
    target: Target = "en",
    out: Annotated[
        Path | None, typer.Option(help="Write the glossary to this .tbx or .csv file.")
    ] = None,
) -> None:
    """List the terms of a pair, find those in a text, or convert glossaries."""
    from translations.exchange import write_tbx  # noqa: PLC0415  --help stays fast
    from translations.languages import read_code  # noqa: PLC0415
    from translations.terms import Glossary, starter_glossary, write_terms_csv  # noqa: PLC0415
    from translations.workshop import read_terms  # noqa: PLC0415

    with own_errors():
        one, other = read_code(source), read_code(target)
        read = [read_terms(path) for path in files or ()] or [starter_glossary()]
        glossary = Glossary(concept for some in read for concept in some.concepts)
        if out is not None:
            tbx = out.suffix.lower() == ".tbx"
            out.write_bytes(write_tbx(glossary) if tbx else write_terms_csv(glossary))
            typer.echo(f"{len(glossary)} concepts")
            return
        asked = {use.concept.id for use in glossary.uses(find, one)} if find else None
        for concept in glossary.concepts:
            here, there = concept.terms.get(one), concept.terms.get(other)
            if here and there and (asked is None or concept.id in asked):
                typer.echo(f"{' | '.join(here)}\t{' | '.join(there)}\t{concept.definition}")
