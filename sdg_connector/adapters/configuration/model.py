"""What one installation is told: every section of the configuration file as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from sdg_connector.as4 import OOTS_PARTY_TYPE, SecurityProfile
from sdg_connector.connector import OwnOrganisation, Timeouts
from sdg_connector.directory.discovery import Environment

JOURNAL_KEEPS: Final = timedelta(days=366)
"""Implementing Regulation (EU) 2022/1463, article 17: at least twelve months."""


class AccessPointKind(StrEnum):
    """Through which access point evidence travels."""

    EMBEDDED = "embedded"
    """The AS4 endpoint inside this process."""
    DOMIBUS = "domibus"
    """An existing Domibus or Harmony, through its WS plugin."""


class LogForm(StrEnum):
    """How a log line is written."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """From which severity on lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is never written into the file: where it is read from when it is needed."""

    place: Path | str
    """A file, or the name of an environment variable."""

    @property
    def shown(self) -> str:
        """Where it comes from, for a person; never the value."""
        return f"file {self.place}" if isinstance(self.place, Path) else f"variable {self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A private key and the certificates to show for it, as PEM files."""

    key: Path
    certificate: Path
    password: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareSection:
    """``[hardware]``: a PKCS#11 module that holds keys (extra ``hsm``)."""

    library: Path
    """The vendor's PKCS#11 library."""
    token: str
    """Label of the token."""
    pin: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """A private key that stays in the hardware module, and the file of its certificates."""

    hardware: HardwareSection
    label: str
    """Label of the private key in the token."""
    certificate: Path


OwnKey = KeyPair | HeldKey
"""A key of ours, in a file or in the hardware module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSection:
    """``[service]``: what the public sees, and where this process listens."""

    public_url: str
    """Origin by which browsers and other Member States know the service."""
    data: Path
    """Folder for applications, feedback and whatever database ``[store]`` does not name."""
    host: str = "127.0.0.1"
    port: int = 8801
    procedure: str = "T3"
    """Code of Annex II to Regulation (EU) 2018/1724."""
    description: Path | None = None
    """The service's description (YAML or JSON); by default the catalogue's for the procedure."""
    tls: KeyPair | None = None
    """Our TLS key and certificates; none where a proxy in front speaks TLS."""
    operations_port: int | None = None
    """Loopback port of health, readiness and metrics; none means that they are not served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSection:
    """``[[login.nodes]]``: one eIDAS node that is believed."""

    country: str
    metadata: str
    """HTTPS URL of the node's metadata, which is also its entity id."""
    certificate: Path
    """Certificate that signs the metadata, exchanged beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSection:
    """``[login]``: our keys towards the eIDAS nodes, and the nodes."""

    signing: OwnKey
    encryption: OwnKey
    contact_email: str
    """Support and technical contact in the published metadata."""
    nodes: tuple[NodeSection, ...]
    next_signing: Path | None = None
    """The certificate that signs next: published already, so that each node knows it in time."""
    previous_encryption: OwnKey | None = None
    """The key before ``encryption``: not published any more, and still tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSection:
    """``[store]``: where exchanges live, and the keys that their documents are sealed with."""

    url: str
    """``sqlite:///…`` or ``postgresql://…``; a password comes from ``password``."""
    engine_url: str
    """The same for the workflow engine's own tables."""
    keys: Mapping[str, Secret]
    """Keys of 32 octets by name; old ones stay until everything is sealed anew."""
    current_key: str
    password: Secret | None = None
    worker: str = "local"
    """Name of this process; each of several on one database needs its own."""
    journal_keeps: timedelta = JOURNAL_KEEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class VouchedSection:
    """``vouched_for`` of a peer: by which authority, and under which name."""

    authorities: Path
    subject: str = ""
    """The whole subject, as RFC 4514 writes it."""
    dns_name: str = ""
    """A name among the subject alternative names."""
    intermediates: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationSection:
    """``[access_point.revocation]``: how long an answer about a peer's certificate holds."""

    recheck: timedelta = timedelta(hours=1)
    grace: timedelta = timedelta(hours=4)
    """How much longer while nobody answers; afterwards messages of the peer are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSection:
    """``[[access_point.peers]]``: one provider's access point."""

    country: str
    party: str
    endpoint: str
    """Its AS4 address; empty behind Domibus, whose PMode knows it."""
    certificate: Path | None
    """What it signs with; None behind Domibus, whose trust store knows it."""
    preview_hosts: tuple[str, ...]
    """Hosts on which its providers may ask for a preview."""
    party_type: str = OOTS_PARTY_TYPE
    encryption_certificate: Path | None = None
    """What we encrypt for, where that is another key: always with ``eddsa``."""
    next_certificate: Path | None = None
    """What it signs with next: accepted already, so that it may change when it likes."""
    vouched_for: VouchedSection | None = None
    """It may sign with whatever an authority certifies under its name; then ``certificate`` is what
    we encrypt for, and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPointSection:
    """``[access_point]``: who we are on the wire, through what, and with whom."""

    kind: AccessPointKind
    party: str
    party_type: str
    peers: tuple[PeerSection, ...]
    keys: OwnKey | None = None
    """Signs, and decrypts where ``decryption`` does not; for the embedded access point."""
    profile: SecurityProfile = SecurityProfile.RSA
    """The cryptography that was agreed with every peer."""
    decryption: OwnKey | None = None
    url: str = ""
    """``https://…/services/wsplugin``; for Domibus."""
    user: str = ""
    """A plugin user of Domibus; without one our TLS client certificate says who we are."""
    password: Secret | None = None
    push_user: str = ""
    """What Domibus shows when it pushes to ``/as4`` (``wsplugin.push.auth.username``)."""
    push_password: Secret | None = None
    port: int | None = None
    """Port of its own for the endpoint; by default it is served under ``/as4`` of the service."""
    tls: KeyPair | None = None
    """TLS key and certificates of that port."""
    client_authorities: Path | None = None
    """Who calls that port must show a TLS certificate that one of these vouches for."""
    client: KeyPair | None = None
    """Our TLS client certificate, where peers or Domibus ask for one."""
    authorities: Path | None = None
    """Certificates that vouch for TLS servers; by default those of the system."""
    revocation: RevocationSection = field(default_factory=RevocationSection)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySection:
    """``[directory]``: the Common Services."""

    evidence_broker: str | None
    """None: where the DNS says."""
    data_service_directory: str | None
    environment: Environment | None
    """The Common Services that are looked up in the DNS; None: the addresses alone."""
    dnssec: bool
    """Whether a DNS answer must be authenticated."""
    roots: Path | None
    """Certificates that vouch for signed answers."""
    registry: "RegistrySection | None" = None
    """Where submissions go over AS4; None for whoever registers by other means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySection:
    """``[directory.registry]``: the access point of Life Cycle Management."""

    party: str
    endpoint: str
    """Its AS4 address; empty behind Domibus, whose PMode knows it."""
    certificate: Path | None
    """What it signs with; None behind Domibus, whose trust store knows it."""
    recipient: str
    """Corner 4, as ``finalRecipient`` names it."""
    recipient_type: str
    party_type: str = OOTS_PARTY_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSection:
    """``[log]``: one line for each change of state, ids only."""

    form: LogForm = LogForm.TEXT
    level: LogLevel = LogLevel.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveSection:
    """``[observe]``: who watches."""

    metrics: bool = False
    """Prometheus metrics under ``/metrics`` of the operations port (extra ``observe``)."""
    traces: str = ""
    """URL of an OpenTelemetry collector (OTLP over HTTP); empty for none (extra ``observe``)."""
    certificate_warning: timedelta = timedelta(days=60)
    """How long before its end a certificate is warned about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One installation."""

    service: ServiceSection
    organisation: OwnOrganisation
    login: LoginSection
    store: StoreSection
    access_point: AccessPointSection
    directory: DirectorySection
    timeouts: Timeouts = field(default_factory=Timeouts)
    log: LogSection = field(default_factory=LogSection)
    observe: ObserveSection = field(default_factory=ObserveSection)
