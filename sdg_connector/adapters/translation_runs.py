"""A catalogue run over machines: whoever runs the same command on the same PostgreSQL joins in.

The batches are DBOS workflows on one queue, as exchanges are. A batch has the same id wherever it
is cut, so it is queued once; a machine that dies leaves its batch to the others.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dbos import DBOS, SetWorkflowID

from sdg_connector.adapters.engine import engine_config
from translations import TextForm, Translator
from translations.languages import read_code
from translations.ledger import Ledger
from translations.runs import (
    BATCH,
    Order,
    Progress,
    RunReport,
    conditions,
    order_digest,
    run_batch,
    run_catalogue,
    stale_orders,
)
from translations.workshop import Workshop

_QUEUE: Final = "translations"
_ACTIVE: Final = ["ENQUEUED", "PENDING"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRun:
    """One run that several machines share."""

    database: str
    """``postgresql://…`` of the engine's own tables; ``sqlite:///…`` for one machine."""
    ledger: str
    """Path or address of the ledger that all of them write to."""
    workshop: Workshop
    source: str
    target: str
    worker: str
    """Name of this process; a restart under the same name goes on with its batches."""
    clock: Callable[[], datetime]
    patience_seconds: float = 120.0
    """After so long without progress this machine does what others have left lying."""

    def run(self, orders: Sequence[Order], progress: Progress = lambda done: None) -> RunReport:
        """Join the run and stay until every text is done; raises as `run_catalogue` does."""
        translator, ledger = self.workshop.translator(), Ledger(self.ledger)
        one = _Pair(ledger, translator, read_code(self.source), read_code(self.target))
        stale = one.stale(orders)
        progress(len(orders) - len(stale))
        if stale:
            logging.getLogger("dbos").setLevel(logging.ERROR)
            DBOS(config=engine_config("sdg-translations", url=self.database, worker=self.worker))
            work = DBOS.workflow(name="translate-batch")(_Work(translator, ledger, self.clock))
            DBOS.launch()
            try:
                DBOS.register_queue(_QUEUE, worker_concurrency=1, polling_interval_sec=0.2)
                self._stay(one, orders, _enqueue(work, one, orders), progress)
            finally:
                DBOS.destroy(destroy_registry=True)
        rest = run_catalogue(
            orders, translator=translator, ledger=ledger, clock=self.clock, source=one.source,
            target=one.target,
        )  # fmt: skip
        doubted = ledger.entries(source=one.source, target=one.target, doubted=True)
        changed = {order.key for order in stale}
        report = RunReport(
            translated=len(changed) - len(rest.failed), unchanged=len(orders) - len(stale),
            doubted=sum(entry.key in changed for entry in doubted), failed=rest.failed,
        )  # fmt: skip
        ledger.close()
        return report

    def _stay(
        self, one: "_Pair", orders: Sequence[Order], batches: Sequence[str], progress: Progress
    ) -> None:
        """Wait until no batch is under way, or nobody gets on with them."""
        last, left = time.monotonic(), len(one.stale(orders))
        while left and DBOS.list_workflows(workflow_ids=list(batches), status=_ACTIVE, limit=1):
            time.sleep(0.5)
            now_left = len(one.stale(orders))
            if now_left < left:
                progress(left - now_left)
                left, last = now_left, time.monotonic()
            elif time.monotonic() - last > self.patience_seconds:
                return


class _Pair:
    """A ledger's pair of languages under one translator's conditions."""

    def __init__(self, ledger: Ledger, translator: Translator, source: str, target: str) -> None:
        self.source, self.target, self._ledger = source, target, ledger
        self.under = conditions(translator, source=source, target=target)

    def stale(self, orders: Sequence[Order]) -> tuple[Order, ...]:
        return stale_orders(
            orders, ledger=self._ledger, under=self.under, source=self.source, target=self.target
        )


class _Work:
    """The body of a batch's workflow."""

    __qualname__ = "translate_batch"

    def __init__(
        self, translator: Translator, ledger: Ledger, clock: Callable[[], datetime]
    ) -> None:
        self._translator, self._ledger, self._clock = translator, ledger, clock
        self.__name__ = "translate_batch"

    def __call__(self, told: dict[str, Any]) -> int:
        batch = [
            Order(key=key, text=text, form=TextForm(form)) for key, text, form in told["orders"]
        ]
        stale = stale_orders(
            batch, ledger=self._ledger, under=told["under"], source=told["source"],
            target=told["target"],
        )  # fmt: skip
        if stale:
            run_batch(
                stale, translator=self._translator, ledger=self._ledger, under=told["under"],
                now=self._clock(), source=told["source"], target=told["target"],
            )  # fmt: skip
        return len(stale)


def _enqueue(work: Any, one: _Pair, orders: Sequence[Order]) -> list[str]:
    """Queue each batch that holds a stale text, once however many machines do so; their ids."""
    wanted, ids = {order.key for order in one.stale(orders)}, []
    for at in range(0, len(orders), BATCH):
        batch = orders[at : at + BATCH]
        if not any(order.key in wanted for order in batch):
            continue
        digests = "".join(order_digest(order, one.under) + order.key for order in batch)
        name = f"translate-{hashlib.sha256(digests.encode()).hexdigest()[:32]}"
        ids.append(name)
        told = {
            "source": one.source, "target": one.target, "under": one.under,
            "orders": [[order.key, order.text, order.form.value] for order in batch],
        }  # fmt: skip
        with SetWorkflowID(name):
            DBOS.enqueue_workflow(_QUEUE, work, told)
    return ids
