"""``sdg-connector serve --config``: a real process, watched and stopped as a platform does."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sdg_connector.adapters.system import utc_now
from tests.support.installation import installation
from tests.support.servers import free_port

SERVE = [sys.executable, "-m", "sdg_connector.cli", "serve", "--config"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installation(tmp_path_factory.mktemp("installation"), now=utc_now(), days=40)


@contextmanager
def serving(file: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*SERVE, str(file)], stderr=subprocess.PIPE, text=True, env=os.environ | settings
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def answer(url: str) -> httpx.Response:
    """The answer, once somebody listens."""
    limit = time.monotonic() + 30
    while True:
        try:
            return httpx.get(url, trust_env=False)
        except httpx.TransportError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


def test_an_installation_that_cannot_start_says_why_and_leaves(file: Path) -> None:
    with serving(file, SDG__STORE__CURRENT_KEY="2025") as process:
        _, told = process.communicate(timeout=30)
    assert process.returncode == 2
    assert told == "store.current_key: expected the name of one of store.keys, found '2025'\n"


@pytest.mark.slow
def test_an_installation_serves_is_watched_and_stops_when_told(file: Path) -> None:
    port, operations = free_port(), free_port()
    settings = {
        "SDG__SERVICE__PORT": str(port),
        "SDG__SERVICE__OPERATIONS_PORT": str(operations),
        "SDG__OBSERVE__METRICS": "true",
    }
    with serving(file, **settings) as process:
        page = answer(f"http://127.0.0.1:{port}/lv/")
        assert page.status_code == 200
        assert "server" not in page.headers
        assert answer(f"http://127.0.0.1:{port}/saml/metadata").status_code == 200
        assert answer(f"http://127.0.0.1:{port}/metrics").status_code == 404
        ready = answer(f"http://127.0.0.1:{operations}/health/ready")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        figures = answer(f"http://127.0.0.1:{operations}/metrics").text
        assert (
            'sdg_http_request_seconds_count{method="GET",outcome="200",page="show"} 1.0' in figures
        )
        assert 'sdg_certificate_days{setting="access_point.keys.certificate"} 40.0' in figures
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert process.returncode in {0, -signal.SIGTERM}
    lines = [json.loads(line) for line in log.splitlines()]
    warned = [line["setting"] for line in lines if "setting" in line]
    assert "login.signing.certificate" in warned
    assert any(line["message"].startswith("stopped worker=local") for line in lines)
