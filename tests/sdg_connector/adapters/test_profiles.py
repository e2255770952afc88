"""The agreed cryptography in the configuration file: keys of another kind are explained."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from sdg_connector.adapters.configuration import (
    ConfigurationRefused,
    look_over,
    read_configuration,
)
from sdg_connector.adapters.configured_exchanges import access_of, client_of
from sdg_connector.adapters.exchanges import EmbeddedAccess
from sdg_connector.as4 import SecurityProfile
from tests.support.as4_pair import certificate, pem
from tests.support.installation import installation

NOW = datetime.now(UTC)
OWN = 'keys = { key = "keys/as4.key.pem", certificate = "keys/as4.pem" }'
DECRYPTION = 'decryption = { key = "keys/x25519.key.pem", certificate = "keys/x25519.pem" }'
PEER = 'certificate = "trust/es-as4.pem"'
BESIDE = 'encryption_certificate = "trust/es-x25519.pem"'


def write(folder: Path, name: str, key: object, signer: object = None) -> None:
    (folder / f"{name}.key.pem").write_bytes(pem(key))
    (folder / f"{name}.pem").write_bytes(certificate(name, key, signer or key, at=NOW))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return installation(tmp_path, now=NOW)


def agreed(file: Path, kind: str) -> Path:
    """The installation with keys of a kind on both sides."""
    keys = {"eddsa": ed25519.Ed25519PrivateKey.generate} | {
        "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1())
    }
    for name in ("keys/as4", "trust/es-as4"):
        signing = keys[kind]()
        write(file.parent, name, signing)
        if kind == "eddsa":
            beside = name.replace("es-as4", "es-x25519").replace("as4", "x25519")
            write(file.parent, beside, x25519.X25519PrivateKey.generate(), signing)
    return file


def changed(file: Path, *changes: tuple[str, str]) -> Path:
    text = file.read_text()
    for old, new in changes:
        assert f"\n{old}\n" in text
        text = text.replace(f"\n{old}\n", f"\n{new}\n")
    file.write_text(text)
    return file


def test_a_profile_without_a_key_that_it_needs_is_refused(file):
    wrong = changed(file, (OWN, f'{OWN}\nprofile = "eddsa"'))
    with pytest.raises(ConfigurationRefused) as refused:
        read_configuration(wrong, environment={})
    assert [one.where for one in refused.value.mistakes] == ["access_point.decryption"]


@pytest.mark.parametrize("kind", ["eddsa", "ecdsa"])
def test_keys_of_another_kind_are_found_on_both_sides(file, kind):
    settings = f'{OWN}\nprofile = "{kind}"'
    if kind == "eddsa":
        settings += f"\n{DECRYPTION.replace('x25519', 'as4')}"
    configuration = read_configuration(changed(file, (OWN, settings)), environment={})
    found = {one.where: one.message for one in look_over(configuration, now=NOW).mistakes}
    decryption = "decryption" if kind == "eddsa" else "keys"
    assert set(found) == {
        "access_point.keys",
        f"access_point.{decryption}",
        "access_point.peers[0]",
    }
    assert all("eDelivery AS4 2.0" in one for one in found.values())


def test_a_key_on_a_curve_does_not_travel_by_the_older_profile(file):
    configuration = read_configuration(agreed(file, "ecdsa"), environment={})
    mistakes = look_over(configuration, now=NOW).mistakes
    assert {one.where for one in mistakes} == {"access_point.keys", "access_point.peers[0]"}
    assert "1.15" in mistakes[0].message


@pytest.mark.parametrize(
    ("kind", "own", "peer"),
    [
        ("ecdsa", OWN, PEER),
        ("eddsa", f"{OWN}\n{DECRYPTION}", f"{PEER}\n{BESIDE}"),
    ],
)
def test_either_profile_of_the_second_version_is_one_line(file, kind, own, peer):
    settings = ((OWN, f'{own}\nprofile = "{kind}"'), (PEER, peer))
    configuration = read_configuration(changed(agreed(file, kind), *settings), environment={})
    assert look_over(configuration, now=NOW).mistakes == ()
    access = access_of(configuration, client_of(configuration))
    assert isinstance(access, EmbeddedAccess)
    assert {one.leg.profile for one in access.agreements.pmodes} == {SecurityProfile(kind)}
    peer_point = access.agreements.party("AP_ES")
    beside = "trust/es-x25519.pem" if kind == "eddsa" else "trust/es-as4.pem"
    shown = x509.load_pem_x509_certificate((file.parent / beside).read_bytes())
    assert peer_point.recipient.der == shown.public_bytes(Encoding.DER)
    if kind == "eddsa":
        kept = load_pem_private_key((file.parent / "keys/x25519.key.pem").read_bytes(), None)
        assert access.keys.decryption.public_key == kept.public_key()
