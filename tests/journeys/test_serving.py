"""``sdg-connector serve --config``: a real process, watched and stopped as a platform does."""

import json
import os
import signal
import ssl
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
from tests.support.tls_files import tls_files

_PATIENCE = 90
"""Seconds until a process listens; a busy machine makes it wait."""
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
    limit = time.monotonic() + _PATIENCE
    while True:
        try:
            return httpx.get(url, trust_env=False)
        except httpx.TransportError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


def post_as4(port: int, authority: Path, shown: Path | None) -> httpx.Response:
    """What the endpoint answers to rubbish over TLS."""
    context = ssl.create_default_context(cafile=f"{authority}.pem")
    if shown is not None:
        context.load_cert_chain(f"{shown}.pem", f"{shown}.key.pem")
    limit = time.monotonic() + _PATIENCE
    while True:
        try:
            return httpx.post(
                f"https://localhost:{port}/as4", content=b"rubbish", verify=context, trust_env=False
            )
        except httpx.ConnectError as error:
            if "refused" not in str(error) or time.monotonic() > limit:
                raise
            time.sleep(0.1)


def test_an_installation_that_cannot_start_says_why_and_leaves(file: Path) -> None:
    with serving(file, SDG__STORE__CURRENT_KEY="2025") as process:
        _, told = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 2
    assert told == "store.current_key: expected the name of one of store.keys, found '2025'\n"


@pytest.mark.slow
def test_the_endpoint_answers_those_only_who_show_a_certificate_that_was_agreed(
    file: Path, tmp_path: Path
) -> None:
    port, own = free_port(), free_port()
    authority, server, caller, stranger = tls_files(tmp_path)
    text = file.read_text().replace(
        "[[access_point.peers]]",
        f"port = {own}\n"
        f'tls = {{ key = "{server}.key.pem", certificate = "{server}.pem" }}\n'
        f'client_authorities = "{authority}.pem"\n\n[[access_point.peers]]',
    )
    apart = file.with_name("apart.toml")
    apart.write_text(text)
    with serving(
        apart, SDG__SERVICE__PORT=str(port), SDG__SERVICE__OPERATIONS_PORT=str(free_port())
    ):
        assert answer(f"http://127.0.0.1:{port}/as4").status_code == 404
        for shown in (None, stranger):
            with pytest.raises(httpx.TransportError):
                post_as4(own, authority, shown)
        refused = post_as4(own, authority, caller)
        assert (refused.status_code, "EBMS:" in refused.text) == (200, True)


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
        _, log = process.communicate(timeout=_PATIENCE)
    assert process.returncode in {0, -signal.SIGTERM}
    lines = [json.loads(line) for line in log.splitlines()]
    warned = [line["setting"] for line in lines if "setting" in line]
    assert "login.signing.certificate" in warned
    assert any(line["message"].startswith("stopped worker=local") for line in lines)
