"""The Commission's collect API: calls, periods, deadlines, bodies, the ledger."""

from procedures.collect.calls import ACCEPTANCE, PRODUCTION, Call
from procedures.collect.checks import call_of, check
from procedures.collect.countries import for_collect
from procedures.collect.deadlines import Due, due, invitation_due, upcoming
from procedures.collect.handing_over import Collector, HandedOver, Outcome, hand_over
from procedures.collect.ledger import Entry, Ledger
from procedures.collect.period import Period
from procedures.collect.rules import findings
from procedures.collect.transmission import (
    TransferType,
    Transmission,
    read_transmission,
    write_transmission,
)
from procedures.collect.working_days import add_working_days, is_working_day

__all__ = [
    "ACCEPTANCE",
    "PRODUCTION",
    "Call",
    "Collector",
    "Due",
    "Entry",
    "HandedOver",
    "Ledger",
    "Outcome",
    "Period",
    "TransferType",
    "Transmission",
    "add_working_days",
    "call_of",
    "check",
    "due",
    "findings",
    "for_collect",
    "hand_over",
    "invitation_due",
    "is_working_day",
    "read_transmission",
    "upcoming",
    "write_transmission",
]
