"""The network is bad, the database goes away, the disk is full: every exchange ends once."""

import time
from pathlib import Path

import httpx
import pytest

from sdg_connector.sandbox import SandboxOptions
from tests.support.crash import TwoSides
from tests.support.fault_proxy import FATES, fault_proxy
from tests.support.killing import Killable
from tests.support.postgres import PostgreSql
from tests.support.servers import free_port

_HURT = "OperationalError"
"""What the log of a process says that waits for its database."""


def test_whatever_the_network_does_every_exchange_ends_once(
    country: SandboxOptions, tmp_path: Path
) -> None:
    provider_port, requester_port = free_port(), int(country.portal_url.rpartition(":")[2])
    with (
        fault_proxy(provider_port, seed=3) as there,
        fault_proxy(requester_port, seed=4) as back,
    ):
        sides = TwoSides(
            country,
            tmp_path,
            provider_port=provider_port,
            provider_reached_at=there.port,
            requester_reached_at=back.port,
        )
        sides.start()
        sides.at_once(6)
        sides.stop()
        assert set(FATES) <= set(there.fates), there.fates
        assert set(FATES) <= set(back.fates), back.fates
    assert "Traceback" not in sides.requester.log.read_text()
    assert "Traceback" not in sides.provider.log.read_text()


@pytest.mark.slow
@pytest.mark.peer
@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.soak)])
def test_a_database_that_goes_away_is_waited_for(
    country: SandboxOptions, server: PostgreSql, tmp_path: Path, seconds: int
) -> None:
    urls = {
        side: [server.new_database(f"{side}-{kind}-{seconds}") for kind in ("store", "engine")]
        for side in ("lv", "es")
    }
    sides = TwoSides(country, tmp_path, urls)
    sides.start()

    def away() -> None:
        time.sleep(0.2)
        server.stop()
        time.sleep(seconds)
        server.start()

    sides.at_once(3, meanwhile=away)
    sides.stop()
    logs = sides.requester.log.read_text() + sides.provider.log.read_text()
    assert _HURT in logs, "the database was never away"


@pytest.mark.slow
@pytest.mark.parametrize("side", ["requester", "provider"])
def test_a_full_disk_is_waited_for(country: SandboxOptions, tmp_path: Path, side: str) -> None:
    sides = TwoSides(country, tmp_path)
    sides.start()
    process = getattr(sides, side)

    def full() -> None:
        time.sleep(0.3 if side == "requester" else 0)  # its people begin while there is room
        httpx.post(f"{process.base}/disk", json={"full": True}).raise_for_status()
        _until_it_hurts(process)
        httpx.post(f"{process.base}/disk", json={"full": False}).raise_for_status()

    sides.at_once(6, meanwhile=full)
    sides.stop()
    assert _HURT in process.log.read_text(), "the disk was never full"


def _until_it_hurts(process: Killable) -> None:
    """The process has met what was done to it; on a quick machine two seconds may meet nothing."""
    for _ in range(200):
        if _HURT in process.log.read_text():
            break
        time.sleep(0.1)
    time.sleep(1)
