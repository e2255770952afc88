"""What went wrong with an installation, as one sentence and exit status 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from sdg_connector.errors import ConnectorError

_REFUSED = 1


@contextmanager
def told_plainly() -> Iterator[None]:
    """Our own errors, those of files and those of the database end the command, not in a traceback.

    Raises ``typer.Exit`` with status 1 after the sentence stands on standard error.
    """
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415  --help stays fast

    try:
        yield
    except (ConnectorError, OSError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(_REFUSED) from problem
    except SQLAlchemyError as problem:
        # The driver's own sentence may repeat the address with its user.
        typer.echo(f"the database does not answer ({type(problem).__name__})", err=True)
        raise typer.Exit(_REFUSED) from None
