"""What a server remembers about a visitor, in a file and in a database that several share."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from sdg_connector.adapters.store import Sealer, Sessions

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEALER = Sealer({"old": b"o" * 32, "new": b"n" * 32}, current="old")


@pytest.fixture
def processes(url: str) -> Iterator[tuple[Sessions, Sessions]]:
    """Two processes that serve the same visitors."""
    both = Sessions.open(url, SEALER), Sessions.open(url, SEALER)
    yield both
    for one in both:
        one.close()


def test_of_two_processes_that_take_a_ticket_one_gets_it(
    processes: tuple[Sessions, Sessions],
) -> None:
    for _ in range(10):
        token = processes[0].create("ticket", {"way": 1}, now=NOW, life=HOUR)
        together, got = Barrier(2), list[dict[str, Any] | None]()

        def take(
            one: Sessions,
            token: str = token,
            together: Barrier = together,
            got: list[dict[str, Any] | None] = got,
        ) -> None:
            together.wait()
            got.append(one.take("ticket", token, now=NOW))

        threads = [Thread(target=take, args=(one,)) for one in processes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(got, key=bool) == [None, {"way": 1}]


def test_an_expired_a_foreign_and_an_altered_value_are_nobodys(
    processes: tuple[Sessions, Sessions], url: str
) -> None:
    one, other = processes
    token = one.create("visit", {"who": "Ana"}, now=NOW, life=HOUR)
    assert other.read("visit", token, now=NOW + HOUR) is None
    assert other.read("ticket", token, now=NOW) is None
    assert other.read("visit", "\ud800" + token, now=NOW) is None
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE visitor_sessions SET kind = 'ticket'")
    engine.dispose()
    assert other.read("ticket", token, now=NOW) is None


def test_no_octet_in_the_database_tells_who_visits_or_opens_a_session(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    sessions = Sessions.open(f"sqlite:///{path}", SEALER)
    token = sessions.create("visit", {"who": "Ana"}, now=NOW, life=HOUR)
    sessions.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Ana" not in stored
    assert token.encode() not in stored


def test_what_one_process_wrote_the_other_reads_until_its_key_is_gone(
    processes: tuple[Sessions, Sessions], url: str
) -> None:
    one, other = processes
    token = one.create("visit", {"step": 1}, now=NOW, life=HOUR)
    other.write("visit", token, {"step": 2}, now=NOW, life=HOUR)
    assert one.read("visit", token, now=NOW) == {"step": 2}
    rotated = Sessions.open(url, Sealer({"old": b"o" * 32, "new": b"n" * 32}, current="new"))
    assert rotated.read("visit", token, now=NOW) == {"step": 2}
    without = Sessions.open(url, Sealer({"new": b"n" * 32}, current="new"))
    assert without.read("visit", token, now=NOW) is None
    rotated.close()
    without.close()


def test_what_has_expired_is_erased_by_the_next_that_is_kept(
    processes: tuple[Sessions, Sessions], url: str
) -> None:
    one, other = processes
    one.create("visit", {"who": "Ana"}, now=NOW, life=HOUR)
    other.create("visit", {"who": "Jon"}, now=NOW + 3 * HOUR, life=HOUR)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM visitor_sessions").scalar()
    engine.dispose()
    assert kept == 1
