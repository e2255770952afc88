"""Where the cache is that an eIDAS-Node shares with its national part, and how to be let in."""

import ipaddress
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from sdg_connector.errors import OwnMistake

LIFETIME: Final = timedelta(minutes=7)
"""How long a message waits: what the eIDAS-Node's own configuration of its caches says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterTls:
    """How a cluster proves itself, and we ourselves where it asks for that."""

    authority: Path
    """Certificates in PEM of the authorities that may vouch for the cluster."""
    certificate: Path | None = None
    key: Path | None = None
    key_password: str | None = field(default=None, repr=False)

    def context(self) -> ssl.SSLContext:
        """The demands on each connection; raises ``OwnMistake`` for files that do not do."""
        try:
            context = ssl.create_default_context(cafile=self.authority)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if self.certificate is not None:
                # without a password OpenSSL would ask for one at the terminal
                context.load_cert_chain(
                    self.certificate, self.key, password=self.key_password or (lambda: "")
                )
        except (OSError, ssl.SSLError, ValueError) as problem:
            raise OwnMistake(
                f"TLS files of the cluster beside {self.authority} cannot be used"
            ) from problem
        return context


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCluster:
    """A cluster's machines, and what it wants to know of us."""

    addresses: tuple[tuple[str, int], ...]
    """Host and port of one machine or of several: the next one is tried when one is away."""
    tls: ClusterTls | None = None
    network_is_private: bool = False
    """Whether a network beyond this machine may carry the messages, which name people, unencrypted:
    only where it encrypts by itself (a tunnel, a service mesh)."""
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: timedelta = timedelta(seconds=5)
    """How long a connection, and each answer, is waited for."""

    def __post_init__(self) -> None:
        """Refuse a cluster that could not be asked, or that others could listen to."""
        if not self.addresses:
            raise OwnMistake("a cluster needs the address of one machine at least")
        exposed = [host for host, _ in self.addresses if not _stays_here(host)]
        if exposed and self.tls is None and not self.network_is_private:
            raise OwnMistake(
                f"messages to {exposed[0]} name people: they need TLS, or a network that encrypts"
            )


def _stays_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
