"""``sdg-connector procedures``: describe, tag, audit, notify, measure, hear, prove."""

import typer

from sdg_connector.cli.procedures import (
    auditing,
    describing,
    exchanging,
    feedback,
    figures,
    importing,
    links,
    situations,
    statistics,
    templates,
    translation_packages,
)

app = typer.Typer(
    no_args_is_help=True, help="Service descriptions, pages, statistics and feedback."
)
app.command("tags")(describing.tags)
app.command("report")(describing.report)
app.command("coverage")(describing.coverage)
app.command("reviews")(describing.reviews)
app.command("presence")(describing.presence)
app.command("answers")(describing.answers)
app.command("codes")(describing.codes)
app.command("schema")(describing.schema)
app.command("export")(exchanging.export)
app.command("import")(importing.import_)
app.command("serve")(exchanging.serve)
app.command("audit")(auditing.audit)
app.command("figures")(figures.figures)
app.add_typer(links.app, name="links")
app.add_typer(statistics.app, name="statistics")
app.add_typer(feedback.app, name="feedback")
app.add_typer(situations.app, name="situations")
app.add_typer(translation_packages.app, name="translation-package")
app.add_typer(templates.app, name="templates")
