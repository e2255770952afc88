"""Parties known by an authority and a name: what must not pass first, then what does."""

import base64
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sdg_connector.adapters.peer_revocation import PeerRevocation
from sdg_connector.as4 import (
    As4Misuse,
    As4Refused,
    Keys,
    SecurityProfile,
    SentReferences,
    TokenForm,
    Vouched,
    accept_answer,
    build_receipt,
)
from sdg_connector.as4.tokens import write_pki_path
from tests.support.as4_pair import Pair, access_point, make_pair, rsa_keys
from tests.support.authorities import ENCRYPTS, NOW, SIGNS, Authority, keys_of
from xmltrust import Certificate, CertificateRefused

PARTY = "CN=AP LV,O=Agency,C=LV"
DNS = "ap.agency.example"
KEY = rsa.generate_private_key(65537, 2048)
ROOT, STRANGER = Authority(), Authority()
BELOW = ROOT.below("CN=Issuer")
SPAIN = rsa_keys("es")


def sent_by(*certificates, token=TokenForm.PKI_PATH, key=KEY):
    """A message of Latvia, signed under these certificates, on its way to Spain."""
    signing, decryption = keys_of(key, *certificates)
    keys = Keys(signing=signing, decryption=decryption)
    return make_pair(keys, SPAIN, SecurityProfile.RSA).bent(token=token)


def receiving(pair: Pair, vouched: Vouched, *signing: Certificate) -> Pair:
    """The same, where Spain knows Latvia by an authority."""
    latvia = replace(access_point("lv", pair.sender_keys), signing=signing, vouched=vouched)
    spain = pair.receiving.party("es")
    return replace(pair, receiving=replace(pair.receiving, parties=(spain, latvia)))


def vouched(**changes) -> Vouched:
    return Vouched(**{"anchors": (ROOT.loaded,), "subject": PARTY, **changes})


def taken(pair: Pair, known: Vouched, *signing: Certificate, now=NOW):
    pair = receiving(pair, known, *signing)
    packed = pair.pack()
    return pair.accept(packed.content_type, packed.body, now=now)


def code_of(refused: pytest.ExceptionInfo[As4Refused]) -> tuple[str, str]:
    return refused.value.wire_code, refused.value.rule


def leaf(issuer=BELOW, subject=PARTY, **more):
    return issuer.issue(subject, KEY, **more)


def narrow() -> tuple[x509.Certificate, ...]:
    """The root's issuer may have no issuer below it, and has one."""
    upper = ROOT.below("CN=Upper", length=0)
    lower = upper.below("CN=Lower")
    return leaf(lower), lower.certificate, upper.certificate


def no_authority() -> tuple[x509.Certificate, ...]:
    """A party's certificate that issues another."""
    other = ROOT.below("CN=Other party", ca=False, usage=SIGNS)
    return leaf(other), other.certificate


def constrained() -> tuple[x509.Certificate, ...]:
    names = x509.NameConstraints([x509.DNSName("other.example")], None)
    other = ROOT.below("CN=Narrow", more=names)
    return leaf(other), other.certificate


BAD = {
    "expired": (lambda: (leaf(until=NOW - timedelta(hours=1)), BELOW.certificate), "validity"),
    "not yet valid": (
        lambda: (leaf(since=NOW + timedelta(hours=1)), BELOW.certificate),
        "validity",
    ),
    "another authority of the same name": (lambda: (leaf(STRANGER),), "anchor"),
    "its own authority": (lambda: (leaf(STRANGER), STRANGER.certificate), "anchor"),
    "another customer of the authority": (
        lambda: (leaf(subject="CN=AP LV,O=Another,C=LV"), BELOW.certificate),
        "name",
    ),
    "a name with more in it": (
        lambda: (leaf(subject=f"OU=More,{PARTY}"), BELOW.certificate),
        "name",
    ),
    "an issuer that may have none below": (narrow, "authority"),
    "an issuer that is none": (no_authority, "authority"),
    "a key for encryption": (lambda: (leaf(usage=ENCRYPTS), BELOW.certificate), "use"),
    "the authority itself": (lambda: (ROOT.issue(PARTY, KEY, ca=True),), "use"),
    "name constraints": (constrained, "extensions"),
    "a gap in the path": (lambda: (leaf(),), "anchor"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_certificate_that_must_not_pass_is_refused(case):
    certificates, rule = BAD[case]
    with pytest.raises(As4Refused) as refused:
        taken(sent_by(*certificates()), vouched())
    assert code_of(refused) == ("EBMS:0101", f"certificate/{rule}")


def test_a_certificate_signed_with_sha1_is_refused(tmp_path):
    """OpenSSL signs it: our own library refuses to."""
    issuer = rsa.generate_private_key(65537, 2048)
    root = Authority("CN=Old root", issuer)
    for file, key in (("ca.key", issuer), ("leaf.key", KEY)):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / file).write_bytes(pem)
    (tmp_path / "ca.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    commands = (
        "openssl req -new -key leaf.key -subj /CN=AP -out leaf.csr",
        "openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -sha1 -set_serial 7 -out leaf.pem",
    )
    for command in commands:
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    old = x509.load_pem_x509_certificate((tmp_path / "leaf.pem").read_bytes())
    now = old.not_valid_before_utc + timedelta(minutes=1)
    root.certificate = root.issue("CN=Old root", issuer, ca=True, since=now - timedelta(days=1))
    known = Vouched(anchors=(root.loaded,), subject="CN=AP")
    with pytest.raises(As4Refused) as refused:
        known.path([Certificate.load(old.public_bytes(Encoding.DER))], now=now)
    assert code_of(refused) == ("EBMS:0101", "certificate/digest")


def test_a_certificate_of_the_party_does_not_help_who_lacks_its_key():
    """And nobody is asked about revocation on a stranger's word."""
    asked = []
    other = rsa.generate_private_key(65537, 2048)
    mine = BELOW.issue("CN=Me,C=ES", other)
    pair = receiving(
        sent_by(mine, BELOW.certificate, key=other),
        vouched(revocation=lambda path, now: asked.append(path)),
    )
    packed = pair.pack(message_id="a@lv.example")
    theirs = keys_of(KEY, leaf(), BELOW.certificate)[0].certificates
    shown = pair.sender_keys.signing.certificates
    swapped = packed.body.replace(
        base64.b64encode(write_pki_path(shown)), base64.b64encode(write_pki_path(theirs))
    )
    assert swapped != packed.body
    with pytest.raises(As4Refused) as refused:
        pair.accept(packed.content_type, swapped)
    assert (refused.value.wire_code, asked) == ("EBMS:0101", [])


@pytest.mark.parametrize("named", [{"subject": PARTY}, {"subject": "", "dns_name": DNS.upper()}])
def test_whatever_its_authority_certifies_under_its_name_is_accepted(named):
    for _ in range(2):
        shown = (leaf(dns=DNS), BELOW.certificate)
        assert taken(sent_by(*shown), vouched(**named)).match.sender.name == "lv"


def test_another_alternative_name_is_refused():
    for shown in (leaf(dns=f"not.{DNS}"), leaf()):
        with pytest.raises(As4Refused) as refused:
            taken(sent_by(shown, BELOW.certificate), vouched(dns_name=DNS))
        assert code_of(refused) == ("EBMS:0101", "certificate/name")


def test_a_message_that_shows_one_certificate_needs_its_issuers_configured():
    pair = sent_by(leaf(), token=TokenForm.X509V3)
    with pytest.raises(As4Refused):
        taken(pair, vouched())
    assert taken(pair, vouched(intermediates=(STRANGER.loaded, BELOW.loaded)))


@pytest.mark.parametrize("token", [TokenForm.SUBJECT_KEY_IDENTIFIER, TokenForm.ISSUER_SERIAL])
def test_a_name_of_a_certificate_is_looked_up_among_those_agreed(token):
    """Two of a party overlap while one replaces the other; an authority's word names neither."""
    old, new = (rsa_keys("lv") for _ in range(2))
    agreed = [keys.signing.certificates[0] for keys in (old, new)]
    for keys in (old, new):
        pair = make_pair(keys, SPAIN, SecurityProfile.RSA).bent(token=token)
        assert taken(pair, vouched(), *agreed)
        with pytest.raises(As4Refused) as refused:
            taken(pair, vouched(), *(one for one in agreed if one not in keys.signing.certificates))
        assert refused.value.wire_code == "EBMS:0101"


@pytest.mark.parametrize("given", [{"subject": ""}, {"anchors": ()}, {"subject": "AP LV"}])
def test_an_authority_alone_vouches_for_nobody(given):
    with pytest.raises(As4Misuse):
        vouched(**given)


class Lists:
    """Where lists of revoked certificates are got, while somebody answers."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer = answer
        self.asked = 0

    def __call__(self, url: str, request: bytes | None) -> bytes | None:
        self.asked += 1
        return self.answer


def test_a_revoked_certificate_is_refused_and_silence_too():
    shown = leaf(listed=True)
    lists = Lists(None)
    known = vouched(revocation=PeerRevocation(lists))
    pair = sent_by(shown, BELOW.certificate)
    with pytest.raises(As4Refused) as refused:
        taken(pair, known)
    assert code_of(refused) == ("EBMS:0202", "certificate/revocation"), "the peer tries again"
    lists.answer = BELOW.revoked(shown)
    with pytest.raises(As4Refused) as refused:
        taken(pair, known)
    assert code_of(refused) == ("EBMS:0101", "certificate/revoked")
    lists.answer = BELOW.revoked()
    assert taken(pair, known)


def test_an_answer_holds_for_an_hour_and_silence_is_borne_for_four_more():
    shown = leaf(listed=True)
    path = keys_of(KEY, shown, BELOW.certificate)[0].certificates
    lists = Lists(BELOW.revoked())
    check = PeerRevocation(lists)
    check(path, NOW)
    check(path, NOW + timedelta(minutes=59))
    assert lists.asked == 1
    lists.answer = None
    for hours in (2, 4.9):
        check(path, NOW + timedelta(hours=hours))
    with pytest.raises(CertificateRefused):
        check(path, NOW + timedelta(hours=5))
    lists.answer = BELOW.revoked(shown, at=NOW + timedelta(hours=2))
    with pytest.raises(CertificateRefused):
        check(path, NOW + timedelta(hours=2))
    lists.answer = None
    with pytest.raises(CertificateRefused):
        check(path, NOW + timedelta(hours=2))


def test_a_receipt_under_a_certificate_that_was_revoked_proves_nothing(new_id):
    key = rsa.generate_private_key(65537, 2048)
    shown = BELOW.issue("CN=AP ES", key, listed=True)
    signing, decryption = keys_of(key, shown, BELOW.certificate)
    pair = make_pair(
        rsa_keys("lv"), Keys(signing=signing, decryption=decryption), SecurityProfile.RSA
    )
    pair = pair.bent(token=TokenForm.PKI_PATH)
    packed = pair.pack()
    received = pair.accept(packed.content_type, packed.body)
    receipt = build_receipt(received, keys=pair.receiver_keys, new_id=new_id, now=NOW)
    lists = Lists(BELOW.revoked())
    known = vouched(subject="CN=AP ES", revocation=PeerRevocation(lists, recheck=timedelta(0)))
    spain = replace(pair.spain, signing=(), vouched=known)

    def answered():
        return accept_answer(
            receipt.content_type,
            [receipt.body],
            message_id=packed.message_id,
            sent=SentReferences(packed.references).references,
            receiver=spain,
            profile=SecurityProfile.RSA,
            now=NOW,
        )

    assert answered().ref_to_message_id == packed.message_id
    lists.answer = BELOW.revoked(shown)
    with pytest.raises(As4Refused) as refused:
        answered()
    assert code_of(refused) == ("EBMS:0302", "certificate/revoked")
