"""The portal and a sandbox country as real processes over one folder, which a test may kill."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdg_connector.adapters.key_files import secret_file
from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid
from sdg_connector.as4 import Retry
from sdg_connector.sandbox import SandboxOptions, serve
from sdg_connector.web.options import PeerState, PortalOptions
from sdg_connector.web.serving import serve_portal
from tests.support.killing import Killable
from tests.support.servers import free_port


def portal_options(settings: dict[str, Any]) -> PortalOptions:
    """A portal that knows Spain, and gives up at once when nobody acknowledges a message."""
    folder = Path(settings["folder"])
    return PortalOptions(
        data_dir=folder / "portal",
        exchange_dir=folder / "exchange",
        port=settings["port"],
        peers=(
            PeerState(
                country="ES",
                public_url="https://es.sandbox.example",
                url=f"http://127.0.0.1:{settings['country_port']}",
            ),
        ),
        retry=Retry(minutes=0, attempts=2),
    )


def portal_main(settings: dict[str, Any]) -> None:
    """Serve the portal until killed."""
    serve_portal(portal_options(settings))


def country_main(settings: dict[str, Any]) -> None:
    """Serve Spain until killed."""
    folder = Path(settings["folder"])
    serve(
        SandboxOptions(
            data_dir=folder / "es",
            exchange_dir=folder / "exchange",
            port=settings["port"],
            portal_url=f"http://localhost:{settings['portal_port']}",
            retry=Retry(minutes=1, attempts=200),
        )
    )


@dataclass(frozen=True, slots=True)
class Processes:
    """Both, running."""

    portal: Killable
    country: Killable

    @property
    def url(self) -> str:
        """The portal's address, on another host name than the country's: two sites."""
        return f"http://localhost:{self.portal.settings['port']}"

    def switch(self, **switches: str) -> None:
        """Make the country misbehave."""
        self.country.call("POST", "/control", json=switches)

    def held(self, record: str = "ES-2021-0001734") -> set[str]:
        """SHA-256 of the files of a record that the country holds."""
        return set(self.country.call("GET", "/control/holdings.json").json()[record].values())

    def log(self) -> str:
        """What the portal has logged."""
        return self.portal.log.read_text(encoding="utf-8")

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The portal's store."""
        options = portal_options(self.portal.settings)
        store = Store.open(
            options.store_url,
            keys={"first": secret_file(options.data_dir, "payloads")},
            current_key="first",
            new_id=new_uuid,
        )
        yield store
        store.close()


@contextmanager
def running_processes(folder: Path) -> Iterator[Processes]:
    """Start both in a folder, and stop them."""
    portal_port, country_port = free_port(), free_port()
    country = Killable(
        main=country_main,
        settings={"folder": str(folder), "port": country_port, "portal_port": portal_port},
        log=folder / "country.log",
        ready="/healthz",
    )
    portal = Killable(
        main=portal_main,
        settings={"folder": str(folder), "port": portal_port, "country_port": country_port},
        log=folder / "portal.log",
        ready="/healthz",
    )
    country.start()
    try:
        portal.start()
        yield Processes(portal, country)
    finally:
        for one in (portal, country):
            if one.process is not None and one.process.is_alive():
                one.stop()
