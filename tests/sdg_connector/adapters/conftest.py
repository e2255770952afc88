"""Databases of both kinds for what stands on one."""

from pathlib import Path

import pytest

from sdg_connector.adapters.system import new_uuid
from tests.support.postgres import PostgreSql


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.peer)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    running: PostgreSql = request.getfixturevalue("server")
    return running.new_database(new_uuid())
