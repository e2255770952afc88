"""A real PKCS#11 module, SoftHSM2 of Debian: keys that never leave their token."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from lxml import etree

import eidas
from sdg_connector.errors import OwnMistake
from tests.support.installation import installation
from tests.support.saml_world import Party, SamlWorld
from xmltrust import (
    DecryptionFailed,
    EncryptionPolicy,
    SignatureAlgorithm,
    SignaturePolicy,
    decrypt_element,
    encrypt_element,
    parse,
    sign_enveloped,
    verify_enveloped,
)

pytestmark = pytest.mark.peer

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, LABEL = "4711", "portal"
ROOT = "{urn:m}Message"
PUBLISH = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from eidas import service_provider_metadata
from sdg_connector.adapters.configuration import read_configuration
from sdg_connector.ports import Unobserved
from sdg_connector.web.configured import parts_of

ours = parts_of(read_configuration(Path(sys.argv[1])), observer=Unobserved()).service_provider
sys.stdout.buffer.write(
    service_provider_metadata(
        ours, now=datetime.now(UTC), new_id=lambda: "_1", valid_for=timedelta(days=1)
    )
)
"""
DOCUMENT = b'<m:Message xmlns:m="urn:m" ID="r1"><m:N>x</m:N></m:Message>'


@pytest.fixture(scope="module")
def parties() -> dict[str, Party]:
    """The keys that go into the token, and ``other``, which does not."""
    return {
        name: Party.make(name, name.partition("-")[0]) for name in ("rsa", "p256", "p256-other")
    }


@pytest.fixture(scope="module")
def hardware() -> Any:
    """The adapter; skips where python-pkcs11 or SoftHSM2 is missing."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed (extra hsm)")
    if not LIBRARY.exists() or not shutil.which("softhsm2-util"):
        pytest.skip("SoftHSM2 is not installed (Debian: softhsm2)")
    from sdg_connector.adapters import hardware_keys  # noqa: PLC0415  needs python-pkcs11

    return hardware_keys


@pytest.fixture(scope="module")
def token(
    hardware: Any, parties: dict[str, Party], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A new token that holds the two keys."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    initial = ["--init-token", "--free", "--label", LABEL, "--so-pin", PIN, "--pin", PIN]
    subprocess.run(["softhsm2-util", *initial], check=True, capture_output=True, timeout=30)
    _import(parties)
    with hardware.HardwareToken.open(LIBRARY, token=LABEL, pin=PIN) as opened:
        yield opened
    del os.environ["SOFTHSM2_CONF"]


def _import(parties: dict[str, Party]) -> None:
    import pkcs11  # noqa: PLC0415  may be missing
    from pkcs11.util.ec import decode_ec_private_key  # noqa: PLC0415
    from pkcs11.util.rsa import decode_rsa_private_key  # noqa: PLC0415

    token = pkcs11.lib(str(LIBRARY)).get_token(token_label=LABEL)
    uses = (pkcs11.Attribute.TOKEN, pkcs11.Attribute.PRIVATE, pkcs11.Attribute.SIGN)
    with token.open(rw=True, user_pin=PIN) as session:
        for name, decode, use in (
            ("rsa", decode_rsa_private_key, pkcs11.Attribute.DECRYPT),
            ("p256", decode_ec_private_key, pkcs11.Attribute.DERIVE),
        ):
            private = load_pem_private_key(parties[name].key, None)
            der = private.private_bytes(
                Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()
            )
            attributes = decode(der) | dict.fromkeys((*uses, use), True)
            session.create_object(attributes | {pkcs11.Attribute.LABEL: name})


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("rsa", SignatureAlgorithm.RSA_PSS_SHA256),
        ("rsa", SignatureAlgorithm.RSA_PSS_SHA512),
        ("rsa", SignatureAlgorithm.RSA_SHA256),
        ("p256", SignatureAlgorithm.ECDSA_SHA256),
        ("p256", SignatureAlgorithm.ECDSA_SHA512),
    ],
)
def test_the_module_signs_and_the_signature_holds(
    token: Any, parties: dict[str, Party], name: str, algorithm: SignatureAlgorithm
) -> None:
    key = token.signing_key(name, (parties[name].certificate,))
    data = sign_enveloped(parse(DOCUMENT), key=key, algorithm=algorithm, after=None)
    policy = SignaturePolicy().with_rsa_pkcs1()
    trusted = parties[name].trusted
    assert verify_enveloped(data, trusted=trusted, policy=policy, expected_root=ROOT)


def test_the_module_agrees_on_a_key_and_opens_what_was_sealed(
    token: Any, parties: dict[str, Party]
) -> None:
    certificate = parties["p256"].certificate
    sealed = parse(etree.tostring(encrypt_element(parse(DOCUMENT), recipient=certificate)))
    key = token.decryption_key("p256", certificate)
    assert decrypt_element(sealed, keys=[key], expected=ROOT)[0].text == "x"


def test_the_module_opens_the_oaep_that_it_knows(
    token: Any, parties: dict[str, Party], tmp_path: Path
) -> None:
    # SoftHSM2 2.6 knows RSA-OAEP with SHA-1 only, which is what older nodes send.
    world = _world(parties, tmp_path)
    answer = parse(world.older_answer("_request"))
    data = next(answer.iter("{http://www.w3.org/2001/04/xmlenc#}EncryptedData"))
    key = token.decryption_key("rsa", parties["rsa"].certificate)
    policy = EncryptionPolicy().with_oaep_mgf1p()
    expected = "{urn:oasis:names:tc:SAML:2.0:assertion}Assertion"
    assert decrypt_element(data, keys=[key], policy=policy, expected=expected).get("ID")


def test_an_oaep_that_the_module_does_not_know_fails_like_every_decryption(
    token: Any, parties: dict[str, Party], caplog: pytest.LogCaptureFixture
) -> None:
    certificate = parties["rsa"].certificate
    sealed = encrypt_element(parse(DOCUMENT), recipient=certificate)
    with pytest.raises(DecryptionFailed):
        decrypt_element(sealed, keys=[token.decryption_key("rsa", certificate)], expected=ROOT)
    assert "did not decrypt" in caplog.text


def _world(parties: dict[str, Party], folder: Path) -> SamlWorld:
    return SamlWorld(
        portal=parties["p256"],
        encryption=parties["rsa"],
        node=parties["p256-other"],
        algorithm=SignatureAlgorithm.ECDSA_SHA256,
        asking=SignatureAlgorithm.ECDSA_SHA256,
        folder=folder,
    )


def test_a_whole_login_whose_portal_has_its_keys_in_the_module(
    token: Any, parties: dict[str, Party], tmp_path: Path
) -> None:
    world = replace(_world(parties, tmp_path), encryption=parties["p256"])
    shown = parties["p256"].certificate
    provider = replace(
        world.provider,
        signing_key=token.signing_key("p256", (shown,)),
        decryption_keys=(token.decryption_key("p256", shown),),
    )
    pending, form = eidas.request_login(
        provider,
        node=world.known_node,
        level=eidas.LevelOfAssurance.SUBSTANTIAL,
        browser_session="browser",
        now=world.now,
        new_id=world.new_id,
    )
    assert isinstance(form, eidas.LoginForm)
    request = world.read(dict(form.fields)["SAMLRequest"])
    identity = eidas.accept_response(
        world.answered(request),
        pending=pending,
        service_provider=provider,
        node=world.known_node,
        browser_session="browser",
        now=datetime.now(UTC),
        replay=eidas.MemoryReplayGuard(),
    )
    assert identity.natural_person is not None


def test_an_installation_has_its_keys_in_the_module_by_its_configuration(
    token: Any, parties: dict[str, Party], tmp_path: Path
) -> None:
    file = installation(tmp_path, now=datetime.now(UTC))
    text = file.read_text()
    for name, label in (("signing", "p256"), ("encryption", "p256"), ("keys", "rsa")):
        (tmp_path / f"{label}.pem").write_bytes(parties[label].shown)
        held = f'{name} = {{ label = "{label}", certificate = "{label}.pem" }}'
        text = re.sub(rf"^{name} = .*$", held, text, flags=re.MULTILINE)
    module = f'[hardware]\nlibrary = "{LIBRARY}"\ntoken = "{LABEL}"\npin = {{ env = "HSM_PIN" }}\n'
    file.write_text(text.replace("[store]\n", f"{module}\n[store]\n", 1))
    # A process of its own: a token knows one login in each.
    check = [sys.executable, "-m", "sdg_connector.cli", "config", "check", str(file)]
    without = subprocess.run(check, check=False, capture_output=True, text=True, timeout=60)
    assert without.returncode == 1
    assert "the variable HSM_PIN is not set" in without.stderr
    known = os.environ | {"HSM_PIN": PIN}
    subprocess.run(check, check=True, capture_output=True, env=known, timeout=60)
    publish = [sys.executable, "-c", PUBLISH, str(file)]
    published = subprocess.run(publish, check=True, capture_output=True, env=known, timeout=60)
    assert eidas.ConnectorMetadata.read(
        published.stdout, trusted=parties["p256"].trusted, now=datetime.now(UTC)
    )


@pytest.mark.parametrize(
    ("token_label", "pin", "library"),
    [("nobody", PIN, LIBRARY), (LABEL, "0000", LIBRARY), (LABEL, PIN, Path("/none.so"))],
)
def test_a_token_that_does_not_open_is_our_own_mistake_and_the_pin_is_not_shown(
    token: Any, hardware: Any, token_label: str, pin: str, library: Path
) -> None:
    with pytest.raises(OwnMistake) as mistake:
        hardware.HardwareToken.open(library, token=token_label, pin=pin)
    assert pin not in str(mistake.value)


def test_a_key_that_is_not_there_or_another_keys_certificate_stops_the_start(
    token: Any, parties: dict[str, Party]
) -> None:
    other = parties["p256-other"].certificate
    with pytest.raises(OwnMistake, match="no single private key"):
        token.signing_key("nothing", (other,))
    with pytest.raises(OwnMistake, match="does not belong"):
        token.signing_key("p256", (other,))
    with pytest.raises(OwnMistake, match="does not belong"):
        token.decryption_key("p256", other)
    with pytest.raises(OwnMistake, match="does not belong"):
        token.decryption_key("rsa", other)
    with pytest.raises(OwnMistake, match="at least its own certificate"):
        token.signing_key("p256", ())
