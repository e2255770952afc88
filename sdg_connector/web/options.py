"""Where the portal runs, and which Member States it knows."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sdg_connector.adapters.addresses import Addresses
from sdg_connector.as4 import Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerState:
    """One Member State, as the portal is configured to know it."""

    country: str
    """ISO 3166-1 alpha-2, Greece as EL."""
    public_url: str
    """The origin by which its services are known."""
    url: str
    """The origin that is really spoken to; the same as ``public_url`` behind real DNS and TLS."""

    @property
    def host(self) -> str:
        """The host name of its services."""
        return urlsplit(self.public_url).hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalOptions:
    """One portal on one port."""

    data_dir: Path
    """Keys, sessions and exchanges: what a restart continues from."""
    exchange_dir: Path
    """Public certificates only: each process leaves its own and reads its peer's, which stands for
    the bilateral exchange of trust anchors."""
    host: str = "localhost"
    port: int = 8801
    public_url: str = "https://portal.lv.sandbox.example"
    """The origin by which other states know the portal."""
    peers: tuple[PeerState, ...] = (
        PeerState(
            country="ES", public_url="https://es.sandbox.example", url="http://127.0.0.1:8802"
        ),
    )
    description: str = "lv/diploma-atzisana"
    """The description that the portal shows: its name in the shipped catalogue, or a YAML file."""
    packages: Path | None = None
    """Folder of installed Argos packages, beside the one for the demonstration."""
    retry: Retry = field(default_factory=Retry)
    """When our access point sends a message again that nobody has acknowledged."""
    demo: bool = True
    """Whether each page says that this is a demonstration."""

    @property
    def store_url(self) -> str:
        """The database of exchanges, messages and encrypted documents."""
        return f"sqlite:///{self.data_dir.resolve() / 'exchanges.sqlite'}"

    @property
    def engine_url(self) -> str:
        """The database of the workflow engine."""
        return f"sqlite:///{self.data_dir.resolve() / 'workflows.sqlite'}"

    @property
    def url(self) -> str:
        """Where the portal really listens."""
        return f"http://{self.host}:{self.port}"

    @property
    def addresses(self) -> Addresses:
        """Public origins and the addresses behind them."""
        peers = ((peer.public_url, peer.url) for peer in self.peers)
        return Addresses.of(((self.public_url, self.url), *peers))
