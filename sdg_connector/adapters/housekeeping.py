"""What a worker does beside exchanges, round after round: sign in, look after, erase."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from sdg_connector.adapters.caretaker import Caretaker
from sdg_connector.adapters.durable import DurableWorkflows
from sdg_connector.adapters.store import Store
from sdg_connector.connector import Gone
from sdg_connector.connector.submitting import Submitting
from sdg_connector.ports import Clock

_log = logging.getLogger(__name__)
_SILENT: Final = 3
"""Rounds after which a worker that did not sign in counts as gone."""
_AT_A_TIME: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Housekeeping:
    """The rounds of one worker."""

    store: Store
    workflows: DurableWorkflows
    caretaker: Caretaker
    submitting: Submitting | None
    """What registers with the Common Services; None where nothing is registered."""
    every: timedelta
    journal_keeps: timedelta
    now: Clock

    async def keep(self) -> None:
        """Round after round, until cancelled."""
        await asyncio.to_thread(self._seal_anew)
        while True:
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001  a worker that signs in no more is taken for dead
                _log.warning("housekeeping failed, to be tried again: %s", type(error).__name__)
            await asyncio.sleep(self.every.total_seconds())

    async def once(self) -> None:
        """One round."""
        now, workers = self.now(), self.store.workers
        await asyncio.to_thread(workers.sign_in, self.workflows.worker, now=now)
        gone = await asyncio.to_thread(workers.claim_gone, silent_since=now - _SILENT * self.every)
        if gone:
            await self.workflows.take_over(gone)
            _log.warning("took over from workers=%s", ",".join(gone))
        if self.submitting is not None:
            await self.submitting.resume()
        await self.caretaker.look_after(now=now)
        erased = await asyncio.to_thread(
            self.store.erase_due, now=now, journal_keeps=self.journal_keeps
        )
        for start in range(0, len(erased.names), _AT_A_TIME):
            await self.workflows.forget(list(erased.names[start : start + _AT_A_TIME]))
        if erased.documents or erased.names:
            _log.info("erased documents=%d exchanges=%d", erased.documents, len(erased.names))

    def _seal_anew(self) -> None:
        try:
            changed = self.store.payloads.rotate()
        except (SQLAlchemyError, OSError, Gone) as error:
            _log.error("documents stay under their older keys: %s", type(error).__name__)
        else:
            if changed:
                _log.info("sealed anew documents=%d", changed)
