"""Ask whether the certificates of a chain were revoked, where they say whom to ask.

The caller fetches; here is decided what to ask, and what an answer is worth.
https://www.rfc-editor.org/rfc/rfc6960 and https://www.rfc-editor.org/rfc/rfc5280#section-5
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from xmltrust.certificates import Certificate
from xmltrust.errors import CertificateRefused

Fetch = Callable[[str, bytes | None], bytes | None]
"""Gives what an address answers to a GET, or to a POST of an OCSP request; ``None`` for nothing."""

_SKEW: Final = timedelta(minutes=5)
_DIGESTS: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_UNREADABLE: Final = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension)


def demand_not_revoked(path: Sequence[Certificate], *, fetch: Fetch, now: datetime) -> None:
    """Raise ``CertificateRefused`` when a certificate of a verified path was revoked.

    ``path`` goes from the leaf to the anchor; the anchor itself is trusted without asking. A
    certificate that names no OCSP responder and no CRL is not asked about. One that names some,
    none of which gives a fresh and properly signed answer, is refused: silence is no innocence.
    """
    for certificate, issuer in pairwise(path):
        _demand_good(certificate.x509(), issuer.x509(), fetch, now)


def _demand_good(
    certificate: x509.Certificate, issuer: x509.Certificate, fetch: Fetch, now: datetime
) -> None:
    try:
        responders, lists = _responders(certificate), _lists(certificate)
    except _UNREADABLE:
        raise _refused("certificate/extensions", "extensions that can be read", "others") from None
    for ask, addresses in ((_by_ocsp, responders), (_by_list, lists)):
        for address in addresses or ():
            revoked = ask(certificate, issuer, address, fetch, now)
            if revoked:
                raise _refused("certificate/revoked", "a certificate that stands", "a revoked one")
            if revoked is False:
                return
    if responders is not None or lists is not None:
        count = len(responders or ()) + len(lists or ())
        raise _refused(
            "certificate/revocation",
            "an answer whether the certificate was revoked",
            f"none from {count} addresses that can be asked",
        )


def _by_ocsp(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    address: str,
    fetch: Fetch,
    now: datetime,
) -> bool | None:
    """Whether a responder says that the certificate was revoked; None when it says nothing."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256())
    data = fetch(address, builder.build().public_bytes(Encoding.DER))
    if data is None:
        return None
    try:
        answer = ocsp.load_der_ocsp_response(data)
        successful = answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
        if not successful or not _is_about(answer, certificate, issuer):
            return None
        signer = _responder(answer, issuer, now)
        if signer is None or not _signed(
            signer, answer.signature, answer.tbs_response_bytes, answer.signature_hash_algorithm
        ):
            return None
        if not _is_fresh(answer.this_update_utc, answer.next_update_utc, now):
            return None
        status = answer.certificate_status
    except _UNREADABLE:
        return None
    if status is ocsp.OCSPCertStatus.UNKNOWN:
        return None
    return status is ocsp.OCSPCertStatus.REVOKED


def _is_about(
    answer: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> bool:
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, answer.hash_algorithm)
    request = asked.build()
    return (
        answer.serial_number == request.serial_number
        and answer.issuer_key_hash == request.issuer_key_hash
        and answer.issuer_name_hash == request.issuer_name_hash
    )


def _responder(
    answer: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime
) -> x509.Certificate | None:
    """The issuer itself, or whom it let answer: RFC 6960, 4.2.2.2."""
    shown = answer.certificates
    if answer.responder_name == issuer.subject or not shown or shown[0] == issuer:
        return issuer
    delegate = shown[0]
    try:
        delegate.verify_directly_issued_by(issuer)
        usage = delegate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (InvalidSignature, x509.ExtensionNotFound, *_UNREADABLE):
        return None
    valid = delegate.not_valid_before_utc <= now <= delegate.not_valid_after_utc
    return delegate if valid and ExtendedKeyUsageOID.OCSP_SIGNING in usage else None


def _by_list(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    address: str,
    fetch: Fetch,
    now: datetime,
) -> bool | None:
    """Whether the issuer's list holds the certificate; None when there is no list to believe."""
    data = fetch(address, None)
    if data is None:
        return None
    try:
        load = x509.load_pem_x509_crl if data.startswith(b"-----") else x509.load_der_x509_crl
        found = load(data)
        # An indirect or partial list says nothing about certificates outside its scope, and an
        # extension that we do not know may change what an entry means (RFC 5280, 5.2).
        unknown = any(one.critical for one in found.extensions)
        if unknown or found.issuer != issuer.subject or not _may_sign_lists(issuer):
            return None
        if not _signed(
            issuer, found.signature, found.tbs_certlist_bytes, found.signature_hash_algorithm
        ):
            return None
        if not _is_fresh(found.last_update_utc, found.next_update_utc, now):
            return None
        return found.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
    except _UNREADABLE:
        return None


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _is_fresh(since: datetime, until: datetime | None, now: datetime) -> bool:
    return until is not None and since - _SKEW <= now < until


def _signed(
    signer: x509.Certificate, signature: bytes, data: bytes, digest: hashes.HashAlgorithm | None
) -> bool:
    """Whether the signer's key made the signature, with SHA-2 and PKCS#1 or PSS padding."""
    key = signer.public_key()
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
            return True
        if not isinstance(digest, _DIGESTS):
            return False
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(digest))
            return True
    except InvalidSignature:
        return False
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
    return any(_rsa_signed(key, signature, data, one, digest) for one in (padding.PKCS1v15(), pss))


def _rsa_signed(
    key: rsa.RSAPublicKey,
    signature: bytes,
    data: bytes,
    scheme: padding.AsymmetricPadding,
    digest: hashes.HashAlgorithm,
) -> bool:
    try:
        key.verify(signature, data, scheme, digest)
    except InvalidSignature:
        return False
    return True


def _responders(certificate: x509.Certificate) -> tuple[str, ...] | None:
    """Where OCSP can be asked; None when the certificate does not speak of it."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except x509.ExtensionNotFound:
        return None
    named = [
        one.access_location
        for one in found.value
        if one.access_method == AuthorityInformationAccessOID.OCSP
    ]
    return _addresses(named) if named else None


def _lists(certificate: x509.Certificate) -> tuple[str, ...] | None:
    """Where lists can be got; None when the certificate does not speak of any."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    except x509.ExtensionNotFound:
        return None
    return _addresses([name for point in found.value for name in point.full_name or ()])


def _addresses(names: Sequence[x509.GeneralName]) -> tuple[str, ...]:
    """Those that HTTP can reach; a directory (LDAP) is not asked."""
    return tuple(
        str(name.value)
        for name in names
        if isinstance(name, x509.UniformResourceIdentifier)
        and str(name.value).startswith(("http://", "https://"))
    )


def _refused(rule: str, expected: str, found: str) -> CertificateRefused:
    return CertificateRefused(rule, expected=expected, found=found)
