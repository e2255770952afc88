"""Databases of both kinds for what stands on one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sdg_connector.adapters.system import new_uuid
from tests.support.postgres import PostgreSql, postgresql


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSql]:
    """A PostgreSQL, which a module may stop and start."""
    with postgresql(tmp_path_factory.mktemp("postgresql")) as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.peer)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    running: PostgreSql = request.getfixturevalue("server")
    return running.new_database(new_uuid())
