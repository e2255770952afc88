"""A folder as an agency would have it: configuration, keys, trusted certificates."""

from datetime import datetime
from importlib.resources import files
from pathlib import Path

from sdg_connector.adapters.key_kinds import KeyKind
from sdg_connector.adapters.new_keys import key_pem, new_key, self_signed

PAIRS = ("keys/saml-signing", "keys/saml-encryption", "keys/as4")
AS4 = ("keys/as4", "trust/es-as4")
TRUSTED = ("trust/es-node", "trust/es-as4", "trust/common-services")


def installation(folder: Path, *, now: datetime, days: int = 365) -> Path:
    """The shipped example with keys that fit it; gives the configuration file."""
    for name in PAIRS + TRUSTED:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        key = new_key(KeyKind.RSA_3072 if name in AS4 else KeyKind.P256)
        certificate = self_signed(
            key, common_name=path.name, organisation="Test", country="LV", now=now, days=days
        )
        path.with_suffix(".pem").write_bytes(certificate)
        if name in PAIRS:
            path.with_name(f"{path.name}.key.pem").write_bytes(key_pem(key, password=None))
    (folder / "keys" / "store-2026.secret").write_bytes(b"k" * 32)
    example = files("sdg_connector.adapters.configuration") / "example.toml"
    file = folder / "connector.toml"
    file.write_bytes(example.read_bytes())
    return file
