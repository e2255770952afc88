"""Tells a database that is away, or a disk that is full, from one that says no.

What is away comes back, and is waited for; everything else is an error of its own.
"""

import sqlite3
from typing import Final

import sqlalchemy as sa

_AWAY: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
    }
)
"""Primary result codes (https://www.sqlite.org/rescode.html) that say nothing of the statement."""
_PRIMARY: Final = 0xFF


def is_away(error: BaseException) -> bool:
    """Whether the same work may succeed once the database, the disk or the network is back."""
    if isinstance(error, sa.exc.DBAPIError):
        code = _sqlite_code(error.orig)
        if code is not None:
            return code in _AWAY
        return error.connection_invalidated or isinstance(
            error, sa.exc.OperationalError | sa.exc.InterfaceError
        )
    return isinstance(error, sa.exc.TimeoutError | OSError)


def tell_outages(engine: sa.Engine) -> None:
    """Have SQLite's outages look like PostgreSQL's: the connection is lost, and made anew.

    The workflow engine waits for a lost connection, and ends a workflow in an error for a disk that
    is full: this makes one of the other.
    """

    @sa.event.listens_for(engine, "handle_error")
    def tell(context: sa.engine.ExceptionContext) -> None:
        if _sqlite_code(context.original_exception) in _AWAY:
            context.is_disconnect = True
            context.invalidate_pool_on_disconnect = False


def _sqlite_code(error: object) -> int | None:
    """The primary result code of an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY
