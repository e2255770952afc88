"""Whether this process lives, and whether it is ready to serve."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from sdg_connector.adapters.configuration import WatchedCertificate
from sdg_connector.adapters.exchanges import ExchangeRuntime

FINE: Final = "fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Looked up anew each time it is asked for."""

    runtime: ExchangeRuntime
    certificates: Callable[[], tuple[WatchedCertificate, ...]]
    now: Callable[[], datetime]

    def parts(self) -> Mapping[str, str]:
        """Each part by name: ``fine``, or a sentence that says what is wrong."""
        return {
            "exchanges": FINE if self.runtime.started else "the workflows are not running",
            "store": self._store(),
            "certificates": self._certificates(),
        }

    def certificate_days(self) -> Mapping[str, float]:
        """Days until each certificate ends, by its setting; negative after its end."""
        now = self.now()
        return {
            one.setting: round((one.not_after - now) / timedelta(days=1), 2)
            for one in self.certificates()
        }

    def open_exchanges(self) -> Mapping[str, float]:
        """How many exchanges stand in each open state; nothing while the store is away."""
        try:
            return self.runtime.store.overview.standing()
        except (SQLAlchemyError, OSError):
            return {}

    def _store(self) -> str:
        try:
            self.runtime.store.overview.standing()
        except (SQLAlchemyError, OSError) as problem:
            return f"the database does not answer ({type(problem).__name__})"
        return FINE

    def _certificates(self) -> str:
        now = self.now()
        ended = [one.setting for one in self.certificates() if one.ours and one.not_after < now]
        return f"ended: {', '.join(ended)}" if ended else FINE
