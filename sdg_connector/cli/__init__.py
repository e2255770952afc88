"""The console command ``sdg-connector``."""

import sys
from typing import Final

_EXTRAS: Final = {
    "ctranslate2": "translate",
    "dbos": "durable",
    "jinja2": "web",
    "multipart": "web",
    "opentelemetry": "observe",
    "polib": "review",
    "prometheus_client": "observe",
    "psycopg": "postgres",
    "pyshacl": "conformance",
    "rapidfuzz": "review",
    "rdflib": "rdf",
    "reportlab": "demo",
    "saxonche": "conformance",
    "sentencepiece": "translate",
    "sqlalchemy": "durable",
    "starlette": "web",
    "uvicorn": "web",
}
"""Libraries that only an extra brings."""


def main() -> None:
    """Run the console command; its parts are imported only now, so that the package stays light."""
    from sdg_connector.cli.app import app  # noqa: PLC0415  importing the package must stay light

    try:
        app()
    except ModuleNotFoundError as missing:
        extra = _EXTRAS.get((missing.name or "").partition(".")[0])
        if extra is None:
            raise
        sys.exit(
            f"this command needs the extra {extra!r}: pip install 'sdg-connector[{extra}]'"
            f" ({missing.name} is not installed)"
        )
