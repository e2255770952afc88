"""Metrics for Prometheus and spans for OpenTelemetry, behind the port ``Observer``.

Both libraries come with the extra ``observe``. Labels have few values and no ids; spans hold ids of
exchanges and messages; neither holds a person.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, StatusCode, get_current_span
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sdg_connector.ports import Observed

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: from a read of the store to a peer that hardly answers."""
_WATCHED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "as4.receive": ("AS4 messages that came in", ()),
    "as4.send": ("Attempts to send an AS4 message", ()),
    "directory.query": ("Questions to the Common Services", ("service",)),
    "http.request": ("Requests to the pages", ("page", "method")),
}
"""What is timed: its meaning, and the labels beside the outcome."""
_COUNTED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "exchange.moves": ("Moves of exchanges", ("state", "event")),
    "exchange.taken_up": ("Exchanges that nobody drove, and that were taken up", ("reason",)),
}
_LOOKED_UP: Final[Mapping[str, str]] = {
    "sdg_exchanges_open": "Exchanges that have not ended, by state",
    "sdg_certificate_days": "Days until a certificate ends, by setting",
}


@dataclass(slots=True)
class _Seen:
    outcome: str = ""
    about: dict[str, str] = field(default_factory=dict)

    def tell(self, **about: str) -> None:
        """What is known only now."""
        self.about.update(about)


class _LookedUp(Collector):
    """A figure for each value of a label, read at each scrape."""

    def __init__(self, name: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        self._name, self._label, self._read = name, label, read

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily(self._name, _LOOKED_UP[self._name], labels=(self._label,))
        for label, value in self._read().items():
            family.add_metric((label,), value)
        yield family


class Metrics:
    """An ``Observer`` that counts and times for Prometheus."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.registry = CollectorRegistry()
        self._timed = {
            what: Histogram(
                f"sdg_{what.replace('.', '_')}_seconds",
                meaning,
                (*labels, "outcome"),
                buckets=_BUCKETS,
                registry=self.registry,
            )
            for what, (meaning, labels) in _WATCHED.items()
        }
        self._counted = {
            what: Counter(f"sdg_{what.replace('.', '_')}", meaning, labels, registry=self.registry)
            for what, (meaning, labels) in _COUNTED.items()
        }

    def look_up(self, name: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        """Show a figure that is read anew each time, by the values of one label."""
        self.registry.register(_LookedUp(name, label, read))

    @contextmanager
    def during(self, what: str, **about: str) -> Iterator[Observed]:
        """Time a piece of work by its outcome; one that ends in an error is ``broke off``."""
        seen, began = _Seen("broke off", about), time.perf_counter()
        try:
            yield seen
        finally:
            spent = time.perf_counter() - began
            labels = {name: seen.about.get(name, "none") for name in _WATCHED[what][1]}
            self._timed[what].labels(**labels, outcome=seen.outcome).observe(spent)

    def count(self, what: str, **labels: str) -> None:
        """Count one happening."""
        self._counted[what].labels(**labels).inc()

    def page(self) -> bytes:
        """The metrics as Prometheus reads them."""
        return generate_latest(self.registry)


class Traces:
    """An ``Observer`` that sends spans to an OpenTelemetry collector."""

    def __init__(self, processor: SpanProcessor, *, worker: str) -> None:
        """``processor`` takes the finished spans; ``worker`` names this process."""
        resource = Resource.create({"service.name": "sdg-connector", "service.instance.id": worker})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("sdg_connector")

    @classmethod
    def to(cls, collector: str, *, worker: str) -> "Traces":
        """Send to a collector by OTLP over HTTP, in the background; what it misses is dropped."""
        exporter = OTLPSpanExporter(endpoint=f"{collector.rstrip('/')}/v1/traces")
        return cls(BatchSpanProcessor(exporter), worker=worker)

    @contextmanager
    def during(self, what: str, **about: str) -> Iterator[Observed]:
        """A span with ids; an error is recorded by its class only, since its text may hold more."""
        with self._tracer.start_as_current_span(
            what, record_exception=False, set_status_on_exception=False
        ) as span:
            seen = _Seen("", about)
            try:
                yield seen
            except BaseException as error:
                span.set_status(StatusCode.ERROR, type(error).__name__)
                raise
            finally:
                _tell(span, seen)

    def count(self, what: str, **labels: str) -> None:
        """A happening on the span that lasts."""
        get_current_span().add_event(what, dict(labels))

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def _tell(span: Span, seen: _Seen) -> None:
    for name, value in (seen.about | {"outcome": seen.outcome}).items():
        span.set_attribute(f"sdg.{name}", value)


@dataclass(frozen=True, slots=True)
class Everyone:
    """Several observers as one."""

    observers: Sequence["Metrics | Traces"] = field(default_factory=tuple)

    @contextmanager
    def during(self, what: str, **about: str) -> Iterator[Observed]:
        """Let each watch; all hear the same outcome."""
        with ExitStack() as stack:
            watching = [stack.enter_context(one.during(what, **about)) for one in self.observers]
            seen = _Seen()
            try:
                yield seen
            finally:
                for one in watching:
                    one.outcome = seen.outcome or one.outcome
                    one.tell(**seen.about)

    def count(self, what: str, **labels: str) -> None:
        """Let each count."""
        for one in self.observers:
            one.count(what, **labels)
