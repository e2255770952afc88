"""What a server remembers about a visitor: encrypted, forgotten on time, kept across a crash."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from sdg_connector.adapters.store.database import Database, once_more
from sdg_connector.adapters.store.sealing import Sealer
from sdg_connector.adapters.store.statements import adding, erasing, rows_of
from sdg_connector.adapters.store.tables import Moment
from sdg_connector.connector import Gone

_METADATA = sa.MetaData()
_SESSIONS = sa.Table(
    "visitor_sessions",
    _METADATA,
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("key_name", sa.String(64), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("visitor_sessions_expires", "expires"),
)
_SESSION: Final = rows_of(_SESSIONS, "kind", "token_hash")
_ERASE: Final = erasing(_SESSIONS, "kind", "token_hash")
_ERASE_DUE: Final = _SESSIONS.delete().where(
    _SESSIONS.c.expires <= sa.bindparam("now", type_=Moment)
)
_TAKE: Final = _ERASE.returning(_SESSIONS)


class Sessions:
    """A small encrypted store of JSON values under unguessable tokens.

    Only the SHA-256 of a token is stored, and values are sealed under a key that lives outside the
    database, so a stolen database opens no session and names nobody. ``kind`` keeps visits, pending
    logins and one-time tickets apart: it is authenticated with every value. With PostgreSQL several
    processes serve the same visitors.
    """

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    @classmethod
    def open(cls, url: str, sealer: Sealer) -> "Sessions":
        """Open ``sqlite:///…`` or ``postgresql+psycopg://…``; raises ``OwnMistake`` for others."""
        return cls(Database.open(url, _METADATA), sealer)

    def create(self, kind: str, value: Mapping[str, Any], *, now: datetime, life: timedelta) -> str:
        """Store a value and return its new token."""
        token = secrets.token_urlsafe(32)
        self.write(kind, token, value, now=now, life=life)
        return token

    @once_more
    def write(
        self, kind: str, token: str, value: Mapping[str, Any], *, now: datetime, life: timedelta
    ) -> None:
        """Store a value under a token that the caller already has, and give it a new lease."""
        token_hash = _hash(token)
        plain = json.dumps(value, ensure_ascii=False).encode()
        row = {
            "kind": kind,
            "token_hash": token_hash,
            "expires": now + life,
            "key_name": self._sealer.current,
            "sealed": self._sealer.seal(plain, bound_to=f"{kind}:{token_hash}"),
        }
        with self._database.writing() as connection:
            connection.execute(_ERASE_DUE, {"now": now})
            connection.execute(_ERASE, {"kind": kind, "token_hash": token_hash})
            connection.execute(adding(_SESSIONS), row)

    def read(self, kind: str, token: str, *, now: datetime) -> dict[str, Any] | None:
        """The value under a token, or None when there is none, it is too old or was altered."""
        found = self._database.read(_SESSION, {"kind": kind, "token_hash": _hash(token)}).first()
        return None if found is None or found.expires <= now else self._opened(found)

    def take(self, kind: str, token: str, *, now: datetime) -> dict[str, Any] | None:
        """The value under a token, which is gone afterwards: of two takers one gets it."""
        which = {"kind": kind, "token_hash": _hash(token)}
        with self._database.writing() as connection:
            found = connection.execute(_TAKE, which).first()
        return None if found is None or found.expires <= now else self._opened(found)

    def drop(self, kind: str, token: str) -> None:
        """Forget a token."""
        with self._database.writing() as connection:
            connection.execute(_ERASE, {"kind": kind, "token_hash": _hash(token)})

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def _opened(self, row: Any) -> dict[str, Any] | None:
        bound_to = f"{row.kind}:{row.token_hash}"
        try:
            plain = self._sealer.open(row.sealed, key_name=row.key_name, bound_to=bound_to)
        except Gone:
            return None
        value: dict[str, Any] = json.loads(plain)
        return value


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
