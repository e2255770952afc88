"""Sign an answer of the Common Services as the Commission's services do, detached over its digest.

TDD 3.6: the SHA-256 of the body goes into the header ``digest``, a JAdES signature over that
header into ``oots-response-sig`` (ETSI TS 119 182-1, 5.2.8.2 HttpHeaders).
"""

import base64
import hashlib
import json
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec

from sdg_connector.directory.errors import DirectoryMisuse
from xmltrust import Certificate, SignatureAlgorithm, SigningKey
from xmltrust.certificates import family_of
from xmltrust.signature_value import sign_octets

_HEADERS = "http://uri.etsi.org/19182/HttpHeaders"
_JWS_NAMES = {SignatureAlgorithm.ED25519: "EdDSA", SignatureAlgorithm.ECDSA_SHA256: "ES256"}


def sign_answer(body: bytes, *, key: SigningKey, now: datetime) -> dict[str, str]:
    """The two HTTP headers by which ``verify_answer`` believes these bytes.

    ``key`` holds a P-256 or Ed25519 key and its certificate chain, leaf first (TDD 3.6: EdDSA
    should, ES256 may be used). Raises ``DirectoryMisuse`` for a key of another kind.
    """
    algorithm = _algorithm(key)
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    header = {
        "alg": _JWS_NAMES[algorithm],
        "kid": base64.b64encode(issuer_serial(key.certificates[0])).decode(),
        "x5t#o": {"digAlg": "S512", "digVal": certificate_digest(key.certificates[0].der)},
        "x5c": [base64.b64encode(one.der).decode() for one in key.certificates],
        "typ": "jose",
        "b64": False,
        "iat": int(now.timestamp()),
        "sigD": {"mId": _HEADERS, "pars": ["digest"]},
        "crit": ["b64", "sigD"],
    }
    protected = _base64url(json.dumps(header, separators=(",", ":")).encode())
    signed = f"{protected}.digest: {digest}".encode("ascii")
    signature = sign_octets(signed, key=key, algorithm=algorithm)
    return {"digest": digest, "oots-response-sig": f"{protected}..{_base64url(signature)}"}


def certificate_digest(der: bytes) -> str:
    """``x5t#o/digVal`` with ``digAlg`` S512 (ETSI TS 119 182-1, 5.2.2.3)."""
    return _base64url(hashlib.sha512(der).digest())


def issuer_serial(certificate: Certificate) -> bytes:
    """``IssuerSerial`` of RFC 5035 in DER, which JAdES puts into ``kid`` (5.1.4)."""
    leaf = certificate.x509()
    directory_name = _der(0xA4, leaf.issuer.public_bytes())
    number = leaf.serial_number
    serial = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return _der(0x30, _der(0x30, directory_name) + _der(0x02, serial))


def _algorithm(key: SigningKey) -> SignatureAlgorithm:
    public = key.signer.public_key
    if isinstance(public, ec.EllipticCurvePublicKey) and not isinstance(public.curve, ec.SECP256R1):
        raise DirectoryMisuse("answers are signed with P-256 or Ed25519, and this is another curve")
    family = family_of(public)
    for algorithm in _JWS_NAMES:
        if algorithm.family is family:
            return algorithm
    raise DirectoryMisuse("answers are signed with P-256 or Ed25519, and this is another key")


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
