"""Several workers on one PostgreSQL: what one of them leaves, the others finish, and once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sdg_connector.sandbox import SandboxOptions
from tests.support.crash import Person
from tests.support.postgres import PostgreSql
from tests.support.records import check_records
from tests.support.several_workers import SeveralWorkers, several_workers

pytestmark = [pytest.mark.peer, pytest.mark.slow]
_PEOPLE = 6
_PATIENCE = 120.0


@pytest.fixture(scope="module")
def sides(
    country: SandboxOptions, server: PostgreSql, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SeveralWorkers]:
    """Three workers."""
    urls = [server.new_database(kind) for kind in ("store", "engine")]
    with several_workers(country, tmp_path_factory.mktemp("sides"), urls, count=3) as workers:
        yield workers


def until(what: str, sides: SeveralWorkers, *numbers: int) -> None:
    """Wait until one of these workers has logged it."""
    limit = time.monotonic() + _PATIENCE
    while not any(what in sides.requester.log(number) for number in numbers):
        assert time.monotonic() < limit, f"nobody logged {what!r}"
        time.sleep(0.1)


def finish(sides: SeveralWorkers, persons: list[Person]) -> None:
    """Everybody goes to the end, and the books say that each exchange ended once."""
    with ThreadPoolExecutor(max_workers=len(persons)) as pool:
        list(pool.map(Person.go_on, persons))
    ours, theirs = sides.stores()
    limit = time.monotonic() + _PATIENCE
    while left := ours.book.open_exchanges() + theirs.desk.open_requests():
        assert time.monotonic() < limit, f"never ended: {left}"
        time.sleep(0.1)
    sides.ended.extend(person.exchange for person in persons)
    check_records(ours, theirs, sides.ended)
    ours.close()
    theirs.close()


def people(sides: SeveralWorkers, visit: str) -> list[Person]:
    """People who have not asked yet."""
    token = Person(sides, visit).patiently(sides.requester, "POST", "/find").json()
    return [Person(sides, f"{visit} {number}", token) for number in range(_PEOPLE)]


def all_previewing(sides: SeveralWorkers, visit: str) -> list[Person]:
    """People who asked one worker after the other, and may go to the preview now."""
    persons = people(sides, visit)
    for person in persons:
        person.ask()
    for person in persons:
        person.until("previewing")
    return persons


def test_a_worker_that_was_paused_and_comes_back_does_nothing_twice(sides: SeveralWorkers) -> None:
    persons = all_previewing(sides, "paused")
    sides.requester.pause(0)
    until("took over from workers=worker-0", sides, 1, 2)
    for person in persons[: _PEOPLE // 2]:
        person.leave()
    sides.requester.wake(0)
    finish(sides, persons)


def test_workers_that_are_paused_at_any_instant_do_nothing_twice(sides: SeveralWorkers) -> None:
    persons = people(sides, "any instant")
    with ThreadPoolExecutor(max_workers=_PEOPLE) as pool:
        walks = [pool.submit(person.ask) for person in persons]
        for number in (1, 2):
            time.sleep(0.2)
            sides.requester.pause(number)
        until("took over from workers=", sides, 0)
        for number in (1, 2):
            sides.requester.wake(number)
        for walk in walks:
            walk.result()
    finish(sides, persons)


def test_the_others_finish_what_a_killed_worker_was_doing(sides: SeveralWorkers) -> None:
    persons = all_previewing(sides, "killed")
    before = sides.workers_of(persons)
    doomed = before[persons[-1].exchange]
    left = {exchange for exchange, worker in before.items() if worker == doomed}
    number = int(doomed.removeprefix("worker-"))
    sides.requester.processes[number].kill()
    finish(sides, persons)
    until(f"took over from workers={doomed}", sides, *({0, 1, 2} - {number}))
    after = sides.workers_of(persons)
    assert doomed not in {after[exchange] for exchange in left}
