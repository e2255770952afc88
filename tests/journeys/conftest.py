"""What journeys between two countries start from."""

from collections.abc import Iterator

import pytest

from sdg_connector.sandbox import SandboxOptions, sandbox
from tests.support.servers import free_port, running


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxOptions]:
    """A sandbox country that nobody kills, for its directories."""
    folder = tmp_path_factory.mktemp("country")
    options = SandboxOptions(
        data_dir=folder / "country",
        exchange_dir=folder / "exchange",
        port=free_port(),
        portal_url=f"http://127.0.0.1:{free_port()}",
    )
    with running(sandbox(options), host="127.0.0.1", port=options.port):
        yield options
