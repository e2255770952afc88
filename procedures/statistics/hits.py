"""One view of one page, with no more of its visitor than a country and a kind of device."""

from dataclasses import dataclass
from datetime import datetime

from procedures.errors import Refused
from procedures.statistics.devices import Device


class StatisticsRefused(Refused):
    """A log or an export cannot be read; the sentence says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A view, or several that the source has added up already."""

    address: str
    """As the source has it; made canonical later."""
    country: str | None
    """Any spelling of a code; none where nobody knows."""
    device: Device
    at: datetime | None = None
    """None where the source gives figures for the whole period."""
    visit: str | None = None
    """What tells visits apart within one source while it is read; it is never kept."""
    count: int = 1

    def __repr__(self) -> str:
        return f"Hit({self.count} × {self.device.value})"
