"""An operator beside the running service: list, look into, retry and cancel exchanges."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from typer.testing import CliRunner

from sdg_connector.adapters.operating import Operator
from sdg_connector.adapters.system import utc_now
from sdg_connector.cli.app import app
from sdg_connector.connector import UnknownExchange
from sdg_connector.errors import OwnMistake
from sdg_connector.journey import State
from sdg_connector.sandbox import SandboxOptions
from tests.support.exchange_side import Side, running_side
from tests.support.installation import installation

Scenario = Callable[[Side, Operator], Awaitable[None]]
run = CliRunner()


@pytest.fixture
def play(tmp_path: Path, country: SandboxOptions) -> Iterator[Callable[[Scenario], None]]:
    """Run a scenario with an operator who came to the running service's tables from outside."""

    def run(scenario: Scenario) -> None:
        port = int(country.portal_url.rpartition(":")[2])

        async def both() -> None:
            async with running_side(tmp_path, country, port=port) as side:
                options = side.runtime.options
                operator = await asyncio.to_thread(
                    Operator.open,
                    store_url=options.store_url,
                    engine_url=options.engine_url,
                    keys=options.store_keys,
                    current_key=options.current_key,
                )
                try:
                    await scenario(side, operator)
                finally:
                    await asyncio.to_thread(operator.close)

        asyncio.run(both())

    yield run
    httpx.post(f"{country.url}/control", json={"provider": "right"}).raise_for_status()


Play = Callable[[Scenario], None]
Seen = TypeVar("Seen")


async def eventually(look: Callable[[], Seen]) -> Seen:
    """What is looked for, once it is there."""
    for _ in range(300):
        if found := await asyncio.to_thread(look):
            return found
        await asyncio.sleep(0.03)
    raise AssertionError("it did not happen in time")


def test_what_has_ended_is_neither_retried_nor_cancelled(play: Play) -> None:
    async def scenario(side: Side, operator: Operator) -> None:
        exchange = await side.ask(opaque="77889900L")
        await side.until(exchange, State.REFUSED)
        for refused in (operator.retry, operator.cancel):
            with pytest.raises(OwnMistake, match="has ended: refused"):
                await asyncio.to_thread(refused, exchange)
        with pytest.raises(UnknownExchange):
            operator.find("zz")

    play(scenario)


def test_a_message_that_waits_for_its_next_attempt_is_sent_at_once(play: Play) -> None:
    async def scenario(side: Side, operator: Operator) -> None:
        await side.switch(provider="down")
        exchange = await side.ask()
        await side.until(exchange, State.REQUESTING)
        sent = await eventually(lambda: side.runtime.store.overview.messages(exchange))
        await asyncio.sleep(0.3)
        await side.switch(provider="right")
        assert operator.find(exchange[:8]) == exchange
        await asyncio.to_thread(operator.retry, exchange)
        await side.until(exchange, State.PREVIEWING)
        assert side.runtime.store.overview.messages(exchange)[0][1] == sent[0][1]
        events = (await asyncio.to_thread(operator.show, exchange)).events
        assert "an operator had it go on" in [one.content.get("detail") for one in events]

    play(scenario)


def test_an_exchange_is_cancelled_and_its_documents_are_erased(play: Play) -> None:
    async def scenario(side: Side, operator: Operator) -> None:
        exchange = await side.ask()
        await side.until(exchange, State.PREVIEWING)
        await asyncio.to_thread(operator.cancel, exchange)
        await side.until(exchange, State.DECLINED)

    play(scenario)


def test_a_workflow_that_broke_off_goes_on_from_the_step_that_failed(play: Play) -> None:
    async def scenario(side: Side, operator: Operator) -> None:
        book = side.runtime.store.book
        whole = type(book).move

        def broken(*values: object, **named: object) -> None:
            raise RuntimeError("a disk that is full")

        type(book).move = broken
        exchange = await side.ask()
        try:
            await eventually(lambda: operator.show(exchange).stuck)
        finally:
            type(book).move = whole
        assert (await side.connector.status(exchange)).state is State.REQUESTING
        await asyncio.to_thread(operator.retry, exchange)
        await side.until(exchange, State.PREVIEWING)

    play(scenario)


def test_the_commands_show_ids_and_states_and_no_person(play: Play, tmp_path: Path) -> None:
    found: list[str] = []

    async def scenario(side: Side, operator: Operator) -> None:
        found.append(await side.ask())
        await side.until(found[0], State.PREVIEWING)

    play(scenario)
    home = tmp_path / "home"
    home.mkdir()
    file = installation(home, now=utc_now())
    for old, name in (("# url", "store"), ("# engine_url", "engine")):
        line = next(one for one in file.read_text().splitlines() if one.startswith(old))
        key = old.removeprefix("# ")
        url = f'{key} = "sqlite:///{tmp_path}/{name}.sqlite"'
        file.write_text(file.read_text().replace(line, url))
    where = ("--config", str(file))
    (listed,) = json.loads(run.invoke(app, ["exchanges", "list", "--json", *where]).stdout)
    assert (listed["exchange"], listed["state"]) == (found[0], "previewing")
    shown = run.invoke(app, ["exchanges", "show", found[0][:10], *where])
    assert "preview_required" in shown.stdout
    assert "García" not in shown.stdout
    assert run.invoke(app, ["exchanges", "list", "--open", *where]).stdout.count("previewing") == 1
    asked = run.invoke(app, ["exchanges", "cancel", found[0], *where])
    assert (asked.exit_code, asked.stdout) == (0, f"{found[0]} is told to end\n")

    async def after(side: Side, operator: Operator) -> None:
        await side.until(found[0], State.DECLINED)

    play(after)
    again = run.invoke(app, ["exchanges", "cancel", found[0], *where])
    assert (again.exit_code, "has ended" in again.stderr) == (1, True)
