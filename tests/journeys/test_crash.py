"""Requester, provider or both are killed at any instant: each exchange ends once on each side."""

import os
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from sdg_connector.adapters.system import new_uuid
from sdg_connector.sandbox import SandboxOptions
from tests.support.crash import Person, TwoSides
from tests.support.postgres import PostgreSql

_MANY = int(os.environ.get("SDG_SOAK_EXCHANGES", "1000"))
_AT_ONCE = 24
"""People of the long test who exchange at the same time."""
_PATIENCE = 1200.0
"""Their patience: longer than what an exchange allows itself (TDD 4.4.3), so that it decides."""


@pytest.fixture
def sides(country: SandboxOptions, tmp_path: Path) -> Iterator[TwoSides]:
    """Both sides on SQLite."""
    two = TwoSides(country, tmp_path)
    two.start()
    yield two
    two.stop()


@pytest.fixture
def on_postgresql(
    country: SandboxOptions, tmp_path: Path, server: PostgreSql
) -> Iterator[TwoSides]:
    """Both sides on databases of one PostgreSQL."""
    urls = {side: [server.new_database(new_uuid()) for _ in range(2)] for side in ("lv", "es")}
    two = TwoSides(country, tmp_path, urls)
    two.start()
    yield two
    two.stop()


def test_a_side_killed_at_every_step_the_exchange_ends_once(sides: TwoSides) -> None:
    killed = []
    which = cycle(["both", "requester", "provider"])

    def kill(step: str) -> None:
        sides.kill(next(which))
        killed.append(step)

    person = Person(sides, "every step")
    person.walk(kill)
    assert len(killed) == 7
    sides.until_quiet()
    sides.check([person.exchange])


def test_killed_at_random_under_load_every_exchange_ends_once_on_each_side(
    sides: TwoSides,
) -> None:
    sides.under_fire(people=5, seed=7)
    assert sides.requester.kills + sides.provider.kills > 1


def test_killed_at_random_on_postgresql_every_exchange_ends_once_on_each_side(
    on_postgresql: TwoSides,
) -> None:
    on_postgresql.under_fire(people=3, seed=5)
    assert on_postgresql.requester.kills + on_postgresql.provider.kills > 0


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_at_random_over_a_thousand_exchanges(
    database: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    fixture = "sides" if database == "sqlite" else "on_postgresql"
    two: TwoSides = request.getfixturevalue(fixture)
    started = time.monotonic()
    two.under_fire(people=_MANY, seed=11, at_once=_AT_ONCE, patience=_PATIENCE)
    kills = f"{two.requester.kills} kills of the requester, {two.provider.kills} of the provider"
    with capsys.disabled():
        minutes = (time.monotonic() - started) / 60
        print(f"\n{database}: {_MANY} exchanges, {kills}, {minutes:.0f} minutes")


def test_a_graceful_stop_loses_nothing_and_says_nothing_is_wrong(sides: TwoSides) -> None:
    def stop(step: str) -> None:
        if step == "previewing":
            for process in (sides.requester, sides.provider):
                assert process.stop() in {0, -15}
                process.client = httpx.Client(timeout=20)
            sides.start()

    person = Person(sides, "graceful")
    person.walk(stop)
    sides.until_quiet()
    sides.check([person.exchange])
    assert "Traceback" not in sides.requester.log.read_text()
    assert "Traceback" not in sides.provider.log.read_text()
