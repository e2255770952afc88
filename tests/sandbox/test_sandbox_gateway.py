"""The sandbox as a whole serves the Commission's side of the Gateway, and the example uses it."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from procedures.errors import GatewaySilent
from sdg_connector.sandbox import SandboxOptions, sandbox
from tests.support.servers import free_port, running

EXAMPLE = Path(__file__).parents[2] / "examples" / "rehearse_the_gateway.py"


@pytest.mark.parametrize(
    "now", [datetime(2026, 1, 4, tzinfo=UTC), datetime(2026, 8, 4, tzinfo=UTC)]
)
def test_the_example_makes_every_call_and_the_sandbox_shows_what_it_took(
    tmp_path: Path, now: datetime
) -> None:
    spec = importlib.util.spec_from_file_location("rehearse", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    port = free_port()
    options = SandboxOptions(
        data_dir=tmp_path / "es", exchange_dir=tmp_path / "exchange", port=port
    )
    gateway = f"http://127.0.0.1:{port}/gateway"
    with running(sandbox(options), host="127.0.0.1", port=port):
        httpx.post(f"http://127.0.0.1:{port}/control", json={"gateway": "down"})
        with pytest.raises(GatewaySilent, match="503"):
            example.rehearse(gateway, tmp_path / "ledger.db", now=now)
        httpx.post(f"http://127.0.0.1:{port}/control", json={"gateway": "right"})
        outcomes = example.rehearse(gateway, tmp_path / "ledger.db", now=now)
        taken = httpx.get(f"{gateway}/received.json").json()
    assert outcomes == ["sent", "sent", "sent", "sent", "2 links"]
    assert [one["call"] for one in taken] == [
        "/feedback/quality",
        "/feedback/quality/survey",
        "/statistics/information-services",
        "/statistics/assistance-services",
        "/feedback/quality/batch",
        "/feedback/quality/survey/batch",
    ]
    assert "!" not in str(taken[0]["body"])
