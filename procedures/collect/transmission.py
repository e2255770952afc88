"""What is handed over for one period, and the envelope that it travels in."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from procedures.collect.calls import Call
from procedures.collect.moments import moment_text
from procedures.collect.period import Period
from procedures.errors import ProceduresMisuse


class TransferType(StrEnum):
    """How the data came to the Commission."""

    API = "API"
    MANUAL = "Manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmission:
    """The entries of one call for one period, without the id and the moment of sending."""

    call: Call
    period: Period
    entries: tuple[Mapping[str, object], ...]
    """Pages with their figures, or answers of users, as the API spells them."""

    def __post_init__(self) -> None:
        """Refuse a call that takes no period."""
        if not self.call.traits.for_a_period:
            raise ProceduresMisuse(f"{self.call.value} takes one answer, not a period")

    @property
    def digest(self) -> str:
        """SHA-256 of what is said about the period; equal for equal figures, whenever sent."""
        said = [self.call.value, self.period.to_collect(), list(self.entries)]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def body(
        self, *, unique_id: str, at: datetime, by: TransferType = TransferType.API
    ) -> dict[str, object]:
        """The body to post; ``at`` is the moment of sending."""
        return {
            "uniqueId": unique_id,
            "referencePeriod": self.period.to_collect(),
            "transferDate": moment_text(at),
            "transferType": by.value,
            "nbEntries": len(self.entries),
            str(self.call.traits.entries): list(self.entries),
        }


_FORM: Final = "sdg-connector transmission 1"


def write_transmission(kept: Transmission) -> str:
    """A period as a file, to be looked at and sent later."""
    said = {
        "form": _FORM,
        "call": kept.call.value,
        "first": kept.period.first.isoformat(),
        "last": kept.period.last.isoformat(),
        "entries": list(kept.entries),
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def read_transmission(text: str) -> Transmission:
    """The period of a file; raises `ProceduresMisuse` for any other text."""
    try:
        said = json.loads(text)
        if said["form"] != _FORM or not all(isinstance(one, dict) for one in said["entries"]):
            raise ValueError
        return Transmission(
            call=Call(said["call"]),
            period=Period(date.fromisoformat(said["first"]), date.fromisoformat(said["last"])),
            entries=tuple(said["entries"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ProceduresMisuse(f"expected a file of the form {_FORM!r}") from None
