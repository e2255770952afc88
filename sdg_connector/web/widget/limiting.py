"""How many answers one address, and all together, may give in a minute."""

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

MINUTE: Final = 60


@dataclass(slots=True)
class AnswerLimit:
    """Counts answers by the minute and forgets each minute when it is over.

    An address is never kept: what is counted is its digest under a key of this process, which
    nobody else knows and which ends with it.
    """

    each: int = 12
    """Answers that one address may give in a minute; people behind one address share them."""
    together: int = 1200
    """Answers that all addresses may give in a minute."""
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _minute: int = field(default=0, repr=False)
    _counted: dict[bytes, int] = field(default_factory=dict, repr=False)
    _all: int = field(default=0, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def admits(self, address: str, *, now: datetime) -> bool:
        """Count one answer; whether it is still within the limits."""
        who = hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()
        minute = int(now.timestamp()) // MINUTE
        with self._lock:
            if minute != self._minute:
                self._minute, self._all = minute, 0
                self._counted.clear()
            if self._all >= self.together or self._counted.get(who, 0) >= self.each:
                return False
            self._counted[who] = self._counted.get(who, 0) + 1
            self._all += 1
            return True
