"""``sdg-connector procedures figures``: ratings, completion, e-share, NPS and SUS."""

from pathlib import Path
from typing import Annotated

import typer

from sdg_connector.cli.procedures.given import own_errors


def figures(  # noqa: PLR0917  typer reads the options from the arguments
    period: Annotated[str, typer.Option("--period", help="2026-01 or 2026-H1.")],
    out: Annotated[Path, typer.Option(help="Folder for figures.csv, figures.json, report.html.")],
    feedback: Annotated[
        Path | None, typer.Option(help="The file that keeps the answers (JSON lines).")
    ] = None,
    uses: Annotated[
        Path | None,
        typer.Option(help="CSV: service, page, authority, started, completed, electronic, total."),
    ] = None,
    net_promoter: Annotated[
        Path | None, typer.Option("--nps", help="CSV: score (0 to 10).")
    ] = None,
    usability: Annotated[Path | None, typer.Option("--sus", help="CSV: q1 … q10 (1 to 5).")] = None,
    language: Annotated[str, typer.Option(help="Language of the report, of 26.")] = "en",
    smallest: Annotated[int, typer.Option(min=1, help="Show no mean of fewer ratings.")] = 5,
) -> None:
    """Compile an authority's own figures as open data (CSV, JSON) and as a report with charts."""
    from procedures.collect import Period  # noqa: PLC0415  --help stays fast
    from procedures.feedback import FeedbackFile  # noqa: PLC0415
    from procedures.figures import (  # noqa: PLC0415
        compiled,
        read_net_promoter,
        read_system_usability,
        read_uses,
        write_csv,
        write_json,
        write_report,
    )
    from translations.catalogue import catalogue  # noqa: PLC0415
    from translations.errors import UnknownLanguage  # noqa: PLC0415

    try:
        words = catalogue(language)
    except UnknownLanguage as unknown:
        raise typer.BadParameter(str(unknown), param_hint="--language") from unknown
    with own_errors():
        for given in (feedback, uses, net_promoter, usability):
            if given is not None:
                given.open("rb").close()
        found = compiled(
            FeedbackFile(feedback).kept() if feedback else (),
            read_uses(uses.read_bytes()) if uses else (),
            period=Period.read(period),
            net_promoter=read_net_promoter(net_promoter.read_bytes()) if net_promoter else (),
            usability=read_system_usability(usability.read_bytes()) if usability else (),
        )
        out.mkdir(parents=True, exist_ok=True)
        written = {
            "figures.csv": write_csv(found, smallest=smallest),
            "figures.json": write_json(found, smallest=smallest),
            "report.html": write_report(
                found, language=words.language, words=words.text, smallest=smallest
            ),
        }
        for name, text in written.items():
            (out / name).write_text(text, encoding="utf-8", newline="")
    typer.echo(f"{out}: {', '.join(written)} ({found.ratings.total} ratings)")
