"""A whole catalogue into another language: what changed, batch by batch, in one process or many.

Whatever was finished before a kill is in the ledger, and the next run goes on from there.
"""

import hashlib
import itertools
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

from translations.documents import TextForm
from translations.errors import EnginePending, Misuse, PersonalDataRefused, TranslationError
from translations.languages import read_code
from translations.ledger import Entry, Ledger
from translations.translate import Translator
from translations.workshop import Workshop

BATCH = 32
"""Texts that are translated and kept together: at most these are done again after a kill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One text of the catalogue."""

    key: str
    """Names the text from run to run (a path, or an id with a field)."""
    text: str
    form: TextForm = TextForm.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run did."""

    translated: int = 0
    unchanged: int = 0
    doubted: int = 0
    """Of the translated texts, those that a person must see."""
    failed: tuple[tuple[str, str], ...] = ()
    """Keys that could not be translated, each with the reason."""

    def __add__(self, other: "RunReport") -> "RunReport":
        return RunReport(
            translated=self.translated + other.translated,
            unchanged=self.unchanged + other.unchanged,
            doubted=self.doubted + other.doubted,
            failed=self.failed + other.failed,
        )


Progress = Callable[[int], None]
"""Told how many texts are done, each time that some are."""


def conditions(translator: Translator, *, source: str, target: str) -> str:
    """What besides a text decides its translation: model, terms, names and corrections."""
    identity = translator.engine.identity(source=source, target=target)
    told = (
        identity, translator.glossary.digest if translator.glossary else "", translator.names,
        translator.localise,
        translator.memory.revision(source=source, target=target) if translator.memory else 0,
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()


def order_digest(order: Order, under: str) -> str:
    """The digest of one text under given `conditions`."""
    return hashlib.sha256(f"{under}\0{order.form}\0{order.text}".encode()).hexdigest()


def stale_orders(
    orders: Iterable[Order], *, ledger: Ledger, under: str, source: str, target: str
) -> tuple[Order, ...]:
    """The texts that are new, or changed as they or their conditions are; no key may come twice."""
    known, seen, stale = ledger.digests(source=source, target=target), set(), []
    for order in orders:
        if order.key in seen:
            raise Misuse(f"the catalogue holds {order.key[:80]!r} twice")
        seen.add(order.key)
        if known.get(order.key) != order_digest(order, under):
            stale.append(order)
    return tuple(stale)


def run_catalogue(
    orders: Sequence[Order],
    *,
    translator: Translator,
    ledger: Ledger,
    source: str,
    target: str,
    clock: Callable[[], datetime],
    progress: Progress = lambda done: None,
) -> RunReport:
    """Translate what is stale, in this process.

    A text that looks personal, or whose translation is not delivered yet, is reported and does not
    stop the others. Raises as `Translator.translate_mapping` does for what stops them all.
    """
    under = conditions(translator, source=source, target=target)
    stale = stale_orders(orders, ledger=ledger, under=under, source=source, target=target)
    report = RunReport(unchanged=len(orders) - len(stale))
    progress(report.unchanged)
    for batch in _batches(stale):
        report += run_batch(
            batch, translator=translator, ledger=ledger, under=under, source=source, target=target,
            now=clock(),
        )  # fmt: skip
        progress(len(batch))
    return report


def _batches(orders: Iterable[Order]) -> Iterator[tuple[Order, ...]]:
    remaining = iter(orders)
    while batch := tuple(itertools.islice(remaining, BATCH)):
        yield batch


def run_batch(
    batch: Sequence[Order],
    *,
    translator: Translator,
    ledger: Ledger,
    under: str,
    source: str,
    target: str,
    now: datetime,
) -> RunReport:
    """Translate some texts and keep them in one transaction."""
    try:
        found = translator.translate_mapping(
            {order.key: order.text for order in batch}, source=source, target=target, now=now,
            form={order.key: order.form for order in batch},
            previous=ledger.translated((o.key for o in batch), source=source, target=target),
        )  # fmt: skip
    except (PersonalDataRefused, EnginePending) as error:
        if len(batch) == 1:
            return RunReport(failed=((batch[0].key, str(error)),))
        single = (
            run_batch(
                (order,), translator=translator, ledger=ledger, under=under, source=source,
                target=target, now=now,
            )
            for order in batch
        )  # fmt: skip
        return sum(single, RunReport())
    ledger.keep(
        Entry(key=order.key, digest=order_digest(order, under), translated=found[order.key])
        for order in batch
    )
    doubted = sum(result.needs_review for result in found.values())
    return RunReport(translated=len(batch), doubted=doubted)


@dataclass(frozen=True, slots=True)
class _Task:
    """What a worker process needs once."""

    workshop: Workshop
    ledger: str
    source: str
    target: str
    under: str


_worker: tuple[_Task, Translator, Ledger] | None = None


def _begin(task: _Task) -> None:
    global _worker  # noqa: PLW0603  a worker process has one translator for its life
    _worker = (task, task.workshop.translator(), Ledger(task.ledger))


def _work(batch: tuple[Order, ...], now: datetime) -> RunReport | TranslationError:
    if _worker is None:
        raise Misuse("a worker process was not begun")
    task, translator, ledger = _worker
    try:
        return run_batch(
            batch, translator=translator, ledger=ledger, under=task.under, source=task.source,
            target=task.target, now=now,
        )  # fmt: skip
    except TranslationError as error:
        return Misuse(str(error))


def run_in_processes(
    orders: Sequence[Order],
    *,
    workshop: Workshop,
    ledger: str,
    source: str,
    target: str,
    processes: int,
    clock: Callable[[], datetime],
    progress: Progress = lambda done: None,
) -> RunReport:
    """As `run_catalogue`, over processes of this machine; each loads the model once.

    ``ledger`` is a path or an address. An error that stops one process stops the run, with
    what was finished kept.
    """
    source, target = read_code(source), read_code(target)
    book = Ledger(ledger)
    try:
        under = conditions(workshop.translator(), source=source, target=target)
        stale = stale_orders(orders, ledger=book, under=under, source=source, target=target)
    finally:
        book.close()
    report = RunReport(unchanged=len(orders) - len(stale))
    progress(report.unchanged)
    task = _Task(workshop, ledger, source, target, under)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_begin, initargs=(task,)
    ) as pool:
        batches = _batches(stale)
        running: dict[Future[RunReport | TranslationError], int] = {}
        while True:
            for batch in itertools.islice(batches, max(0, 2 * processes - len(running))):
                running[pool.submit(_work, batch, clock())] = len(batch)
            if not running:
                return report
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                found = done.result()
                if isinstance(found, TranslationError):
                    pool.shutdown(cancel_futures=True)
                    raise found
                report += found
                progress(running.pop(done))
