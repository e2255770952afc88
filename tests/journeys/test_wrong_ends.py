"""Each way a journey can end wrongly, through real processes: page, way on, reference, log."""

import time
from collections.abc import Iterator

import pytest

from tests.support.portal_process import Processes, running_processes
from tests.support.walker import Walker

PERSONAL = (
    "García",
    "Garc\\u00eda",
    "Lucía",
    "Sin Registro",
    "11223344B",
    "77889900L",
    "1999-04-12",
)
"""What must stand in no log."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Portal and country, started once."""
    with running_processes(tmp_path_factory.mktemp("wrong-ends")) as processes:
        yield processes


@pytest.fixture
def walker(both: Processes) -> Iterator[Walker]:
    """A fresh browser; the country behaves rightly again afterwards."""
    walker = Walker()
    yield walker
    walker.client.close()
    both.switch(login="right", directory="right", provider="right")


def _cancel(both: Processes, walker: Walker) -> None:
    walker.go(f"{both.url}/en/").submit("start").submit("country-form", country="ES")
    walker.submit("to-node").submit("login", decision="cancel").submit("to-portal")


def _log_in(both: Processes, walker: Walker) -> None:
    walker.log_in(both.url, "ana")


def _find(both: Processes, walker: Walker) -> None:
    walker.log_in(both.url, "ana").submit("find")


def _ask(both: Processes, walker: Walker, citizen: str = "ana") -> None:
    walker.log_in(both.url, citizen).submit("find").submit("request", explicit="yes")
    _wait(both, walker)


def _wait(both: Processes, walker: Walker) -> None:
    limit = time.monotonic() + 30
    while walker.name == "waiting":
        assert time.monotonic() < limit, both.log()
        time.sleep(0.1)
        walker.go(f"{both.url}/en/application")


def _unknown(both: Processes, walker: Walker) -> None:
    _ask(both, walker, "lucia")


def _decline(both: Processes, walker: Walker) -> None:
    _ask(both, walker)
    walker.submit("preview").submit("login", citizen="ana").submit("decide", decision="decline")
    _wait(both, walker)


ENDS = {
    "tampered response": (
        {"login": "tampered"},
        _log_in,
        "We could not trust the answer of the other country",
        "dsig/trusted-key",
    ),
    "expired response": (
        {"login": "expired"},
        _log_in,
        "The answer of the other country came too late",
        "response.issue-instant",
    ),
    "login cancelled": ({}, _cancel, "You were not logged in", "outcome.login-cancelled"),
    "unknown citizen": ({}, _unknown, "The authority could not find you", "EDM:ERR:0004"),
    "declined preview": ({}, _decline, "The evidence was not sent", "TDD 4.9"),
    "provider down": (
        {"provider": "down"},
        _ask,
        "The authority that holds your evidence does not answer",
        "HTTP 503",
    ),
}
DIRECTORY_ENDS = {
    "nobody": ("No authority offers this evidence online", "nobody in ES serves a proof of"),
    "tampered": ("We cannot look up who holds your evidence", "TDD 3.6"),
    "down": ("We cannot look up who holds your evidence", "the service "),
}


def _check(both: Processes, walker: Walker, heading: str, rule: str) -> None:
    assert (walker.name, walker.heading) == ("problem", heading)
    text = walker.tree.text_content()
    assert "What happened" in text
    assert "What you can do now" in text
    (reference,) = walker.tree.xpath("//@data-reference")
    (line,) = [line for line in both.log().splitlines() if reference in line]
    assert f"rule={rule}" in line
    assert walker.tree.xpath("//main//form//button | //main//a[contains(@class, 'button')]")


@pytest.mark.parametrize("end", ENDS)
def test_each_wrong_end_says_what_happened_what_to_do_and_a_reference(
    both: Processes, walker: Walker, end: str
) -> None:
    switches, go, heading, rule = ENDS[end]
    if switches:
        both.switch(**switches)
    go(both, walker)
    _check(both, walker, heading, rule)


def test_a_directory_that_fails_leaves_the_way_on_paper(both: Processes, walker: Walker) -> None:
    both.portal.kill()
    both.portal.start()
    walker.log_in(both.url, "ana")
    for switch, (heading, rule) in DIRECTORY_ENDS.items():
        both.switch(directory=switch)
        walker.submit("find")
        _check(both, walker, heading, rule)
        both.switch(directory="right")
        assert walker.submit("again").name == "greeting"
    both.switch(directory="down")
    assert walker.submit("find").submit("without").name == "submit"


def test_no_log_of_a_wrong_end_names_the_person(both: Processes, walker: Walker) -> None:
    _unknown(both, walker)
    logged = both.log() + both.country.log.read_text(encoding="utf-8")
    assert "problem=" in logged
    assert not [word for word in PERSONAL if word in logged]
