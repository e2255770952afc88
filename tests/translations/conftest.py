"""The committed model, loaded once, and a translator over it."""

from datetime import UTC, datetime

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
