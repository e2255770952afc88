"""What reviewers sent back, as units that a memory keeps."""

from collections.abc import Iterable
from datetime import datetime

from translations.exchange.xliff import ReviewUnit
from translations.memory import Unit, UnitOrigin


def approved_units(units: Iterable[ReviewUnit], *, now: datetime) -> tuple[Unit, ...]:
    """The sentences that a person reviewed, as their corrections; the others are left out."""
    return tuple(
        Unit(
            source=unit.source_language, target=unit.target_language, original=unit.source,
            translated=unit.target, origin=UnitOrigin.HUMAN, at=now,
        )
        for unit in units
        if unit.state.is_approved and unit.source.strip() and unit.target.strip()
    )  # fmt: skip
