"""Hand a period over once, or correct it under the id that it has."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from procedures.collect.calls import Call
from procedures.collect.ledger import Ledger
from procedures.collect.rules import findings
from procedures.collect.transmission import Transmission
from procedures.errors import GatewayRefused, GatewaySilent
from procedures.findings import Finding, Severity

_TRIAL_ID = "dry-run"


class Collector(Protocol):
    """The collect API; `procedures.clients.CollectClient` is one."""

    def unique_id(self) -> str:
        """A fresh id for a period."""
        ...

    def post(self, call: Call, body: dict[str, object]) -> None:
        """Send a body; raises `GatewayRefused` or `GatewaySilent`."""
        ...


class Outcome(StrEnum):
    """What came of handing over."""

    SENT = "sent"
    CORRECTED = "corrected"
    UNCHANGED = "unchanged"
    """The service has exactly this already; nothing was sent."""
    HELD_BACK = "held-back"
    """Our own check found an error; nothing was sent."""
    REHEARSED = "rehearsed"
    """A dry run; nothing was sent, no id was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """The outcome, with the body that was or would be sent."""

    outcome: Outcome
    body: dict[str, object]
    findings: tuple[Finding, ...]


def hand_over(
    sent: Transmission,
    *,
    to: Collector,
    ledger: Ledger,
    now: datetime,
    dry_run: bool = False,
) -> HandedOver:
    """Send a period, or its correction, or nothing where nothing changed.

    Raises `GatewayRefused` when the service says no and `GatewaySilent` when it does not answer;
    the id stays in the ledger, so that doing it again never makes a second dataset.
    """
    known = ledger.entry(sent.call, sent.period)
    trial = sent.body(unique_id=known.unique_id if known else _TRIAL_ID, at=now)
    found = tuple(findings(trial, sent.call, now=now))
    if any(one.severity is Severity.ERROR for one in found):
        return HandedOver(outcome=Outcome.HELD_BACK, body=trial, findings=found)
    if known is not None and known.digest == sent.digest:
        return HandedOver(outcome=Outcome.UNCHANGED, body=trial, findings=found)
    if dry_run:
        return HandedOver(outcome=Outcome.REHEARSED, body=trial, findings=found)
    unique_id = known.unique_id if known else _reserved(sent, to, ledger)
    body = sent.body(unique_id=unique_id, at=now)
    try:
        to.post(sent.call, body)
    except GatewayRefused as problem:
        ledger.failed(sent, at=now, why=f"refused with status {problem.status}")
        raise
    except GatewaySilent:
        ledger.failed(sent, at=now, why="no answer")
        raise
    ledger.taken(sent, at=now)
    first = known is None or known.digest is None
    outcome = Outcome.SENT if first else Outcome.CORRECTED
    return HandedOver(outcome=outcome, body=body, findings=found)


def _reserved(sent: Transmission, to: Collector, ledger: Ledger) -> str:
    return ledger.reserve(sent.call, sent.period, to.unique_id())
