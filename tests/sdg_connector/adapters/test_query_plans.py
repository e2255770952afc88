"""However many exchanges are stored: no statement of the next one reads the others."""

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from sdg_connector.adapters.store.drivers import SHA256, sha256_of_text
from tests.support.faulty_database import Faults
from tests.support.two_in_process import Databases, in_process

_THE_TEST_LOOKS = "SELECT exchanges.exchange, exchanges.state FROM exchanges"
_FEW_ROWS = re.compile(r"SCAN (workers|journal_head)\b|SCAN CONSTANT ROW")
_OPEN_ROWS = re.compile(r"SCAN \w+ USING (COVERING )?INDEX \w+_open$")


def test_no_statement_of_an_exchange_reads_what_belongs_to_others(tmp_path: Path) -> None:
    said: dict[str, set[str]] = {"requester": set(), "provider": set()}
    for side, statements in said.items():
        (tmp_path / side).mkdir()
        walk_once(side, tmp_path / side, statements)
    for side, statements in said.items():
        assert len(statements) > 25, "hardly a statement was heard"
        with closing(sqlite3.connect(tmp_path / side / "store.sqlite")) as database:
            database.create_function(SHA256, 1, sha256_of_text)
            for statement in statements:
                for step in plan(database, statement):
                    assert not reads_others(step), (step, statement)


def walk_once(side: str, folder: Path, said: set[str]) -> None:
    """One exchange, whose ``side`` tells its statements."""
    path = folder / "store.sqlite"
    databases = Databases(
        store=f"sqlite:///{path}",
        engine=f"sqlite:///{folder}/engine.sqlite",
        witness=f"sqlite:///{path}",
        other=f"sqlite:///{folder}/other.sqlite",
    )

    def listen(connection: sqlite3.Connection, record: object) -> None:
        ((_, _, opened),) = connection.execute("PRAGMA database_list")
        if Path(opened) == path:
            connection.set_trace_callback(said.add)

    async def walk() -> None:
        async with in_process(side, databases, Faults(enabled=False)) as both:
            await both.people(1)

    sa.event.listen(sa.Pool, "connect", listen)
    try:
        asyncio.run(walk())
    finally:
        sa.event.remove(sa.Pool, "connect", listen)


def plan(database: sqlite3.Connection, statement: str) -> list[str]:
    if not statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
        return []
    if "sqlite_master" in statement or " ".join(statement.split()) == _THE_TEST_LOOKS:
        return []
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}")]


def reads_others(step: str) -> bool:
    return step.startswith("SCAN") and not (_FEW_ROWS.match(step) or _OPEN_ROWS.match(step))
