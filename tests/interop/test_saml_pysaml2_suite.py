"""pysaml2's own tests of signatures and encryption pass on our backend; the rest, with reasons."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.peer, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
SUITE = ROOT / ".peers" / "pysaml2" / "tests"
FILES = [
    "test_40_sigver.py",
    "test_41_response.py",
    "test_42_enc.py",
    "test_44_authnresp.py",
    "test_50_server.py",
    "test_51_client.py",
    "test_52_default_sign_alg.py",
    "test_93_hok.py",
]
CHOSEN = "not NonAscii and (not test_50_server or sign or encrypt)"
"""Without the second run of each test with other names, and without what no key takes part in."""

SHA1 = "demands a signature with SHA-1, which we never make"
CBC = "decrypts a sample of another vendor in AES-CBC, which we never open"
PYSAML2 = "fails on xmlsec1 too: pysaml2 calls what newer releases of pyOpenSSL no longer have"
NOT_PASSING = {
    "test_40_sigver.py::test_okta": CBC,
    "test_52_default_sign_alg.py::TestSignedResponse::test_signed_response": SHA1,
    "test_52_default_sign_alg.py::TestSignedResponse::test_signed_response_1": SHA1,
    "test_41_response.py::TestResponse::test_false_sign": PYSAML2,
    **{
        f"test_50_server.py::TestServer1::test_encrypted_{name}": PYSAML2
        for name in (
            *(f"signed_response_{number}" for number in (1, 2, 3, 4)),
            *(f"response_{number}" for number in (1, 2, 3, 6)),
        )
    },
    **{
        f"test_51_client.py::TestClient::test_response_{number}": PYSAML2 for number in (2, 5, 6, 8)
    },
}


def test_pysaml2s_own_tests_pass_on_our_backend_but_for_the_named_ones() -> None:
    if not SUITE.is_dir():
        pytest.skip("pysaml2's tests are not in .peers/pysaml2 (.ci/run takes them from Debian)")
    plugins = ROOT / "tests" / "interop" / "peers"
    quiet = ["-q", "-rA", "--tb=no", "--show-capture=no", "-p", "no:cacheprovider"]
    apart = ["-c", "/dev/null", "--rootdir", ".", "-p", "pysaml2_plugin"]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pytest", *quiet, *apart, "-k", CHOSEN, *FILES],
        cwd=SUITE,
        env={**ours, "PYTHONPATH": f"{ROOT}:{plugins}:{SUITE}"},
        capture_output=True,
        check=False,
        text=True,
        timeout=240,
    )
    outcomes = dict(
        reversed(line)
        for line in re.findall(r"^(PASSED|FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    )
    missed = {name for name, outcome in outcomes.items() if outcome != "PASSED"}
    assert missed <= set(NOT_PASSING), done.stdout[-2000:]
    assert len(outcomes) - len(missed) >= 90, done.stdout[-2000:] + done.stderr[-500:]
