"""Two access points in memory: Latvia sends, Spain receives."""

from dataclasses import replace
from datetime import datetime

import pytest

from sdg_connector.as4 import SecurityProfile
from tests.support.as4_pair import NOW, PAYLOADS, Pair, make_pair, modern_keys, new_id, rsa_keys


@pytest.fixture(scope="session")
def pair() -> Pair:
    """Profile 1.15: RSA on both sides."""
    return make_pair(rsa_keys("lv"), rsa_keys("es"), SecurityProfile.RSA)


@pytest.fixture(scope="session")
def modern_pair() -> Pair:
    """Profile 2.0: Ed25519 and X25519 on both sides."""
    return make_pair(modern_keys("lv"), modern_keys("es"), SecurityProfile.EDDSA)


@pytest.fixture(scope="session")
def stranger(pair: Pair) -> Pair:
    """Somebody who says to be Latvia, with a key of their own."""
    return replace(pair, sender_keys=rsa_keys("lv"))


@pytest.fixture(scope="session")
def now() -> datetime:
    """The moment at which everything happens."""
    return NOW


@pytest.fixture(scope="session", name="new_id")
def make_id():
    """Makes identifiers."""
    return new_id


@pytest.fixture(scope="session")
def payloads():
    """A query and a document."""
    return PAYLOADS


@pytest.fixture(scope="session")
def packed_once(pair: Pair):
    """A pair, one message between them, and what it carries."""
    return pair, pair.pack(), [payload.content for payload in PAYLOADS]
