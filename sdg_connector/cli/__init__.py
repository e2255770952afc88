"""The console command ``sdg-connector``."""


def main() -> None:
    """Run the console command; its parts are imported only now, so that the package stays light."""
    from sdg_connector.cli.app import app  # noqa: PLC0415  importing the package must stay light

    app()
