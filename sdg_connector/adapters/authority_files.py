"""A certificate authority of two, a root and the key it vouches for, kept as PEM files.

For the demo, the sandbox and tests, as `key_files` is: it stands for the Commission's own chain.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sdg_connector.adapters.key_files import write_atomically

_VALIDITY = timedelta(days=365)


@dataclass(frozen=True, slots=True, repr=False)
class VouchedKey:
    """A P-256 key, its chain and the root that vouches for it, all PEM."""

    key_pem: bytes
    """PKCS #8, unencrypted: the folder is readable by its owner only."""
    chain_pem: bytes
    """The certificate of the key, then the root."""
    root_pem: bytes
    """What whoever asks is given to believe in."""


def vouched_key(folder: Path, name: str, *, subject: str, now: datetime) -> VouchedKey:
    """The key called ``name`` in ``folder`` with its root, made when it is not there yet.

    The chain is written last and holds the root, so that a process killed while making them starts
    again with whole files; the root's own key is not kept.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_path, chain_path = folder / f"{name}.key.pem", folder / f"{name}.chain.pem"
    if not (key_path.exists() and chain_path.exists()):
        key_pem, chain_pem = _new_chain(subject, now)
        write_atomically(key_path, key_pem, mode=0o600)
        write_atomically(chain_path, chain_pem, mode=0o644)
    chain = chain_path.read_bytes()
    root = x509.load_pem_x509_certificates(chain)[-1]
    return VouchedKey(key_path.read_bytes(), chain, root.public_bytes(serialization.Encoding.PEM))


def _new_chain(subject: str, now: datetime) -> tuple[bytes, bytes]:
    root_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name(f"{subject} root"), _name(subject)
    root = _certificate(root_name, root_key, root_name, root_key, now, authority=True)
    leaf = _certificate(name, key, root_name, root_key, now, authority=False)
    key_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain = [one.public_bytes(serialization.Encoding.PEM) for one in (leaf, root)]
    return key_pem, b"".join(chain)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    authority: bool,
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALIDITY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
