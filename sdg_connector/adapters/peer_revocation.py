"""Asking whether the certificates of AS4 peers were revoked, and for how long an answer holds."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from xmltrust import Certificate, CertificateRefused
from xmltrust.revocation import Fetch, demand_not_revoked

_LOG = logging.getLogger(__name__)
_NO_ANSWER: Final = "certificate/revocation"
_MOST: Final = 1000
"""Paths that are remembered; a peer has one or two."""


@dataclass(slots=True)
class PeerRevocation:
    """``as4.RevocationCheck``: asks anew after ``recheck``, and bears silence for ``grace``.

    A path that stood when somebody last could say so counts as standing for ``grace`` beyond, so
    that evidence travels while an authority's server is down. One that was never asked about, or
    longer ago, is refused; one that was revoked is refused from the moment that it is known.
    """

    fetch: Fetch
    recheck: timedelta = timedelta(hours=1)
    grace: timedelta = timedelta(hours=4)
    _stood: dict[tuple[str, ...], datetime] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __call__(self, path: Sequence[Certificate], now: datetime) -> None:
        """Raise ``CertificateRefused`` unless the path stands."""
        key = tuple(one.fingerprint for one in path)
        stood = self._stood.get(key)
        if stood is not None and now - stood < self.recheck:
            return
        try:
            demand_not_revoked(path, fetch=self.fetch, now=now)
        except CertificateRefused as refused:
            silent = refused.rule == _NO_ANSWER
            if silent and stood is not None and now - stood < self.recheck + self.grace:
                _LOG.warning(
                    "nobody says whether %s was revoked; it stood at %s",
                    path[0].subject_for_log,
                    f"{stood:%Y-%m-%d %H:%M}",
                )
                return
            if not silent:
                with self._lock:
                    self._stood.pop(key, None)
            raise
        with self._lock:
            if len(self._stood) >= _MOST:
                self._stood.clear()
            self._stood[key] = now
