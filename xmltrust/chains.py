"""Follow a certificate chain to an anchor that the caller trusts."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from xmltrust.certificates import Certificate, key_bits
from xmltrust.errors import CertificateRefused

_LONGEST = 8
_LEAST_CURVE_BITS = 256
_DIGESTS = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_UNDERSTOOD = (
    x509.BasicConstraints,
    x509.KeyUsage,
    x509.ExtendedKeyUsage,
    x509.SubjectAlternativeName,
    x509.CertificatePolicies,
    x509.CRLDistributionPoints,
)


def verify_chain(
    certificates: Sequence[Certificate],
    *,
    anchors: Sequence[Certificate],
    now: datetime,
    min_rsa_bits: int = 3072,
) -> tuple[Certificate, ...]:
    """The path from the first certificate, the leaf, to one of the anchors, both included.

    The chain stands leaf first and in order; each certificate must be valid at ``now``, each
    issuer must be a CA whose key made the next signature, with SHA-2; a critical extension that is
    not understood here, name constraints among them, ends the path. Revocation:
    ``xmltrust.revocation``.
    Raises ``CertificateRefused``. https://www.rfc-editor.org/rfc/rfc5280#section-6
    """
    if not 1 <= len(certificates) <= _LONGEST:
        raise CertificateRefused(
            "certificate/chain",
            expected=f"1 to {_LONGEST} certificates",
            found=f"{len(certificates)}",
        )
    path: list[Certificate] = []
    for certificate in certificates:
        _check_understood(certificate)
        if path:
            _check_issued(path[-1], certificate, below=len(path) - 1)
        _check_valid(certificate, now, min_rsa_bits)
        path.append(certificate)
        if any(anchor.der == certificate.der for anchor in anchors):
            return tuple(path)
        _check_signed(certificate)
        for anchor in anchors:
            if _issued(certificate, anchor):
                _check_issued(certificate, anchor, below=len(path) - 1)
                _check_valid(anchor, now, min_rsa_bits)
                return (*path, anchor)
    raise CertificateRefused(
        "certificate/anchor", expected="a chain to a trust anchor", found="a chain to another"
    )


def may_issue(certificate: Certificate) -> bool:
    """Whether a certificate says that it is an authority's, and may sign certificates."""
    try:
        extensions = certificate.x509().extensions
        basic = extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = [one.value for one in extensions if isinstance(one.value, x509.KeyUsage)]
    except (ValueError, CertificateRefused, x509.ExtensionNotFound, x509.DuplicateExtension):
        return False
    return basic.ca and all(one.key_cert_sign for one in usage)


def _check_valid(certificate: Certificate, now: datetime, min_rsa_bits: int) -> None:
    if not certificate.valid_at(now):
        raise CertificateRefused(
            "certificate/validity",
            expected=f"validity at {now:%Y-%m-%d}",
            found=f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}",
        )
    is_rsa = isinstance(certificate.public_key, rsa.RSAPublicKey)
    least = min_rsa_bits if is_rsa else _LEAST_CURVE_BITS
    if key_bits(certificate.public_key) < least:
        raise CertificateRefused(
            "key/size", expected=f"{least} bits", found=f"{key_bits(certificate.public_key)} bits"
        )


def _check_signed(certificate: Certificate) -> None:
    """RFC 5280 6.1.3 (a)(1), with a digest that nobody can collide."""
    digest = certificate.x509().signature_hash_algorithm
    if digest is not None and not isinstance(digest, _DIGESTS):
        raise CertificateRefused(
            "certificate/digest", expected="SHA-256, SHA-384 or SHA-512", found=digest.name
        )


def _check_understood(certificate: Certificate) -> None:
    """RFC 5280 4.2: whoever does not understand a critical extension refuses the certificate."""
    try:
        extensions = list(certificate.x509().extensions)
    except (ValueError, x509.DuplicateExtension):
        raise CertificateRefused(
            "certificate/extensions", expected="extensions that can be read", found="others"
        ) from None
    for one in extensions:
        if isinstance(one.value, x509.NameConstraints) or (
            one.critical and not isinstance(one.value, _UNDERSTOOD)
        ):
            raise CertificateRefused(
                "certificate/extensions",
                expected="no extension that must be understood and is not",
                found=one.oid.dotted_string,
            )


def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        certificate.x509().verify_directly_issued_by(issuer.x509())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, CertificateRefused):
        return False
    return True


def _check_issued(certificate: Certificate, issuer: Certificate, *, below: int) -> None:
    """The issuer signed it, may issue, and may have this many intermediates below it."""
    if not _issued(certificate, issuer):
        raise CertificateRefused(
            "certificate/issuer",
            expected="a certificate signed by the next one in the chain",
            found=f"{certificate.subject_for_log}, which was not",
        )
    if not may_issue(issuer) or _too_long(issuer, below):
        raise CertificateRefused(
            "certificate/authority",
            expected="an issuer that may issue this certificate",
            found=f"{issuer.subject_for_log}, which may not",
        )


def _too_long(issuer: Certificate, below: int) -> bool:
    basic = issuer.x509().extensions.get_extension_for_class(x509.BasicConstraints).value
    return basic.path_length is not None and below > basic.path_length
