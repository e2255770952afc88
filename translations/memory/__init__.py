"""What people corrected, kept for ever and found again, exactly or nearly."""

from translations.memory.memory import Memory
from translations.memory.units import Change, Match, Unit, UnitOrigin, differences

__all__ = ["Change", "Match", "Memory", "Unit", "UnitOrigin", "differences"]
