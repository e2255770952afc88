"""What one worker rings, the others of one PostgreSQL hear, also after the server went away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sdg_connector.adapters import distant_bells
from sdg_connector.adapters.distant_bells import DistantBells
from sdg_connector.adapters.system import new_uuid
from tests.support.postgres import PostgreSql

pytestmark = pytest.mark.peer


class Worker:
    """One worker's bells, and a queue of what it heard."""

    def __init__(self, url: str) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.bells = DistantBells(url=url, heard=self.heard.put_nowait)

    async def next(self) -> str:
        """The next name that is no probe."""
        async with asyncio.timeout(20):
            while not (name := await self.heard.get()):
                pass
            return name


@asynccontextmanager
async def workers(url: str) -> AsyncIterator[tuple[Worker, Worker]]:
    """Two workers that hear."""
    both = Worker(url), Worker(url)
    kept = [asyncio.create_task(one.bells.keep()) for one in both]
    try:
        async with asyncio.timeout(20):
            for one in both:
                assert await one.heard.get() == ""
        yield both
    finally:
        for task in kept:
            task.cancel()
        await asyncio.gather(*kept, return_exceptions=True)


def test_the_others_hear_what_one_rings(server: PostgreSql) -> None:
    async def scenario() -> None:
        async with workers(server.new_database(new_uuid())) as (one, other):
            assert one.bells.hears
            assert other.bells.hears
            one.bells.ring("exchange-1")
            assert await other.next() == "exchange-1"
            other.bells.ring("exchange-2")
            assert await one.next() == "exchange-1"
            assert await one.next() == "exchange-2"

    asyncio.run(scenario())


def test_a_server_that_went_away_is_found_again_and_meanwhile_known_to_be_away(
    server: PostgreSql, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(distant_bells, "_AGAIN_SECONDS", 0.1)

    async def until_away(worker: Worker) -> None:
        async with asyncio.timeout(20):
            while worker.bells.hears:  # noqa: ASYNC110  nobody is told of it
                await asyncio.sleep(0.02)

    async def scenario() -> None:
        async with workers(server.new_database(new_uuid())) as (one, other):
            server.stop()
            await until_away(one)
            await until_away(other)
            server.start()
            async with asyncio.timeout(20):
                while not (one.bells.hears and other.bells.hears):  # noqa: ASYNC110  likewise
                    await asyncio.sleep(0.02)
            one.bells.ring("exchange-3")
            assert await other.next() == "exchange-3"

    asyncio.run(scenario())
    assert "other workers are not heard for now" in caplog.text


def test_an_address_with_a_password_stands_in_no_repr() -> None:
    bells = DistantBells(url="postgresql+psycopg://u:secret@h/d", heard=print)
    assert "secret" not in repr(bells)
