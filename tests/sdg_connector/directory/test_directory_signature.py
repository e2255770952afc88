"""A signed answer of the Common Services is believed, and no other."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sdg_connector.directory import DirectoryRefused
from sdg_connector.directory.signature import verify_answer

NOW = datetime(2026, 8, 6, tzinfo=UTC)
BODY = b"<answer/>"
Key = ec.EllipticCurvePrivateKey


def certificate(
    subject: str, key: Key, issuer: str, signer: Key, *, authority: bool
) -> x509.Certificate:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )


ROOT_KEY = ec.generate_private_key(ec.SECP256R1())
LEAF_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())
ROOT = certificate("root", ROOT_KEY, "root", ROOT_KEY, authority=True)
LEAF = certificate("leaf", LEAF_KEY, "root", ROOT_KEY, authority=False)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(
    body: bytes = BODY,
    *,
    key: Key = LEAF_KEY,
    chain: tuple[x509.Certificate, ...] = (LEAF,),
    **changes: Any,
) -> dict[str, str]:
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    header = {
        "alg": "ES256",
        "x5c": [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain],
        "crit": ["b64", "sigD"],
        "b64": False,
        "sigD": {"mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": ["digest"]},
        **changes,
    }
    protected = encoded(json.dumps(header).encode())
    octets = key.sign(f"{protected}.digest: {digest}".encode(), ec.ECDSA(hashes.SHA256()))
    first, second = decode_dss_signature(octets)
    raw = first.to_bytes(32, "big") + second.to_bytes(32, "big")
    return {"Digest": digest, "OOTS-Response-Sig": f"{protected}..{encoded(raw)}"}


def refusal_of(headers: dict[str, str], *, body: bytes = BODY, now: datetime = NOW) -> str:
    with pytest.raises(DirectoryRefused) as refusal:
        verify_answer(body, headers=headers, roots=[ROOT], now=now)
    return refusal.value.rule


def test_a_changed_body_is_refused() -> None:
    assert refusal_of(signed(), body=b"<answer />") == "TDD 3.6 digest"


def test_a_digest_of_the_changed_body_does_not_help() -> None:
    forged = {**signed(), "Digest": signed(b"<other/>")["Digest"]}
    assert refusal_of(forged, body=b"<other/>") == "RFC 7515 5.2"


def test_a_signature_of_another_key_is_refused() -> None:
    assert refusal_of(signed(key=OTHER_KEY)) == "RFC 7515 5.2"


def test_a_chain_to_an_unknown_root_is_refused() -> None:
    alone = certificate("leaf", OTHER_KEY, "root", OTHER_KEY, authority=False)
    assert refusal_of(signed(key=OTHER_KEY, chain=(alone,))) == "TDD 3.6 trust"


def test_a_certificate_that_is_no_authority_cannot_vouch_for_another() -> None:
    forged = certificate("forged", OTHER_KEY, "leaf", LEAF_KEY, authority=False)
    assert refusal_of(signed(key=OTHER_KEY, chain=(forged, LEAF))) == "TDD 3.6 trust"


def test_an_expired_certificate_is_refused() -> None:
    assert refusal_of(signed(), now=NOW + timedelta(days=2)) == "RFC 5280 6.1.3"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"alg": "none"}, "TDD 3.6 algorithm"),
        ({"alg": "HS256"}, "TDD 3.6 algorithm"),
        ({"b64": True}, "TDD 3.6 signature"),
        ({"crit": ["b64", "sigD", "x"]}, "RFC 7515 4.1.11"),
        ({"crit": None}, "RFC 7515 4.1.11"),
        ({"sigD": {"mId": "x", "pars": ["digest"]}}, "TDD 3.6 signature"),
        ({"x5c": []}, "RFC 7515 4.1.6"),
        ({"x5c": ["AAAA"]}, "RFC 7515 4.1.6"),
    ],
)
def test_a_header_that_says_something_else_is_refused(change: dict[str, Any], rule: str) -> None:
    assert refusal_of(signed(**change)) == rule


@pytest.mark.parametrize("value", ["", "a.b.c", "..", "!..!", "e30..", "W10..AA"])
def test_anything_that_is_no_detached_signature_is_refused(value: str) -> None:
    assert refusal_of({**signed(), "OOTS-Response-Sig": value}).startswith("RFC 7515")


def test_an_unsigned_answer_is_refused() -> None:
    assert refusal_of({}) == "TDD 3.6 digest"


def test_a_signed_answer_is_believed() -> None:
    verify_answer(BODY, headers=signed(), roots=[ROOT], now=NOW)


@pytest.mark.artefacts
def test_the_seven_captured_answers_verify(artefacts: Path) -> None:
    folder = artefacts / "oots/edm-2.0-france"
    roots = [
        one
        for file in sorted((folder / "certificats").glob("*.pem"))
        for one in x509.load_pem_x509_certificates(file.read_bytes())
    ]
    captured = sorted((folder / "fixtures/common_services").glob("*.headers"))
    for file in captured:
        lines = [line.split(":", 1) for line in file.read_text().splitlines() if ":" in line]
        headers = {name.strip(): value.strip() for name, value in lines}
        verify_answer(file.with_suffix(".xml").read_bytes(), headers=headers, roots=roots, now=NOW)
    assert len(captured) == 7
