"""Where a sandbox country runs, and whom it knows."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sdg_connector.adapters.addresses import Addresses
from sdg_connector.as4 import Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """One sandbox country on one port."""

    data_dir: Path
    """The country's private keys."""
    exchange_dir: Path
    """Public certificates only: each process leaves its own and reads its peer's, which stands for
    the bilateral exchange of trust anchors."""
    country: str = "ES"
    host: str = "127.0.0.1"
    port: int = 8802
    portal_url: str = "http://localhost:8801"
    """Where the portal really listens."""
    portal_public_url: str = "https://portal.lv.sandbox.example"
    """The origin by which the portal is known."""
    later: timedelta = timedelta(minutes=1)
    """How much later the evidence is there when a tester has it come later."""
    retry: Retry = field(default_factory=lambda: Retry(minutes=12, attempts=360))
    """A portal that was down gets its answer two seconds after it is up again."""

    @property
    def url(self) -> str:
        """Where this country really listens."""
        return f"http://{self.host}:{self.port}"

    @property
    def public_url(self) -> str:
        """The origin by which this country is known."""
        return public_url_of(self.country)

    @property
    def addresses(self) -> Addresses:
        """Public origins and the loopback addresses behind them."""
        return Addresses.of(
            ((self.portal_public_url, self.portal_url), (self.public_url, self.url))
        )


def public_url_of(country: str) -> str:
    """The public origin of a sandbox country."""
    return f"https://{country.lower()}.sandbox.example"
