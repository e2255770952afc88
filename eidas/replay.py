"""Remembering which messages were already used."""

import threading
from datetime import datetime
from typing import Protocol


class ReplayGuard(Protocol):
    """A memory shared by all processes that accept messages."""

    def first_time(self, issuer: str, message_id: str, *, until: datetime) -> bool:
        """Note a message and say whether it is new; atomic, and kept at least ``until``."""


class MemoryReplayGuard:
    """A replay guard for one process: forgets what has ended when it is told a later time."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def first_time(self, issuer: str, message_id: str, *, until: datetime) -> bool:
        """Note a message and say whether it is new."""
        with self._lock:
            if (issuer, message_id) in self._seen:
                return False
            self._seen[issuer, message_id] = until
            return True

    def forget_before(self, now: datetime) -> None:
        """Drop what could no longer be accepted anyway, so that memory stays flat."""
        with self._lock:
            self._seen = {key: until for key, until in self._seen.items() if until > now}
