"""Bells by the name of an exchange: whoever waits for one hangs a bell up, whoever knows rings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sdg_connector.ports import Bell


@dataclass(frozen=True, slots=True)
class Bells:
    """All the bells of one kind in one event loop."""

    _hung: dict[str, set[Bell]] = field(default_factory=dict)

    @contextmanager
    def hung(self, name: str) -> Iterator[Bell]:
        """A bell that hangs while the block lasts."""
        bell = Bell()
        self._hung.setdefault(name, set()).add(bell)
        try:
            yield bell
        finally:
            left = self._hung[name]
            left.discard(bell)
            if not left:
                del self._hung[name]

    def ring(self, name: str, told: str = "") -> None:
        """Ring every bell of a name, and say this; nobody need be there."""
        for bell in self._hung.get(name, ()):
            bell.ring(told)

    def __contains__(self, name: str) -> bool:
        """Whether anybody waits for this name."""
        return name in self._hung
