"""Keys for a test bench: every kind loads where the library signs, and nothing is overwritten."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from typer.testing import CliRunner

from sdg_connector.adapters.key_kinds import KeyKind
from sdg_connector.adapters.new_keys import key_pem
from sdg_connector.as4 import Keys
from sdg_connector.as4.pmode import SecurityProfile
from sdg_connector.cli.app import app
from tests.support.as4_pair import PAYLOADS, make_pair
from xmltrust import DecryptionKey, SigningKey

run = CliRunner()


def test_a_key_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "node.key.pem").write_text("precious")
    result = run.invoke(app, ["keys", "make", "node", "--out", str(tmp_path), "--kind", "p-256"])
    assert result.exit_code == 2
    assert (tmp_path / "node.key.pem").read_text() == "precious"
    assert not (tmp_path / "node.pem").exists()


def test_a_country_that_is_no_code_is_refused_in_words(tmp_path: Path) -> None:
    result = run.invoke(
        app, ["keys", "make", "node", "--out", str(tmp_path), "--country", "Latvia"]
    )
    assert result.exit_code == 2
    assert "cannot be made" in result.stderr
    assert list(tmp_path.iterdir()) == []


def keys_of_profile_two(folder: Path) -> Keys:
    """As a tester makes them."""
    for command in (
        ["signing", "--kind", "ed25519"],
        ["agreeing", "--kind", "x25519", "--signed-by", "signing"],
    ):
        result = run.invoke(app, ["keys", "make", *command, "--out", str(folder)])
        assert result.exit_code == 0, result.output
    pem = {path.name: path.read_bytes() for path in folder.iterdir()}
    return Keys(
        signing=SigningKey.load(pem["signing.key.pem"], pem["signing.pem"]),
        decryption=DecryptionKey.load(pem["agreeing.key.pem"], pem["agreeing.pem"]),
    )


SIGNING = [one for one in KeyKind if one not in {KeyKind.RSA_4096, KeyKind.X25519}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--signed-by NAME names the key"),
        (["--signed-by", "nobody"], "cannot be made"),
        (["--signed-by", "signing", "--csr"], "cannot sign a request"),
        (["--signed-by", "other"], "holds no RSA"),
        (["--kind", "p-256", "--signed-by", "signing"], "and no other"),
    ],
)
def test_a_key_that_cannot_be_certified_so_is_not_made(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "other.key.pem").write_bytes(key_pem(X25519PrivateKey.generate(), password=None))
    (tmp_path / "other.pem").write_bytes(b"not read")
    before = sorted(tmp_path.iterdir())
    command = ["keys", "make", "agreeing", "--out", str(tmp_path), "--kind", "x25519"]
    result = run.invoke(app, command + arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_the_keys_of_profile_two_exchange_a_message(tmp_path: Path) -> None:
    pair = make_pair(
        *(keys_of_profile_two(tmp_path / side) for side in "ab"), SecurityProfile.EDDSA
    )
    now = datetime.now(UTC)
    packed = pair.pack(timestamp=now)
    received = pair.accept(packed.content_type, packed.body, now=now)
    assert [one.read() for one in received.payloads] == [one.content for one in PAYLOADS]


@pytest.mark.parametrize("kind", SIGNING)
def test_a_made_key_is_one_that_the_library_signs_with(tmp_path: Path, kind: KeyKind) -> None:
    result = run.invoke(app, ["keys", "make", "node", "--out", str(tmp_path), "--kind", kind.value])
    assert result.exit_code == 0, result.output
    key = (tmp_path / "node.key.pem").read_bytes()
    assert (tmp_path / "node.key.pem").stat().st_mode & 0o077 == 0
    assert SigningKey.load(key, (tmp_path / "node.pem").read_bytes())


def test_a_password_from_the_environment_encrypts_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDG_KEY_PASSWORD", "correct horse")
    run.invoke(app, ["keys", "make", "node", "--out", str(tmp_path), "--kind", "p-256", "--csr"])
    pem = (tmp_path / "node.key.pem").read_bytes()
    with pytest.raises(TypeError):
        load_pem_private_key(pem, None)
    assert load_pem_private_key(pem, b"correct horse")
    request = x509.load_pem_x509_csr((tmp_path / "node.csr.pem").read_bytes())
    assert request.is_signature_valid
