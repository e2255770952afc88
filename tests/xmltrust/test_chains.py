"""Certificate chains: each link is proven, and only an anchor ends them."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from xmltrust import Certificate, CertificateRefused
from xmltrust.chains import verify_chain

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
KEYS = {
    name: ec.generate_private_key(ec.SECP256R1()) for name in ("root", "middle", "leaf", "evil")
}


def _name(text):
    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, text)])


def _issue(subject, issuer, *, ca=True, path_length=None, days=365, signer=None):
    builder = x509.CertificateBuilder(
        _name(issuer),
        _name(subject),
        KEYS[subject].public_key(),
        1,
        NOW - dt.timedelta(10),
        NOW + dt.timedelta(days),
    )
    if ca is not None:
        constraints = x509.BasicConstraints(ca=ca, path_length=path_length if ca else None)
        builder = builder.add_extension(constraints, critical=True)
    made = builder.sign(KEYS[signer or issuer], hashes.SHA256())
    return Certificate.load(made.public_bytes(Encoding.DER))


ROOT = _issue("root", "root")
MIDDLE = _issue("middle", "root")
LEAF = _issue("leaf", "middle", ca=False)


def _refused(certificates, *, anchors=(ROOT,), now=NOW):
    with pytest.raises(CertificateRefused) as caught:
        verify_chain(certificates, anchors=anchors, now=now)
    return caught.value.rule


def test_a_chain_to_an_anchor_holds_whether_it_shows_the_anchor_or_not():
    whole = (LEAF, MIDDLE, ROOT)
    assert verify_chain(whole, anchors=[ROOT], now=NOW) == whole
    assert verify_chain(whole[:2], anchors=[ROOT], now=NOW) == whole
    assert verify_chain([LEAF], anchors=[LEAF], now=NOW) == (LEAF,)


def test_an_anchor_of_the_same_name_but_another_key_is_none():
    KEYS["root"], kept = KEYS["evil"], KEYS["root"]
    other = _issue("root", "root")
    KEYS["root"] = kept
    assert _refused([LEAF, MIDDLE], anchors=[other]) == "certificate/anchor"


@pytest.mark.parametrize("chain", [[], [LEAF] * 9])
def test_no_chain_or_an_endless_one_is_refused(chain):
    assert _refused(chain) == "certificate/chain"


def test_a_chain_with_a_link_missing_or_out_of_order_is_refused():
    assert _refused([LEAF]) == "certificate/anchor"
    assert _refused([LEAF, ROOT]) == "certificate/issuer"
    assert _refused([ROOT, LEAF], anchors=[MIDDLE]) == "certificate/issuer"


def test_a_link_signed_by_another_key_under_the_same_name_is_refused():
    forged = _issue("leaf", "middle", ca=False, signer="evil")
    assert _refused([forged, MIDDLE]) == "certificate/issuer"


@pytest.mark.parametrize("ca", [False, None])
def test_an_issuer_that_is_no_authority_is_refused(ca):
    assert _refused([LEAF, _issue("middle", "root", ca=ca)]) == "certificate/authority"


def test_a_path_longer_than_its_authority_allows_is_refused():
    short = _issue("root", "root", path_length=0)
    assert _refused([LEAF, MIDDLE], anchors=[short]) == "certificate/authority"


def test_a_certificate_outside_its_validity_is_refused():
    assert _refused([LEAF, MIDDLE], now=NOW + dt.timedelta(400)) == "certificate/validity"
    assert _refused([LEAF, _issue("middle", "root", days=-1)]) == "certificate/validity"
