"""Peers that an authority vouches for, in the configuration file: each mistake is explained."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from sdg_connector.adapters.configuration import (
    ConfigurationRefused,
    look_over,
    read_configuration,
)
from sdg_connector.adapters.configured_peers import agreements_of
from tests.support.authorities import SIGNS, Authority
from tests.support.installation import installation

NOW = datetime.now(UTC).replace(microsecond=0)
PARTY = "CN=AP_ES,O=Agencia,C=ES"
PEER = 'certificate = "trust/es-as4.pem"'
AUTHORITY = 'authorities = "trust/es-ca.pem"'
KEY = rsa.generate_private_key(65537, 2048)


def at_hand(authority: Authority, subject: str, **more: object) -> bytes:
    valid = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=300)}
    return authority.issue(subject, KEY, **{**valid, **more}).public_bytes(Encoding.PEM)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An installation whose peer has a certificate of an authority."""
    found = installation(tmp_path, now=NOW)
    key = rsa.generate_private_key(65537, 2048)
    root = Authority("CN=Root", key)
    valid = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=300)}
    root.certificate = root.issue("CN=Root", key, ca=True, **valid)
    trust = tmp_path / "trust"
    (trust / "es-ca.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (trust / "es-as4.pem").write_bytes(at_hand(root, PARTY))
    (trust / "es-as4-2027.pem").write_bytes(at_hand(root, PARTY))
    (trust / "party.pem").write_bytes(at_hand(root, PARTY, usage=SIGNS))
    return found


def written(file: Path, more: str) -> Path:
    text = file.read_text()
    assert PEER in text
    file.write_text(text.replace(PEER, f"{PEER}\n{more}"))
    return file


def vouched(settings: str) -> str:
    return f"vouched_for = {{ {settings} }}"


@pytest.mark.parametrize(
    ("settings", "where", "word"),
    [
        (vouched(AUTHORITY), "vouched_for.subject", "the name that was agreed"),
        (vouched('subject = "CN=x"'), "vouched_for.authorities", "text"),
        (vouched(f'{AUTHORITY}, dns_name = "a b"'), "vouched_for.dns_name", "host name"),
        (vouched(f'{AUTHORITY}, name = "x"'), "vouched_for.name", "no such setting"),
        (
            vouched(f'{AUTHORITY}, subject = "CN=x"')
            + '\nnext_certificate = "trust/es-as4-2027.pem"',
            "next_certificate",
            "expected none",
        ),
    ],
)
def test_what_is_missing_or_too_much_is_said(file, settings, where, word):
    with pytest.raises(ConfigurationRefused) as refused:
        read_configuration(written(file, settings), environment={})
    found = {one.where: one.message for one in refused.value.mistakes}
    assert word in found[f"access_point.peers[0].{where}"]


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        (f'{AUTHORITY}, subject = "AP_ES"', "RFC 4514"),
        (f'{AUTHORITY}, subject = "CN=Another"', "certificate/name"),
        ('authorities = "trust/party.pem", subject = "CN=x"', "no authority"),
        (f'authorities = "trust/es-node.pem", subject = "{PARTY}"', "no authority"),
    ],
)
def test_an_authority_or_a_name_that_does_not_fit_is_explained(file, settings, word):
    configuration = read_configuration(written(file, vouched(settings)), environment={})
    mistakes = look_over(configuration, now=NOW).mistakes
    assert [one.where for one in mistakes] == ["access_point.peers[0].vouched_for"]
    assert word in mistakes[0].message


def test_a_peer_that_is_vouched_for_signs_with_what_its_authority_certifies(file):
    settings = vouched(f'{AUTHORITY}, subject = "{PARTY}"')
    configuration = read_configuration(written(file, settings), environment={})
    found = look_over(configuration, now=NOW)
    assert found.mistakes == ()
    watched = [one.setting for one in found.certificates]
    assert "access_point.peers[0].vouched_for.authorities" in watched
    peer = agreements_of(configuration).party("AP_ES")
    assert (peer.signing, peer.encryption is not None) == ((), True)
    assert peer.vouched is not None
    assert peer.vouched.revocation.grace == timedelta(hours=4)


def test_the_next_certificate_of_a_peer_is_accepted_beside_the_one_before(file):
    settings = 'next_certificate = "trust/es-as4-2027.pem"'
    configuration = read_configuration(written(file, settings), environment={})
    peer = agreements_of(configuration).party("AP_ES")
    assert len({one.fingerprint for one in peer.signing}) == 2
    assert peer.recipient == peer.signing[0]
