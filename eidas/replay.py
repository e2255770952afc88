"""Remembering which messages were already used."""

import threading
from datetime import datetime
from typing import Final, Protocol

_SWEEP: Final = 512
"""How many messages are noted before the first look for those that have ended."""


class ReplayGuard(Protocol):
    """A memory shared by all processes that accept messages."""

    def first_time(self, issuer: str, message_id: str, *, until: datetime, now: datetime) -> bool:
        """Note a message and say whether it is new; atomic, and kept at least ``until``."""


class MemoryReplayGuard:
    """A replay guard for one process; it forgets what could no longer be accepted anyway."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()
        self._sweep_at = _SWEEP

    def first_time(self, issuer: str, message_id: str, *, until: datetime, now: datetime) -> bool:
        """Note a message and say whether it is new."""
        with self._lock:
            if (issuer, message_id) in self._seen:
                return False
            self._seen[issuer, message_id] = until
            if len(self._seen) >= self._sweep_at:
                self._seen = {key: end for key, end in self._seen.items() if end > now}
                self._sweep_at = max(_SWEEP, 2 * len(self._seen))
            return True
