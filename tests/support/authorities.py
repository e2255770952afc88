"""Authorities for tests: a root, issuers below it, and those whom they vouch for."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from xmltrust import Certificate, DecryptionKey, SigningKey

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIST = "http://ca.example/list.crl"
SIGNS = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
ISSUES = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
ENCRYPTS = x509.KeyUsage(False, False, True, False, False, False, False, False, False)


def name(text: str) -> x509.Name:
    return x509.Name.from_rfc4514_string(text)


@dataclass
class Authority:
    """Somebody who issues certificates."""

    subject: str = "CN=Root"
    key: object = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    certificate: x509.Certificate = None

    def __post_init__(self) -> None:
        if self.certificate is None:
            self.certificate = self.issue(self.subject, self.key, ca=True)

    @property
    def loaded(self) -> Certificate:
        return Certificate.load(self.certificate.public_bytes(Encoding.DER))

    def issue(
        self,
        subject: str,
        key: object,
        *,
        ca: bool = False,
        length: int | None = None,
        usage: x509.KeyUsage | None = None,
        dns: str = "",
        more: x509.ExtensionType | None = None,
        listed: bool = False,
        since: datetime = NOW - timedelta(days=1),
        until: datetime = NOW + timedelta(days=30),
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(self.subject))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca, length if ca else None), critical=True)
            .add_extension(usage or (ISSUES if ca else SIGNS), critical=True)
        )
        if dns:
            names = x509.SubjectAlternativeName([x509.DNSName(dns)])
            builder = builder.add_extension(names, critical=False)
        if more is not None:
            builder = builder.add_extension(more, critical=True)
        if listed:
            places = [x509.UniformResourceIdentifier(LIST)]
            points = x509.CRLDistributionPoints([x509.DistributionPoint(places, None, None, None)])
            builder = builder.add_extension(points, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def below(self, subject: str, **more: object) -> "Authority":
        """An issuer that this one vouches for."""
        key = ec.generate_private_key(ec.SECP256R1())
        given = {"ca": True, **more}
        return Authority(subject, key, self.issue(subject, key, **given))

    def revoked(self, *certificates: x509.Certificate, at: datetime = NOW) -> bytes:
        """The list of what was revoked, as its address gives it."""
        builder = x509.CertificateRevocationListBuilder(
            name(self.subject), at - timedelta(hours=1), at + timedelta(hours=1)
        )
        for one in certificates:
            entry = x509.RevokedCertificateBuilder(one.serial_number, at - timedelta(days=1))
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def keys_of(
    key: rsa.RSAPrivateKey, *certificates: x509.Certificate
) -> tuple[SigningKey, DecryptionKey]:
    """A party's keys with its certificate first and those of its issuers behind."""
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    shown = [one.public_bytes(Encoding.PEM) for one in certificates]
    return SigningKey.load(private, b"".join(shown)), DecryptionKey.load(private, shown[0])
