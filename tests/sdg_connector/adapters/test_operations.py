"""What an operator is told: logs without persons, health that is true, figures without ids."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sdg_connector.adapters.configuration import WatchedCertificate
from sdg_connector.adapters.operations import Health, WatchedRequests, operations_app, write_logs
from sdg_connector.adapters.operations.watching import Everyone, Metrics, Traces
from sdg_connector.errors import PeerMistake

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
log = logging.getLogger("sdg_connector.test_operations")


class Asking:
    """Asks an application in this process."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def get(self, path: str, *, method: str = "GET") -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return await client.request(method, path)

        return asyncio.run(ask())


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    write_logs(as_json=True, level="info", stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def test_a_log_line_has_a_field_for_each_of_its_values(lines: io.StringIO) -> None:
    log.info("exchange=%s state=%r attempts=%d of %s", "e1", "waiting", 3, "four")
    log.debug("too quiet")
    (line,) = [json.loads(one) for one in lines.getvalue().splitlines()]
    assert (line["exchange"], line["state"], line["attempts"]) == ("e1", "waiting", 3)
    assert line["message"] == "exchange=e1 state='waiting' attempts=3 of four"
    assert line["level"] == "info"


def test_what_somebody_sent_does_not_reach_the_log_with_an_error(lines: io.StringIO) -> None:
    try:
        {}["García"]
    except KeyError:
        log.exception("reference=%s", "r1")
    try:
        raise PeerMistake("R-EDM-REQ-S016", "a slot", "none")
    except PeerMistake:
        log.exception("reference=%s", "r2")
    foreign, ours = [json.loads(one) for one in lines.getvalue().splitlines()]
    assert "García" not in lines.getvalue()
    assert foreign["error"].startswith("builtins.KeyError\n")
    assert "test_operations.py" in foreign["error"]
    assert "R-EDM-REQ-S016" in ours["error"]


class Overview:
    """An overview of exchanges whose database may be away."""

    def __init__(self) -> None:
        self.away = False

    def standing(self) -> dict[str, float]:
        if self.away:
            raise OperationalError("SELECT", {}, Exception("host=secret"))
        return {"waiting": 2.0}


def health(overview: Overview, *, started: bool = True, days: int = 10) -> Health:
    certificates = (
        WatchedCertificate("login.signing", NOW, NOW + timedelta(days=days), ours=True),
        WatchedCertificate("login.nodes[0]", NOW, NOW - timedelta(days=1), ours=False),
    )
    runtime: Any = SimpleNamespace(started=started, store=SimpleNamespace(overview=overview))
    return Health(runtime=runtime, certificates=lambda: certificates, now=lambda: NOW)


def test_ready_means_that_every_part_is_fine() -> None:
    overview = Overview()
    client = Asking(operations_app(health(overview), metrics=None))
    assert client.get("/health/ready").json()["ready"]
    overview.away = True
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["parts"]["store"] == "the database does not answer (OperationalError)"
    assert client.get("/health/live").status_code == 200
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("part", "changes"),
    [("exchanges", {"started": False}), ("certificates", {"days": -1})],
)
def test_a_part_that_is_not_fine_keeps_a_process_from_being_ready(
    part: str, changes: dict[str, Any]
) -> None:
    answer = Asking(operations_app(health(Overview(), **changes), metrics=None)).get(
        "/health/ready"
    )
    assert answer.status_code == 503
    assert [name for name, state in answer.json()["parts"].items() if state != "fine"] == [part]


def test_figures_name_pages_and_outcomes_and_no_addresses() -> None:
    async def show(request: Request) -> Response:
        return PlainTextResponse("ok")

    state = health(Overview())
    metrics = Metrics()
    metrics.look_up("sdg_exchanges_open", "state", state.open_exchanges)
    pages = WatchedRequests(Starlette(routes=[Route("/evidence/{one}", show)]), metrics)
    client = Asking(pages)
    client.get("/evidence/e-1234")
    client.get("/nowhere/García")
    client.get("/evidence/e-1234", method="BREW")
    metrics.count("exchange.moves", state="waiting", event="receipt came")
    client = Asking(operations_app(state, metrics=metrics.page))
    page = client.get("/metrics").text
    assert 'sdg_exchanges_open{state="waiting"} 2.0' in page
    assert 'outcome="200",page="show"' in page.replace('method="GET",', "")
    assert 'page="none"' in page
    assert 'method="other"' in page
    assert 'sdg_exchange_moves_total{event="receipt came",state="waiting"} 1.0' in page
    for leaked in ("e-1234", "Garc", "BREW"):
        assert leaked not in page


def test_a_span_has_ids_and_the_class_of_an_error_but_not_its_text() -> None:
    spans = InMemorySpanExporter()
    traces = Traces(SimpleSpanProcessor(spans), worker="one")
    metrics = Metrics()
    everyone = Everyone((metrics, traces))
    with everyone.during("as4.send", exchange="e1", message="m1") as seen:
        seen.outcome = "delivered"
        everyone.count("exchange.moves", state="waiting", event="receipt came")
    with pytest.raises(KeyError), everyone.during("as4.send", exchange="e2", message="m2"):
        raise KeyError("García")
    sent, broken = spans.get_finished_spans()
    assert sent.attributes == {
        "sdg.exchange": "e1",
        "sdg.message": "m1",
        "sdg.outcome": "delivered",
    }
    assert [event.name for event in sent.events] == ["exchange.moves"]
    assert broken.status.description == "KeyError"
    assert broken.events == ()
    assert "García" not in broken.to_json()
    page = metrics.page().decode()
    assert 'sdg_as4_send_seconds_count{outcome="delivered"} 1.0' in page
    assert 'sdg_as4_send_seconds_count{outcome="broke off"} 1.0' in page
    assert "e1" not in page
    traces.close()
