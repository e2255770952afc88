"""Walk the outer structure of a certificate that a strict reader refuses."""

from dataclasses import dataclass
from datetime import UTC, datetime

from xmltrust.errors import CertificateRefused

_SEQUENCE, _UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x30, 0x17, 0x18, 0xA0


@dataclass(frozen=True, slots=True)
class CertificateParts:
    """What is needed of a certificate to use its key."""

    public_key_info: bytes
    """SubjectPublicKeyInfo, DER."""
    not_before: datetime
    not_after: datetime


def read_certificate_parts(der: bytes) -> CertificateParts:
    """Find validity and public key by position alone; raises ``CertificateRefused``.

    TBSCertificate is a sequence of version, serialNumber, signature, issuer, validity, subject,
    subjectPublicKeyInfo (https://www.rfc-editor.org/rfc/rfc5280#section-4.1).
    """
    try:
        tag, content, _, rest = _element(der)
        _expect(tag == _SEQUENCE and not rest)
        tag, tbs, _, _ = _element(content)
        _expect(tag == _SEQUENCE)
        if tbs[:1] == bytes((_VERSION,)):
            tbs = _element(tbs)[3]
        for _field in ("serialNumber", "signature", "issuer"):
            tbs = _element(tbs)[3]
        _, validity, _, tbs = _element(tbs)
        tbs = _element(tbs)[3]
        tag, _, whole, _ = _element(tbs)
        _expect(tag == _SEQUENCE)
        kind, start, _, after = _element(validity)
        end_kind, end, _, _ = _element(after)
        return CertificateParts(whole, _time(kind, start), _time(end_kind, end))
    except (IndexError, ValueError):
        raise CertificateRefused(
            "certificate/der", expected="an X.509 certificate", found="other octets"
        ) from None


def _element(data: bytes) -> tuple[int, bytes, bytes, bytes]:
    """Tag, content, whole element, and the rest after it."""
    tag, length, start = data[0], data[1], 2
    if length & 0x80:
        count = length & 0x7F
        _expect(1 <= count <= 4)
        length = int.from_bytes(data[2 : 2 + count], "big")
        start += count
    end = start + length
    _expect(end <= len(data))
    return tag, data[start:end], data[:end], data[end:]


def _time(kind: int, content: bytes) -> datetime:
    _expect(kind in (_UTC_TIME, _GENERALIZED_TIME))
    text = content.decode("ascii")
    if kind == _UTC_TIME:
        # "Where YY is greater than or equal to 50, the year SHALL be interpreted as 19YY"
        text = ("19" if text[:2] >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _expect(condition: bool) -> None:
    if not condition:
        raise ValueError
