"""Both sides of the demo: where each keeps its data, how each is started, what it can be asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from sdg_connector.adapters.key_files import secret_file
from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid
from sdg_connector.cli.demo.journey import COUNTRY
from sdg_connector.cli.demo.servers import Reservation, Server
from sdg_connector.web.options import PortalOptions

_PORTAL_PORT: Final = 8801
_SANDBOX_PORT: Final = 8802
_RETRY: Final = "1;12"
"""Who switches the provider off sees after a minute what a real portal says after twelve."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The portal and the sandbox Member State, each in a process of its own."""

    portal: Server
    sandbox: Server
    options: PortalOptions
    """Where the portal keeps its data."""
    ports: tuple[Reservation, ...]

    @classmethod
    def at(cls, folder: Path) -> "Sides":
        """Both sides with their data in one folder, on the usual ports or on free ones."""
        ports = (Reservation.of(_PORTAL_PORT), Reservation.of(_SANDBOX_PORT))
        sandbox_url = f"http://127.0.0.1:{ports[1].port}"
        options = PortalOptions(
            data_dir=folder / "portal",
            exchange_dir=folder / "exchange",
            port=ports[0].port,
        )
        sandbox = Server(
            name="the sandbox Member State",
            url=sandbox_url,
            log=folder / "logs" / "sandbox.log",
            arguments=[
                *("sandbox", "--country", COUNTRY, "--port", sandbox_url.rpartition(":")[2]),
                *("--data", str(folder / COUNTRY.lower())),
                *("--exchange", str(options.exchange_dir), "--portal-url", options.url),
            ],
        )
        portal = Server(
            name="the portal",
            url=options.url,
            log=folder / "logs" / "portal.log",
            arguments=[
                *("serve", "--demo", "--port", str(options.port), "--retry", _RETRY),
                *("--data", str(options.data_dir), "--exchange", str(options.exchange_dir)),
                *("--peer", f"{COUNTRY}={sandbox_url}"),
            ],
        )
        return cls(portal, sandbox, options, ports)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Both serve until the block ends; raises `NobodyAnswered`."""
        try:
            self.sandbox.start()
            self.portal.start()
            yield
        finally:
            self.portal.stop()
            self.sandbox.stop()
            for port in self.ports:
                port.release()

    def messages(self, exchange: str) -> list[dict[str, str]]:
        """The AS4 messages of an exchange, as the portal has stored them."""
        store = Store.open(
            self.options.store_url,
            keys={"first": secret_file(self.options.data_dir, "payloads")},
            current_key="first",
            new_id=new_uuid,
        )
        try:
            return [
                {"direction": direction, "message_id": message, "at": at.isoformat()}
                for direction, message, at, _ in store.overview.messages(exchange)
            ]
        finally:
            store.close()

    def holdings(self) -> list[set[str]]:
        """The SHA-256 of the files of each record that the provider holds."""
        with httpx.Client(timeout=10, trust_env=False) as client:
            held = client.get(f"{self.sandbox.url}/control/holdings.json").raise_for_status()
            return [set(record.values()) for record in held.json().values()]
