"""What a server remembers about a visitor: encrypted, forgotten on time, kept across a crash."""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_TABLE = """
CREATE TABLE IF NOT EXISTS sessions (
    kind TEXT NOT NULL, token_hash BLOB NOT NULL, expires REAL NOT NULL, sealed BLOB NOT NULL,
    PRIMARY KEY (kind, token_hash)
)
"""


class Sessions:
    """A small encrypted store of JSON values under unguessable tokens.

    Only the SHA-256 of a token is stored, and values are sealed with AES-GCM under a key that lives
    outside the database, so a stolen file opens no session and names nobody. ``kind`` keeps visits,
    pending logins and one-time tickets apart: it is authenticated with every value.
    """

    def __init__(self, path: Path, *, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA busy_timeout=5000")
        self._database.execute(_TABLE)

    def create(self, kind: str, value: Mapping[str, Any], *, now: datetime, life: timedelta) -> str:
        """Store a value and return its new token."""
        token = secrets.token_urlsafe(32)
        self.write(kind, token, value, now=now, life=life)
        return token

    def write(
        self, kind: str, token: str, value: Mapping[str, Any], *, now: datetime, life: timedelta
    ) -> None:
        """Store a value under a token that the caller already has, and give it a new lease."""
        token_hash = _hash(token)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = json.dumps(value, ensure_ascii=False).encode()
        sealed = nonce + self._cipher.encrypt(nonce, plain, kind.encode() + token_hash)
        self._database.execute("DELETE FROM sessions WHERE expires <= ?", (now.timestamp(),))
        self._database.execute(
            "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)",
            (kind, token_hash, (now + life).timestamp(), sealed),
        )

    def read(self, kind: str, token: str, *, now: datetime) -> dict[str, Any] | None:
        """The value under a token, or None when there is none, it is too old or was altered."""
        row = self._database.execute(
            "SELECT sealed FROM sessions WHERE kind = ? AND token_hash = ? AND expires > ?",
            (kind, _hash(token), now.timestamp()),
        ).fetchone()
        return None if row is None else self._open(kind, token, row[0])

    def take(self, kind: str, token: str, *, now: datetime) -> dict[str, Any] | None:
        """The value under a token, which is gone afterwards: of two takers one gets it."""
        row = self._database.execute(
            "DELETE FROM sessions WHERE kind = ? AND token_hash = ? RETURNING sealed, expires",
            (kind, _hash(token)),
        ).fetchone()
        if row is None or row[1] <= now.timestamp():
            return None
        return self._open(kind, token, row[0])

    def drop(self, kind: str, token: str) -> None:
        """Forget a token."""
        self._database.execute(
            "DELETE FROM sessions WHERE kind = ? AND token_hash = ?", (kind, _hash(token))
        )

    def close(self) -> None:
        """Close the database file."""
        self._database.close()

    def _open(self, kind: str, token: str, sealed: bytes) -> dict[str, Any] | None:
        try:
            plain = self._cipher.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], kind.encode() + _hash(token)
            )
        except InvalidTag:
            return None
        value: dict[str, Any] = json.loads(plain)
        return value


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
