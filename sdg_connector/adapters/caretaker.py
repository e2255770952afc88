"""Looks for open exchanges that nobody drives, and has them go on.

None should be there: a crash is made good at the next start, an outage is waited for. What is found
all the same, by comparing the books with the workflows, is taken up, said in the log and counted.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sdg_connector.adapters.durable import DurableWorkflows, Standing
from sdg_connector.adapters.store import Store
from sdg_connector.ports import Observer, Unobserved

_log = logging.getLogger(__name__)
_MOST: Final = timedelta(hours=1)
"""The longest pause before a workflow that breaks off each time runs again."""


OpenBook = Callable[[], Iterable[str]]
"""Gives the names of what has not ended in one book."""


class Found(StrEnum):
    """Why nobody drives an exchange."""

    NOT_BEGUN = "not begun"
    BROKE_OFF = "broke off"
    LOST = "lost"
    """This process has it in the engine's tables, and not in memory."""
    ORPHANED = "orphaned"
    """It belongs to a worker that is gone."""


@dataclass(slots=True)
class _Failing:
    """A workflow that broke off before."""

    not_before: datetime
    pause: timedelta


@dataclass(slots=True, kw_only=True)
class Caretaker:
    """Called in every round of housekeeping."""

    store: Store
    workflows: DurableWorkflows
    books: Sequence[OpenBook]
    every: timedelta
    """Between two rounds."""
    observer: Observer = field(default_factory=Unobserved)
    _suspected: Mapping[str, Found] = field(default_factory=dict, init=False)
    _failing: dict[str, _Failing] = field(default_factory=dict, init=False)

    async def look_after(self, *, now: datetime) -> tuple[str, ...]:
        """One round; gives the names of what was taken up.

        What is suspect for the first time may just be under way, and is left for the next round.
        """
        open_ = await asyncio.to_thread(self._open)
        alive = await asyncio.to_thread(self.store.workers.signed_in)
        standing = await self.workflows.standing()
        found = dict(self._undriven(open_, standing, alive))
        again = {name: why for name, why in found.items() if self._suspected.get(name) is why}
        self._suspected = found
        for name in self._failing.keys() - open_:
            del self._failing[name]
        return tuple([name for name, why in again.items() if await self._take_up(name, why, now)])

    def _open(self) -> frozenset[str]:
        return frozenset(name for book in self.books for name in book())

    def _undriven(
        self, open_: frozenset[str], standing: Mapping[str, Standing], alive: frozenset[str]
    ) -> Iterator[tuple[str, Found]]:
        us = self.workflows.worker
        for name in open_ - standing.keys():
            yield name, Found.NOT_BEGUN
        for name, one in standing.items():
            if one.worker != us and one.worker in alive:
                continue
            if one.broken:
                if name in open_:
                    yield name, Found.BROKE_OFF
            elif one.taken and one.worker != us:
                yield name, Found.ORPHANED
            elif one.taken and not one.here:
                yield name, Found.LOST

    async def _take_up(self, name: str, why: Found, now: datetime) -> bool:
        if why is Found.NOT_BEGUN:
            await self.workflows.begin(name)
        elif why is Found.BROKE_OFF:
            if not self._due(name, now):
                return False
            await self.workflows.go_on(name)
        else:
            await self.workflows.take_up([name])
        _log.warning("exchange=%s taken up: %s", name, why.value)
        self.observer.count("exchange.taken_up", reason=why.value)
        return True

    def _due(self, name: str, now: datetime) -> bool:
        """What breaks off each time is tried ever more seldom."""
        failing = self._failing.setdefault(name, _Failing(now, self.every))
        if now < failing.not_before:
            return False
        failing.not_before = now + failing.pause
        failing.pause = min(2 * failing.pause, _MOST)
        return True
