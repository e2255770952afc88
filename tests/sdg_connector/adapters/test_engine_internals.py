"""What we need of DBOS beside its public interface is still there, and does what it did."""

import asyncio
from pathlib import Path

import pytest

from sdg_connector.adapters import durable
from sdg_connector.adapters.durable import DurableWorkflows, Remote
from sdg_connector.adapters.engine_internals import wake, wake_overlooked
from sdg_connector.ports import Run


class Patient:
    """Waits once; its end is what came."""

    async def run(self, run: Run, name: str) -> str:
        came = await run.wait(60)
        return str(came)


@pytest.mark.parametrize("how", ["wake", "wake_overlooked"])
def test_a_workflow_that_was_not_told_of_a_message_is_woken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(durable, "_POLLING_SECONDS", 3.0)
    url = f"sqlite:///{tmp_path}/engine.sqlite"

    async def scenario() -> None:
        workflows = DurableWorkflows(url=url, worker="local", driver=Patient())
        await workflows.start()
        remote = await asyncio.to_thread(Remote.open, url)
        try:
            for name in ("one", "other"):
                await workflows.begin(name)
            await asyncio.sleep(0.3)
            await asyncio.to_thread(remote.signal, "one", {"look": "again"}, key="k")
            await asyncio.sleep(0.3)
            assert remote.status("one") == "PENDING", "it was told: the test proves nothing"
            await asyncio.to_thread(wake, "one") if how == "wake" else wake_overlooked()
            for _ in range(100):
                if await asyncio.to_thread(remote.status, "one") != "PENDING":
                    break
                await asyncio.sleep(0.02)
            assert await asyncio.to_thread(remote.status, "one") == "SUCCESS"
            assert await asyncio.to_thread(remote.status, "other") == "PENDING"
        finally:
            await asyncio.to_thread(remote.close)
            await workflows.stop()

    asyncio.run(scenario())
