"""Verify that an answer of the Common Services is theirs: a detached JWS over its digest.

TDD 3.6: header ``digest`` holds the SHA-256 of the body, header ``oots-response-sig`` a JAdES
signature over that header (ETSI TS 119 182-1, 5.2.8.2 HttpHeaders).
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from sdg_connector.directory.errors import DirectoryRefused
from sdg_connector.directory.signing import certificate_digest

_HEADERS = "http://uri.etsi.org/19182/HttpHeaders"
_CRITICAL = {"b64", "sigD"}
_LONGEST_CHAIN = 6


def verify_answer(
    body: bytes,
    *,
    headers: Mapping[str, str],
    roots: Sequence[x509.Certificate],
    now: datetime,
) -> None:
    """Return when the body was signed by a key that one of ``roots`` vouches for.

    Raises ``DirectoryRefused`` otherwise. The body must be the bytes as they came.
    """
    named = {name.lower(): value for name, value in headers.items()}
    digest = named.get("digest", "")
    _check_digest(body, digest)
    protected, signature = _split(named.get("oots-response-sig", ""))
    header = _header(protected)
    chain = _chain(header)
    _check_own_digest(header, chain[0])
    _check_chain(chain, roots, now)
    signed = f"{protected}.digest: {digest}".encode("ascii", "replace")
    _check_signature(chain[0], str(header.get("alg")), signed, signature)


def _check_digest(body: bytes, header: str) -> None:
    expected = base64.b64encode(hashlib.sha256(body).digest()).decode()
    algorithm, _, value = header.partition("=")
    if algorithm.strip().upper() != "SHA-256" or not hmac.compare_digest(
        value.strip().encode(), expected.encode()
    ):
        raise _refused("TDD 3.6 digest", "the SHA-256 of the body", "another digest")


def _split(value: str) -> tuple[str, bytes]:
    parts = value.split(".")
    if len(parts) != 3 or parts[1]:
        raise _refused("RFC 7515 appendix F", "a detached JWS", "something else")
    return parts[0], _base64url(parts[2])


def _header(protected: str) -> dict[str, Any]:
    try:
        header = json.loads(_base64url(protected))
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise _refused("RFC 7515 4", "a JSON object as protected header", "something else")
    critical = header.get("crit")
    if not isinstance(critical, list) or not set(map(str, critical)) <= _CRITICAL:
        raise _refused("RFC 7515 4.1.11", "only b64 and sigD as critical", "another set")
    signed = header.get("sigD")
    if (
        header.get("b64") is not False
        or not isinstance(signed, dict)
        or signed.get("mId") != _HEADERS
        or signed.get("pars") != ["digest"]
    ):
        raise _refused("TDD 3.6 signature", "a signature over the header digest", "another")
    return header


def _chain(header: Mapping[str, Any]) -> list[x509.Certificate]:
    given = header.get("x5c")
    if not isinstance(given, list) or not 0 < len(given) <= _LONGEST_CHAIN:
        raise _refused("RFC 7515 4.1.6", "one to six certificates in x5c", "another number")
    try:
        return [
            x509.load_der_x509_certificate(base64.b64decode(str(one), validate=True))
            for one in given
        ]
    except ValueError:
        raise _refused("RFC 7515 4.1.6", "certificates in x5c", "something else") from None


def _check_own_digest(header: Mapping[str, Any], certificate: x509.Certificate) -> None:
    """JAdES 5.1.7 wants a digest of the signing certificate; where there is one, it must fit."""
    given = header.get("x5t#o")
    if given is None:
        return
    der = certificate.public_bytes(Encoding.DER)
    if given != {"digAlg": "S512", "digVal": certificate_digest(der)}:
        raise _refused("TS 119 182-1 5.2.2.3", "the SHA-512 of the certificate", "another")


def _check_chain(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], now: datetime
) -> None:
    trusted = {one.fingerprint(hashes.SHA256()) for one in roots}
    current = chain[0]
    others = [*chain[1:], *roots]
    for _ in range(_LONGEST_CHAIN):
        if not current.not_valid_before_utc <= now <= current.not_valid_after_utc:
            raise _refused("RFC 5280 6.1.3", "a certificate that is valid now", "another")
        if current.fingerprint(hashes.SHA256()) in trusted:
            return
        issuer = next((one for one in others if _issued(current, one)), None)
        if issuer is None:
            break
        current = issuer
    raise _refused("TDD 3.6 trust", "a chain to a configured root", "no such chain")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject or certificate == issuer or not _may_issue(issuer):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return found.value.ca


def _check_signature(
    certificate: x509.Certificate, algorithm: str, signed: bytes, signature: bytes
) -> None:
    key = certificate.public_key()
    try:
        if algorithm == "ES256" and isinstance(key, ec.EllipticCurvePublicKey):
            if not isinstance(key.curve, ec.SECP256R1) or len(signature) != 64:
                raise InvalidSignature
            first = int.from_bytes(signature[:32], "big")
            second = int.from_bytes(signature[32:], "big")
            key.verify(encode_dss_signature(first, second), signed, ec.ECDSA(hashes.SHA256()))
            return
        if algorithm == "EdDSA" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
            return
    except InvalidSignature:
        raise _refused("RFC 7515 5.2", "a signature of the certified key", "another") from None
    raise _refused("TDD 3.6 algorithm", "ES256 or EdDSA with a key of its kind", "another")


def _base64url(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _refused("RFC 7515 2", "base64url", "something else") from None


def _refused(rule: str, expected: str, found: str) -> DirectoryRefused:
    return DirectoryRefused(rule=rule, expected=expected, found=found)
