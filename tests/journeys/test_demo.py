"""The first command of a newcomer: ``sdg-connector demo``, in real processes."""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from sdg_connector.cli.demo.servers import Reservation

DEMO = [sys.executable, "-m", "sdg_connector.cli", "demo"]
APPLICATIONS = [*DEMO[:-1], "applications"]
STEPS = [
    "service",
    "country",
    "login",
    "greeting",
    "find",
    "request",
    "preview",
    "evidence",
    "submit",
    "feedback",
]


@pytest.mark.slow
def test_headless_it_exits_0_for_evidence_that_is_byte_for_byte_the_providers(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [*DEMO, "--headless", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [step["step"] for step in told["steps"]] == STEPS
    assert all(step["milliseconds"] > 0 for step in told["steps"])
    assert told["steps"][0]["seen"] == "Diploma atzīšana → Recognition of a diploma"
    assert told["steps"][3]["seen"] == "Welcome, Ana María García Núñez"
    assert [message["direction"] for message in told["messages"]] == ["out", "in", "out", "in"]
    assert len({message["message_id"] for message in told["messages"]}) == 4
    assert {one["media_type"] for one in told["evidence"]} == {"application/pdf", "application/xml"}
    assert told["identical_to_what_the_provider_holds"] is True
    for log in (tmp_path / "logs").iterdir():
        written = log.read_text(encoding="utf-8")
        assert "García" not in written
        assert "11223344B" not in written
    data = ["--data", str(tmp_path / "portal")]
    out = tmp_path / "taken out"
    for command in (["list"], ["export", told["reference"], "--out", str(out)]):
        done = subprocess.run([*APPLICATIONS, *command, *data], capture_output=True, check=True)
        assert told["reference"] in done.stdout.decode()
    application = json.loads((out / "application.json").read_text(encoding="utf-8"))
    assert application["person"]["family_name"] == "García Núñez"
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in out.glob("evidence-*")}
    assert digests == {one["sha256"] for one in told["evidence"]}
    (kept,) = (tmp_path / "portal" / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(kept)["rating"] == 5


@pytest.mark.slow
def test_it_keeps_serving_until_it_is_stopped_and_leaves_no_process_behind(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [*DEMO, "--data", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
        start_new_session=True,
    )
    try:
        addresses = _addresses(running)
        assert [httpx.get(url, follow_redirects=True).status_code for url in addresses] == [200] * 2
        running.send_signal(signal.SIGINT)
        # Each of the two sides has fifteen seconds before it is killed.
        assert running.wait(timeout=45) == 130
        for url in addresses:
            with pytest.raises(httpx.ConnectError):
                httpx.get(url)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


def _addresses(running: "subprocess.Popen[str]") -> list[str]:
    """The addresses of portal and control page, from what the demo prints."""
    printed, limit = "", time.monotonic() + 90
    assert running.stdout is not None
    for line in running.stdout:
        printed += line
        if "Stop with Ctrl+C" in line:
            return re.findall(
                r"(?:Open|wrongly at) (http://\S+?)/?\.? ", printed.replace("\n", " ")
            )
        assert time.monotonic() < limit, printed
    raise AssertionError(printed)


def test_two_demos_never_choose_the_same_port() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        taken = listening.getsockname()[1]
        first = Reservation.of(taken)
        second = Reservation.of(first.port)
        assert len({taken, first.port, second.port}) == 3
        first.release()
        second.release()
