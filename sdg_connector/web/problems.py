"""Problem pages: what happened in plain words, what to do now, a reference that names nobody."""

import logging
from dataclasses import dataclass
from typing import Final

from sdg_connector.web.references import new_reference

_log = logging.getLogger(__name__)

STATUS: Final = {
    "tampered": 403,
    "late": 403,
    "login_declined": 403,
    "login_failed": 403,
    "level": 403,
    "node_down": 502,
    "declined": 200,
    "unknown_person": 200,
    "provider_down": 200,
    "nobody_holds": 200,
    "directory_down": 502,
    "refused": 200,
    "timeout": 200,
    "later": 200,
    "session": 403,
    "form": 403,
    "return": 403,
    "missing": 404,
    "internal": 500,
}
"""Each kind of problem and its status; how an exchange ended is a page like any other."""

_WAY: Final = {
    "tampered": "login",
    "late": "login",
    "login_declined": "login",
    "login_failed": "login",
    "level": "login",
    "node_down": "login",
    "declined": "application",
    "unknown_person": "application",
    "provider_down": "application",
    "nobody_holds": "application",
    "directory_down": "application",
    "refused": "application",
    "timeout": "application",
    "later": "application",
    "form": "continue",
    "return": "continue",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that ended on a page of its own."""

    kind: str
    """A key of `STATUS`."""
    reference: str
    """What the person can tell the help desk."""

    @property
    def status(self) -> int:
        """HTTP status of the page."""
        return STATUS[self.kind]

    @property
    def way(self) -> str:
        """Where the page's button leads: ``login``, ``application``, ``continue`` or ``start``."""
        return _WAY.get(self.kind, "start")


def report(kind: str, *, rule: str, exchange: str = "") -> Problem:
    """Log which rule was broken, under a new reference; no personal data comes here."""
    problem = Problem(kind, new_reference("SDG", groups=2))
    _log.warning(
        "problem=%s reference=%s rule=%s exchange=%s",
        kind,
        problem.reference,
        _one_line(rule),
        exchange or "-",
    )
    return problem


def _one_line(rule: str) -> str:
    """A rule as it may stand in a log: one line, no longer than a rule is."""
    return " ".join(rule.split())[:300]
