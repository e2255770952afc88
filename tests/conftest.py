"""What every test may ask for: the official files and a PostgreSQL, when a machine has them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.postgres import PostgreSql, postgresql

settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
"""A machine that is busy with other work fails no property: what is judged is what comes out."""

PUBLISHED_AT = {
    "as4": "https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eDelivery+AS4",
    "eidas": "https://ec.europa.eu/digital-building-blocks/sites/display/DIGITAL/eIDAS+eID+Profile",
    "oots": "https://code.europa.eu/oots/tdd/tdd_chapters",
    "procedures": "https://github.com/SEMICeu/CPSV-AP",
    "translation": "https://www.argosopentech.com/argospm/index/",
}
"""Where each field's official files are published, for whoever reads a skipped test."""


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """The folder of official files named by ``SDG_ARTEFACTS``; the test is skipped without it."""
    folder = os.environ.get("SDG_ARTEFACTS")
    if not folder:
        published = ", ".join(f"{name}: {url}" for name, url in PUBLISHED_AT.items())
        pytest.skip(f"SDG_ARTEFACTS names no folder of official files; published at {published}")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"SDG_ARTEFACTS names {folder}, which is not a folder")
    return path


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSql]:
    """A PostgreSQL, which a module may stop and start."""
    with postgresql() as running:
        yield running
