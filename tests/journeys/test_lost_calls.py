"""Each call of the database is lost once: every exchange ends all the same, and ends once.

A disk that is full, a database that goes away: whatever the moment, it is between two calls. So
of sixteen exchanges each loses one call in sixteen, another one each, and all of them must arrive.
"""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from sdg_connector.adapters import durable
from tests.support.faulty_database import Faults, faulty_databases
from tests.support.postgres import PostgreSql
from tests.support.records import check_records
from tests.support.two_in_process import Databases, in_process

_PEOPLE = 16
_ONCE = _PEOPLE
"""Calls about one exchange on either side are more than this, so that each loses one at least."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call is lost for a moment only: less is waited than for a real outage."""
    monkeypatch.setattr(durable, "_PATIENCE_SECONDS", (0.1, 0.3))


def play(side: str, databases: Databases, faults: Faults) -> None:
    """Twenty people at once, and what must stand in the books afterwards."""

    async def run() -> None:
        with faulty_databases(faults):
            # The engine is told of each exchange at once, so that its calls are lost too.
            async with in_process(side, databases, faults, moment=timedelta(0)) as both:
                exchanges = await both.people(_PEOPLE)
                assert min(faults.counts.values()) > _ONCE
                lost = sum(len(calls) for calls in faults.suffered.values())
                assert lost > _ONCE, "hardly anything was lost"
                check_records(both.ours, both.theirs, exchanges)

    asyncio.run(run())


@pytest.mark.slow
@pytest.mark.parametrize("side", ["requester", "provider"])
def test_whichever_call_a_full_disk_takes_from_sqlite_every_exchange_ends_once(
    tmp_path: Path, side: str
) -> None:
    for name in ("faulty", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "witness").symlink_to(tmp_path / "faulty")
    folder = f"sqlite:///{tmp_path}"
    databases = Databases(
        store=f"{folder}/faulty/store.sqlite",
        engine=f"{folder}/faulty/engine.sqlite",
        witness=f"{folder}/witness/store.sqlite",
        other=f"{folder}/other/store.sqlite",
    )
    play(side, databases, Faults(every=_PEOPLE))


@pytest.mark.slow
@pytest.mark.peer
@pytest.mark.parametrize("side", ["requester", "provider"])
def test_whichever_call_postgresql_loses_every_exchange_ends_once(
    server: PostgreSql, tmp_path: Path, side: str
) -> None:
    store = server.new_database(f"faulty-store-{side}")
    databases = Databases(
        store=store,
        engine=server.new_database(f"faulty-engine-{side}"),
        witness=f"{store}&application_name=witness",
        other=f"sqlite:///{tmp_path}/store.sqlite",
    )
    play(side, databases, Faults(every=_PEOPLE))
