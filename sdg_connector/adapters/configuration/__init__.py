"""What one installation is told, in one TOML file with the environment's overrides."""

from sdg_connector.adapters.configuration.checking import (
    LookedOver,
    WatchedCertificate,
    database_url,
    expiring,
    look_over,
    watched_certificates,
)
from sdg_connector.adapters.configuration.errors import ConfigurationRefused, Mistake
from sdg_connector.adapters.configuration.material import (
    certificate,
    certificate_chain,
    certificates,
    decryption_key,
    sealing_keys,
    secret_of,
    signing_key,
)
from sdg_connector.adapters.configuration.model import (
    AccessPointKind,
    Configuration,
    KeyPair,
    OwnKey,
    Secret,
)
from sdg_connector.adapters.configuration.reading import read_configuration

__all__ = [
    "AccessPointKind",
    "Configuration",
    "ConfigurationRefused",
    "KeyPair",
    "LookedOver",
    "Mistake",
    "OwnKey",
    "Secret",
    "WatchedCertificate",
    "certificate",
    "certificate_chain",
    "certificates",
    "database_url",
    "decryption_key",
    "expiring",
    "look_over",
    "read_configuration",
    "sealing_keys",
    "secret_of",
    "signing_key",
    "watched_certificates",
]
