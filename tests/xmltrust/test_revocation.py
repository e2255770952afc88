"""Revocation: a revoked certificate, an unsigned or old answer and silence are all refused."""

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from xmltrust import Certificate, CertificateRefused
from xmltrust.revocation import demand_not_revoked

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
OCSP, LIST = "http://ocsp.example/", "http://ca.example/list.crl"
KEYS = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("ca", "leaf", "delegate")}


def name_of(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def issued(subject, serial, *extensions, issuer="ca", signer="ca", now=NOW):
    builder = x509.CertificateBuilder(
        name_of(issuer), name_of(subject), KEYS[subject].public_key(), serial, now - DAY, now + DAY
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(KEYS[signer], hashes.SHA256())


def responder(address=OCSP):
    location = x509.UniformResourceIdentifier(address)
    access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, location)
    return x509.AuthorityInformationAccess([access])


def points(address=LIST):
    names = [x509.UniformResourceIdentifier(address)]
    return x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)])


CA = issued("ca", 1, x509.BasicConstraints(ca=True, path_length=None))


def listed(*serials, signer="ca", since=NOW - DAY, until=NOW + DAY, issuer="ca", extension=None):
    builder = x509.CertificateRevocationListBuilder(name_of(issuer), since, until)
    for serial in serials:
        entry = x509.RevokedCertificateBuilder(serial, NOW - DAY).build()
        builder = builder.add_revoked_certificate(entry)
    if extension is not None:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(KEYS[signer], hashes.SHA256()).public_bytes(Encoding.DER)


def answered(leaf, *, status=ocsp.OCSPCertStatus.GOOD, signer="ca", shown=None, until=NOW + DAY):
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        leaf,
        CA,
        hashes.SHA256(),
        status,
        NOW - DAY,
        until,
        NOW - DAY if revoked else None,
        None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, shown or CA)
    if shown is not None:
        builder = builder.certificates([shown])
    return builder.sign(KEYS[signer], hashes.SHA256()).public_bytes(Encoding.DER)


def forged(data):
    """The answer with the last octet of its signature changed."""
    return data[:-1] + bytes((data[-1] ^ 1,))


def judged(leaf, answers, *, now=NOW, ca=CA):
    """The rule that refuses a path of this leaf, or None when nothing does."""
    path = [Certificate.load(one.public_bytes(Encoding.DER)) for one in (leaf, ca)]
    fetch = answers if callable(answers) else lambda url, _: answers.get(url)
    try:
        demand_not_revoked(path, fetch=fetch, now=now)
    except CertificateRefused as refusal:
        return refusal.rule
    return None


BY_LIST, BY_OCSP = issued("leaf", 7, points()), issued("leaf", 7, responder())
OTHER = issued("leaf", 8, responder())
DELEGATE = issued("delegate", 9, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]))
NO_DELEGATE = issued("delegate", 9, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]))
STRANGER = issued(
    "delegate", 9, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), signer="leaf"
)
PARTIAL = x509.IssuingDistributionPoint(
    full_name=None,
    relative_name=None,
    only_contains_user_certs=False,
    only_contains_ca_certs=True,
    only_some_reasons=None,
    indirect_crl=False,
    only_contains_attribute_certs=False,
)
UNKNOWN = "certificate/revocation"


def test_a_certificate_that_names_nobody_is_not_asked_about():
    assert judged(issued("leaf", 7), {}) is None


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (listed(), None),
        (listed(8), None),
        (listed(7), "certificate/revoked"),
        (listed(7, signer="leaf"), UNKNOWN),
        (listed(until=NOW - dt.timedelta(hours=1)), UNKNOWN),
        (listed(since=NOW + dt.timedelta(hours=1)), UNKNOWN),
        (listed(issuer="another"), UNKNOWN),
        (listed(extension=PARTIAL), UNKNOWN),
        (b"", UNKNOWN),
        (b"-----BEGIN X509 CRL-----", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_a_list_is_believed_when_its_issuer_signed_it_and_it_is_fresh(data, rule):
    assert judged(BY_LIST, {LIST: data}) == rule


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (answered(BY_OCSP), None),
        (answered(BY_OCSP, status=ocsp.OCSPCertStatus.REVOKED), "certificate/revoked"),
        (answered(BY_OCSP, status=ocsp.OCSPCertStatus.UNKNOWN), UNKNOWN),
        (forged(answered(BY_OCSP)), UNKNOWN),
        (answered(BY_OCSP, until=NOW - dt.timedelta(hours=1)), UNKNOWN),
        (answered(BY_OCSP, until=None), UNKNOWN),
        (answered(OTHER), UNKNOWN),
        (answered(BY_OCSP, signer="delegate", shown=DELEGATE), None),
        (answered(BY_OCSP, signer="delegate", shown=NO_DELEGATE), UNKNOWN),
        (answered(BY_OCSP, signer="delegate", shown=STRANGER), UNKNOWN),
        (b"\x30\x03\x0a\x01\x06", UNKNOWN),
        (b"no answer", UNKNOWN),
    ],
)
def test_a_responder_is_believed_when_the_issuer_lets_it_answer(data, rule):
    assert judged(BY_OCSP, {OCSP: data}) == rule


def test_a_list_answers_where_the_responder_is_silent():
    both = issued("leaf", 7, responder(), points())
    assert judged(both, {LIST: listed()}) is None
    assert judged(both, {LIST: listed(7)}) == "certificate/revoked"
    assert judged(both, {}) == UNKNOWN


def test_a_directory_that_nobody_can_ask_is_no_answer():
    assert judged(issued("leaf", 7, points("ldap://ca.example/cn=ca")), {}) == UNKNOWN


def test_an_issuer_that_may_sign_no_lists_signs_none():
    usage = x509.KeyUsage(*[False] * 5, key_cert_sign=True, crl_sign=False, encipher_only=False,
                          decipher_only=False)  # fmt: skip
    weak = issued("ca", 1, x509.BasicConstraints(ca=True, path_length=None), usage)
    assert judged(BY_LIST, {LIST: listed()}, ca=weak) == UNKNOWN


@pytest.mark.peer
@pytest.mark.parametrize(("state", "rule"), [("V", None), ("R", "certificate/revoked")])
def test_openssl_as_the_responder_and_as_the_authority_is_believed(tmp_path, state, rule):
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed (Debian: apt install openssl)")
    now = dt.datetime.now(dt.UTC)
    ca = issued("ca", 1, x509.BasicConstraints(ca=True, path_length=None), now=now)
    leaf = issued("leaf", 7, responder(), now=now)
    openssl = _openssl(tmp_path, ca, state, now)

    def ask(url, request):
        assert url == OCSP
        (tmp_path / "request.der").write_bytes(request)
        signing = ["-rsigner", "ca.crt", "-rkey", "ca.key", "-rmd", "sha256", "-ndays", "1"]
        openssl("ocsp", "-index", "index.txt", "-CA", "ca.crt", *signing,
                "-reqin", "request.der", "-respout", "answer.der")  # fmt: skip
        return (tmp_path / "answer.der").read_bytes()

    assert judged(leaf, ask, now=now, ca=ca) == rule
    openssl("ca", "-gencrl", "-config", "ca.conf", "-out", "list.pem")
    with_list = issued("leaf", 7, points(), now=now)
    pem = (tmp_path / "list.pem").read_bytes()
    soon = now + dt.timedelta(minutes=1)
    assert judged(with_list, {LIST: pem}, now=soon, ca=ca) == rule


def _openssl(folder: Path, ca, state, now):
    (folder / "ca.crt").write_bytes(ca.public_bytes(Encoding.PEM))
    key = KEYS["ca"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ca.key").write_bytes(key)
    ended = f"{now - DAY:%y%m%d%H%M%SZ}" if state == "R" else ""
    (folder / "index.txt").write_text(
        f"{state}\t{now + DAY:%y%m%d%H%M%SZ}\t{ended}\t07\tu\t/CN=leaf\n"
    )
    (folder / "ca.conf").write_text(
        f"[ca]\ndefault_ca=one\n[one]\ndatabase={folder}/index.txt\ncertificate={folder}/ca.crt\n"
        f"private_key={folder}/ca.key\ndefault_md=sha256\ndefault_crl_days=1\n"
    )

    def run(*arguments):
        subprocess.run(
            ["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=30
        )

    return run
