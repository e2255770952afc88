"""Keys and certificates kept as PEM files in a data folder, made at the first start.

For the demo, the sandbox and tests: a real agency brings keys that its authority issued, or an HSM.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_VALIDITY = timedelta(days=365)
_RSA_BITS = 3072
"""eIDAS Cryptographic Requirements 1.4, section 3.2: at least 3072 bits."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One private key with its self-signed certificate, both PEM."""

    key_pem: bytes
    """PKCS #8, unencrypted: the folder is readable by its owner only."""
    certificate_pem: bytes
    """The certificate that peers are given."""

    def __repr__(self) -> str:
        return "KeyFile(…)"


def key_file(folder: Path, name: str, *, subject: str, now: datetime) -> KeyFile:
    """The key called ``name`` in ``folder``, made when it is not there yet.

    The certificate names ``subject`` and serves signing and encryption. Both files appear
    atomically, so that a process killed while making them starts again with a whole pair.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_path, certificate_path = folder / f"{name}.key.pem", folder / f"{name}.pem"
    if not (key_path.exists() and certificate_path.exists()):
        key_pem, certificate_pem = _new_pair(subject, now)
        write_atomically(key_path, key_pem, mode=0o600)
        write_atomically(certificate_path, certificate_pem, mode=0o644)
    return KeyFile(key_path.read_bytes(), certificate_path.read_bytes())


def secret_file(folder: Path, name: str, *, length: int = 32) -> bytes:
    """``length`` random bytes kept under ``name`` in ``folder``, made at the first call."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}.secret"
    if not path.exists():
        write_atomically(path, os.urandom(length), mode=0o600)
    return path.read_bytes()


def write_atomically(path: Path, content: bytes | Iterable[bytes], *, mode: int) -> None:
    """Write a file that is either absent, the old one, or whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines((content,) if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink()
        raise
    temporary.replace(path)


def _new_pair(subject: str, now: datetime) -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALIDITY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate.public_bytes(serialization.Encoding.PEM),
    )
