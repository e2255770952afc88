"""Keys for a test bench: every kind loads where the library signs, and nothing is overwritten."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from typer.testing import CliRunner

from sdg_connector.adapters.key_kinds import KeyKind
from sdg_connector.cli.app import app
from xmltrust import SigningKey

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


@pytest.mark.parametrize("kind", [one for one in KeyKind if one is not KeyKind.RSA_4096])
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
