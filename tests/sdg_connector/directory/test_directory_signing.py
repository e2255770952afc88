"""What we sign as a Common Service is believed by whoever knows the root, byte for byte."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sdg_connector.adapters.authority_files import VouchedKey, vouched_key
from sdg_connector.directory import DirectoryMisuse, DirectoryRefused
from sdg_connector.directory.signature import verify_answer
from sdg_connector.directory.signing import certificate_digest, issuer_serial, sign_answer
from xmltrust import Certificate, SigningKey

NOW = datetime(2026, 8, 6, tzinfo=UTC)
BODY = b"<answer/>"
CAPTURED = "oots/edm-2.0-france/fixtures/common_services/eb_requirements_vides.headers"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@pytest.fixture(scope="module")
def vouched(tmp_path_factory: pytest.TempPathFactory) -> VouchedKey:
    return vouched_key(tmp_path_factory.mktemp("keys"), "cs", subject="cs", now=NOW)


def headers_of(vouched: VouchedKey, body: bytes = BODY) -> dict[str, str]:
    key = SigningKey.load(vouched.key_pem, vouched.chain_pem)
    return sign_answer(body, key=key, now=NOW)


def roots_of(vouched: VouchedKey) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(vouched.root_pem)


def protected(headers: dict[str, str]) -> dict[str, object]:
    text = headers["oots-response-sig"].partition(".")[0]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def with_root(key: Key) -> tuple[SigningKey, x509.Certificate]:
    """A key, and a certificate of it that is its own root."""
    signer = ec.generate_private_key(ec.SECP256R1())
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in ("cs", "root")]
    made = [
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(names[1])
        .public_key(public)
        .serial_number(0xFFFF)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=name is names[1], path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
        for name, public in zip(names, (key.public_key(), signer.public_key()), strict=True)
    ]
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey.load(private, made[0].public_bytes(Encoding.PEM)), made[1]


def test_the_certificate_that_the_header_names_must_be_the_one_that_signs(
    vouched: VouchedKey,
) -> None:
    headers = headers_of(vouched)
    claimed = {**protected(headers), "x5t#o": {"digAlg": "S512", "digVal": "AAAA"}}
    text = base64.urlsafe_b64encode(json.dumps(claimed).encode()).rstrip(b"=").decode()
    forged = {**headers, "oots-response-sig": f"{text}..AAAA"}
    with pytest.raises(DirectoryRefused) as refusal:
        verify_answer(BODY, headers=forged, roots=roots_of(vouched), now=NOW)
    assert refusal.value.rule == "TS 119 182-1 5.2.2.3"


def test_another_body_beneath_our_signature_is_refused(vouched: VouchedKey) -> None:
    with pytest.raises(DirectoryRefused) as refusal:
        verify_answer(BODY + b"\n", headers=headers_of(vouched), roots=roots_of(vouched), now=NOW)
    assert refusal.value.rule == "TDD 3.6 digest"


def test_our_signature_is_not_believed_beneath_another_root(
    vouched: VouchedKey, tmp_path: Path
) -> None:
    other = vouched_key(tmp_path, "cs", subject="cs", now=NOW)
    with pytest.raises(DirectoryRefused) as refusal:
        verify_answer(BODY, headers=headers_of(vouched), roots=roots_of(other), now=NOW)
    assert refusal.value.rule == "TDD 3.6 trust"


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
)
def test_a_key_of_a_kind_that_the_services_do_not_use_cannot_sign(key: Key) -> None:
    with pytest.raises(DirectoryMisuse):
        sign_answer(BODY, key=with_root(key)[0], now=NOW)


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()]
)
def test_both_kinds_of_key_sign_what_verifies(key: Key) -> None:
    signing, root = with_root(key)
    verify_answer(BODY, headers=sign_answer(BODY, key=signing, now=NOW), roots=[root], now=NOW)


def test_the_key_and_its_root_are_kept(tmp_path: Path) -> None:
    first = vouched_key(tmp_path, "cs", subject="cs", now=NOW)
    again = vouched_key(tmp_path, "cs", subject="cs", now=NOW + timedelta(days=1))
    assert (again.key_pem, again.root_pem) == (first.key_pem, first.root_pem)
    verify_answer(BODY, headers=headers_of(again), roots=roots_of(first), now=NOW)


@pytest.mark.artefacts
def test_our_header_has_the_shape_of_a_captured_one(vouched: VouchedKey, artefacts: Path) -> None:
    lines = (artefacts / CAPTURED).read_text().splitlines()
    captured = protected(dict(line.split(": ", 1) for line in lines if ": " in line))
    ours = protected(headers_of(vouched))
    assert set(ours) == set(captured)
    fixed = ("alg", "typ", "b64", "crit", "sigD")
    assert [ours[name] for name in fixed] == [captured[name] for name in fixed]


@pytest.mark.artefacts
def test_the_key_id_is_made_as_the_captured_one_is(artefacts: Path) -> None:
    lines = (artefacts / CAPTURED).read_text().splitlines()
    captured = protected(dict(line.split(": ", 1) for line in lines if ": " in line))
    chain = captured["x5c"]
    assert isinstance(chain, list)
    leaf = Certificate.load(base64.b64decode(chain[0]))
    assert base64.b64encode(issuer_serial(leaf)).decode() == captured["kid"]
    digest = {"digAlg": "S512", "digVal": certificate_digest(leaf.der)}
    assert captured["x5t#o"] == digest
