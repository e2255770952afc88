"""Whether a certificate that a message shows is its party's: who vouches for it, under which name.

A party is known by certificates that were agreed one by one, or by an authority that was agreed
with the name that it certifies. RFC 5280, 6: https://www.rfc-editor.org/rfc/rfc5280#section-6
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from sdg_connector.as4.errors import As4Misuse, As4Refused, EbmsError
from xmltrust import Certificate, CertificateRefused
from xmltrust.chains import verify_chain

RevocationCheck = Callable[[Sequence[Certificate], datetime], None]
"""Raises ``CertificateRefused`` unless every certificate of a verified path stands."""

_MIN_RSA_BITS = 2048
_LONGEST = 8
_NO_ANSWER = "certificate/revocation"
"""The rule of ``xmltrust.revocation`` for silence: nothing is known against the certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Who vouches for a party's signing certificates, and for which name."""

    anchors: tuple[Certificate, ...] = field(repr=False)
    """Authorities that were agreed: roots, or issuers that stand for themselves."""
    subject: str = ""
    """The whole subject, as RFC 4514 writes it: ``CN=AP ES,O=Agency,C=ES``."""
    dns_name: str = ""
    """A subject alternative name of kind dNSName, compared whole."""
    intermediates: tuple[Certificate, ...] = field(default=(), repr=False)
    """Issuers for messages that show the last certificate alone."""
    revocation: RevocationCheck | None = field(default=None, repr=False)
    """Asked once the signature has proven that the certificate is its sender's."""

    def __post_init__(self) -> None:
        """Raise ``As4Misuse`` without a name: any customer of the authority would be the party."""
        if not self.anchors or not (self.subject or self.dns_name):
            raise As4Misuse("a party is vouched for by an authority and under a name")
        _name(self.subject)

    def path(
        self, shown: Sequence[Certificate], *, now: datetime, signs: bool = True
    ) -> tuple[Certificate, ...]:
        """The verified path from the party's certificate, shown first, to an authority.

        Without ``signs`` its use is not looked at. Raises ``As4Refused`` (EBMS:0101).
        """
        try:
            path = verify_chain(
                self._completed(shown),
                anchors=self.anchors,
                now=now,
                min_rsa_bits=_MIN_RSA_BITS,
            )
            if signs:
                _check_use(path[0].x509())
            self._check_name(path[0].x509())
        except CertificateRefused as refused:
            raise _refused(EbmsError.FAILED_AUTHENTICATION, refused) from refused
        return path

    def demand_standing(self, path: Sequence[Certificate], *, now: datetime) -> None:
        """Raise ``As4Refused``: EBMS:0101 when one was revoked; 0202, so that the peer tries again,
        when nobody could say.
        """
        if self.revocation is None:
            return
        try:
            self.revocation(path, now)
        except CertificateRefused as refused:
            silent = refused.rule == _NO_ANSWER
            error = EbmsError.DELIVERY_FAILURE if silent else EbmsError.FAILED_AUTHENTICATION
            raise _refused(error, refused) from refused

    def _completed(self, shown: Sequence[Certificate]) -> tuple[Certificate, ...]:
        path = list(shown)
        while len(path) < _LONGEST:
            above = [one for one in self.intermediates if _issued(path[-1], one)]
            if not above or above[0] in path:
                break
            path.append(above[0])
        return tuple(path)

    def _check_name(self, leaf: x509.Certificate) -> None:
        if self.subject and leaf.subject != _name(self.subject):
            raise CertificateRefused(
                "certificate/name", expected="the subject agreed with the party", found="another"
            )
        if self.dns_name and self.dns_name.lower() not in _dns_names(leaf):
            raise CertificateRefused(
                "certificate/name",
                expected="the alternative name agreed with the party",
                found="others",
            )


def _check_use(leaf: x509.Certificate) -> None:
    """It may sign messages, and it is no authority itself."""
    extensions = [one.value for one in leaf.extensions]
    if any(isinstance(one, x509.BasicConstraints) and one.ca for one in extensions):
        raise CertificateRefused(
            "certificate/use", expected="a party's certificate", found="an authority's"
        )
    if any(isinstance(one, x509.KeyUsage) and not one.digital_signature for one in extensions):
        raise CertificateRefused(
            "certificate/use", expected="a key that may sign", found="one for another use"
        )


def _dns_names(leaf: x509.Certificate) -> set[str]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {name.lower() for name in names.get_values_for_type(x509.DNSName)}


def _name(text: str) -> x509.Name:
    try:
        return x509.Name.from_rfc4514_string(text)
    except ValueError:
        raise As4Misuse(
            "expected a subject such as CN=AP ES,O=Agency,C=ES (RFC 4514), found another text"
        ) from None


def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        certificate.x509().verify_directly_issued_by(issuer.x509())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, CertificateRefused):
        return False
    return True


def _refused(error: EbmsError, refused: CertificateRefused) -> As4Refused:
    return As4Refused(error, refused.rule, expected=refused.expected, found=refused.found)
