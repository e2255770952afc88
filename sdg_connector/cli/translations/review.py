"""The review page, served to one person on this machine."""

import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer

from sdg_connector.cli.translations.options import (
    HOME,
    LedgerPlace,
    MemoryPlace,
    Source,
    Target,
    made_for,
    own_errors,
)


def review(  # noqa: PLR0917  typer reads the options from the arguments
    source: Source = "lv",
    target: Target = "en",
    ledger: LedgerPlace = str(HOME / "ledger.sqlite"),
    memory: MemoryPlace = str(HOME / "memory.sqlite"),
    language: Annotated[str, typer.Option(help="Language of the page.")] = "en",
    port: Annotated[int, typer.Option(help="Loopback port; 0 lets the system choose.")] = 0,
) -> None:
    """Check doubted sentences side by side in a browser; what you approve is remembered."""
    import socket  # noqa: PLC0415  --help stays fast

    import uvicorn  # noqa: PLC0415

    from sdg_connector.adapters.serving import http_reader  # noqa: PLC0415
    from sdg_connector.web.review import ReviewDesk, review_application  # noqa: PLC0415
    from translations.languages import read_code  # noqa: PLC0415
    from translations.ledger import Ledger  # noqa: PLC0415
    from translations.memory import Memory  # noqa: PLC0415

    with own_errors():
        desk = ReviewDesk(
            ledger=Ledger(made_for(ledger)),
            memory=Memory(made_for(memory)),
            source=read_code(source),
            target=read_code(target),
            clock=lambda: datetime.now(UTC),
        )
        secret = secrets.token_urlsafe(24)
        application = review_application(desk, secret=secret, language=language)
        with socket.socket() as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listening.bind(("127.0.0.1", port))
            except OSError as error:
                raise typer.BadParameter(f"{error.strerror}", param_hint="--port") from None
            number = listening.getsockname()[1]
            typer.echo(f"Open http://127.0.0.1:{number}/{secret}/ – Ctrl+C ends.")
            config = uvicorn.Config(application, http=http_reader(), log_level="error")
            server = uvicorn.Server(config)
            server.run(sockets=[listening])
