"""A second PKCS#11 module, openCryptoki's software token: RSA-OAEP with SHA-256 inside a module."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
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

from sdg_connector.errors import OwnMistake
from tests.support.saml_world import Party
from xmltrust import (
    DecryptionFailed,
    SignatureAlgorithm,
    decrypt_element,
    encrypt_element,
    parse,
    sign_enveloped,
    verify_enveloped,
)

pytestmark = pytest.mark.peer

LIBRARIES = sorted(Path("/usr/lib").glob("*/opencryptoki/libopencryptoki.so.0"))
FACTORY, LABEL = "IBM OS PKCS#11", "sdg-connector test"
FACTORY_PIN, FIRST_PIN, OWNER_PIN, PIN = "87654321", "47114711", "12344321", "11741174"
KEY = f"rsa-{os.getpid()}"
ROOT = "{urn:m}Message"
DOCUMENT = b'<m:Message xmlns:m="urn:m" ID="r1"><m:N>x</m:N></m:Message>'


@pytest.fixture(scope="module")
def module() -> tuple[Any, Path]:
    """The module with its daemon; skips where it is missing or somebody else's token is in it."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed (extra hsm)")
    if not LIBRARIES or not shutil.which("pkcsslotd") or os.geteuid() != 0:
        pytest.skip("openCryptoki is not installed (Debian: opencryptoki), or we are not root")
    started = not _running()
    if started:
        Path("/var/lock/opencryptoki").mkdir(parents=True, exist_ok=True)
        subprocess.run(["pkcsslotd"], check=True, capture_output=True, timeout=30)
    from sdg_connector.adapters import hardware_keys  # noqa: PLC0415  needs python-pkcs11

    if started:
        _end_after_us(_running()[0])
    _prepare()
    return hardware_keys, LIBRARIES[0]


def _running() -> list[int]:
    found = subprocess.run(["pgrep", "-x", "pkcsslotd"], capture_output=True, check=False)
    return [int(line) for line in found.stdout.split()]


def _end_after_us(daemon: int) -> None:
    """The daemon will not end while a process uses the module, and this one does until it ends."""
    waiting = f"(while kill -0 {os.getpid()}; do sleep 1; done; kill {daemon}) >/dev/null 2>&1 &"
    subprocess.run(["sh", "-c", waiting], check=True, start_new_session=True, timeout=30)


def _prepare() -> None:
    """Give the software token a label and a PIN of ours, unless it has them already."""
    number, label = _token()
    if label == LABEL:
        return
    if label != FACTORY:
        pytest.skip(f"the software token belongs to somebody: {label}")
    _conf("-I", "-c", number, "-S", FACTORY_PIN, given=f"{LABEL}\n")
    _conf("-P", "-c", number, "-S", FACTORY_PIN, "-n", OWNER_PIN)
    _conf("-u", "-c", number, "-S", OWNER_PIN, "-n", FIRST_PIN)
    _conf("-p", "-c", number, "-U", FIRST_PIN, "-n", PIN)


def _token() -> tuple[str, str]:
    for _ in range(20):
        listed = _conf("-t")
        for one in listed.split("Token #")[1:]:
            if "Model: IBM SoftTok" in one:
                return one.partition(" ")[0], one.partition("Label: ")[2][:32].strip()
        time.sleep(0.1)
    pytest.skip("openCryptoki has no software token")


def _conf(*arguments: str, given: str = "") -> str:
    done = subprocess.run(
        ["pkcsconf", *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stdout


@pytest.fixture(scope="module")
def rsa() -> Party:
    """The key that goes into the token."""
    return Party.make("rsa", "rsa")


@pytest.fixture(scope="module")
def token(module: tuple[Any, Path], rsa: Party) -> Iterator[Any]:
    """The token with the key in it, as long as the tests run."""
    import pkcs11  # noqa: PLC0415  may be missing
    from pkcs11.util.rsa import decode_rsa_private_key  # noqa: PLC0415

    hardware, library = module
    private = load_pem_private_key(rsa.key, None)
    der = private.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    uses = (
        pkcs11.Attribute.TOKEN,
        pkcs11.Attribute.PRIVATE,
        pkcs11.Attribute.SIGN,
        pkcs11.Attribute.DECRYPT,
    )
    kept = pkcs11.lib(str(library)).get_token(token_label=LABEL)
    # A process logs in once at a time, so the key is put in, used and taken out one after another.
    with kept.open(rw=True, user_pin=PIN) as session:
        session.create_object(
            decode_rsa_private_key(der) | dict.fromkeys(uses, True) | {pkcs11.Attribute.LABEL: KEY}
        )
    with hardware.HardwareToken.open(library, token=LABEL, pin=PIN) as opened:
        yield opened
    with kept.open(rw=True, user_pin=PIN) as session:
        for made in list(session.get_objects({pkcs11.Attribute.LABEL: KEY})):
            made.destroy()


def test_the_module_opens_oaep_with_sha_256_and_no_altered_one(token: Any, rsa: Party) -> None:
    sealed = parse(etree.tostring(encrypt_element(parse(DOCUMENT), recipient=rsa.certificate)))
    octets = etree.tostring(sealed)
    assert b"mgf1sha256" in octets
    assert b"xmlenc#sha256" in octets
    key = token.decryption_key(KEY, rsa.certificate)
    assert decrypt_element(sealed, keys=[key], expected=ROOT)[0].text == "x"
    other = parse(etree.tostring(encrypt_element(parse(DOCUMENT), recipient=rsa.certificate)))
    values = [
        next(one.iter("{http://www.w3.org/2001/04/xmlenc#}CipherValue")) for one in (other, sealed)
    ]
    values[0].text = values[1].text
    with pytest.raises(DecryptionFailed):
        decrypt_element(other, keys=[key], expected=ROOT)


@pytest.mark.parametrize(
    "algorithm", [one for one in SignatureAlgorithm if one.is_pss], ids=lambda one: one.name
)
def test_a_module_that_knows_pss_alone_signs(
    token: Any, rsa: Party, algorithm: SignatureAlgorithm
) -> None:
    key = token.signing_key(KEY, (rsa.certificate,))
    data = sign_enveloped(parse(DOCUMENT), key=key, algorithm=algorithm, after=None)
    assert verify_enveloped(data, trusted=rsa.trusted, expected_root=ROOT)


def test_a_certificate_of_another_key_stops_the_start(token: Any) -> None:
    other = Party.make("other", "rsa")
    with pytest.raises(OwnMistake, match="does not belong"):
        token.signing_key(KEY, (other.certificate,))
    with pytest.raises(OwnMistake, match="does not belong"):
        token.decryption_key(KEY, other.certificate)
