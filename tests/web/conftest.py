"""One running pair of portal and sandbox for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sdg_connector.web import ExchangeView, Stage
from tests.support.portal_pair import Pair, running_pair
from tests.support.walker import Walker


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The servers; started once."""
    folder: Path = tmp_path_factory.mktemp("pair")
    with running_pair(folder) as pair:
        yield pair


@pytest.fixture
def pair(running: Pair) -> Iterator[Pair]:
    """The running pair, behaving rightly before and after."""
    running.switch(login="right", fault="right", directory="right", provider="right")
    running.desk.refuses = None
    yield running
    running.switch(login="right", fault="right", directory="right", provider="right")
    running.desk.refuses = None


@pytest.fixture
def walker() -> Iterator[Walker]:
    """A fresh browser."""
    walker = Walker()
    yield walker
    walker.client.close()


@pytest.fixture
def stranger() -> Iterator[Walker]:
    """Somebody else's browser."""
    walker = Walker()
    yield walker
    walker.client.close()


@pytest.fixture
def greeted(pair: Pair, walker: Walker) -> Walker:
    """A browser in which Ana has logged in."""
    return walker.log_in(pair.portal, "ana")


@pytest.fixture
def asked(pair: Pair, greeted: Walker) -> tuple[Walker, str]:
    """A browser in which Ana has asked for her diploma, with the exchange."""
    greeted.submit("find").submit("request", explicit="yes")
    return greeted, f"exchange-{len(pair.desk.asked)}"


@pytest.fixture
def failed() -> ExchangeView:
    """An exchange that ended because nobody answered."""
    return ExchangeView(stage=Stage.FAILED, problem="provider_down", rule="EBMS:0301")
