"""``sdg-connector translate`` and ``sdg-connector translations``: texts, packages and memory."""

import typer

from sdg_connector.cli.translations import exchange, memory, packages, review
from sdg_connector.cli.translations.translate import translate

app = typer.Typer(no_args_is_help=True, help="Translation packages, memory, terms and review.")
app.command()(packages.install)
app.command("list")(packages.list_packages)
app.command()(packages.remove)
app.command("memory")(memory.show_memory)
app.command("terms")(memory.show_terms)
app.command("review")(review.review)
app.command("export")(exchange.export)
app.command("import")(exchange.import_file)

__all__ = ["app", "translate"]
