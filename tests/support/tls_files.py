"""Keys and certificates for TLS between two processes of a test."""

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sdg_connector.adapters.system import utc_now


def tls_files(folder: Path) -> tuple[Path, Path, Path, Path]:
    """An authority with a server and a caller under it, and a stranger who vouches for himself."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    names = ("authority", "localhost", "caller", "stranger")
    for name in names:
        key = authority_key if name == "authority" else ec.generate_private_key(ec.SECP256R1())
        alone = name in {"authority", "stranger"}
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name if alone else names[0])])
        certificate = (
            x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(utc_now() - timedelta(minutes=1))
            .not_valid_after(utc_now() + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=alone, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key if alone else authority_key, hashes.SHA256())
        )
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.key.pem").write_bytes(pem)
    authority, server, caller, stranger = (folder / name for name in names)
    return authority, server, caller, stranger
