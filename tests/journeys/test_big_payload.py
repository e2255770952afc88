"""Evidence of any size passes from store to store in flat memory."""

import os

import pytest

from tests.support.big_payload import both_ways

MEGABYTE = 1024**2
KILOBYTES = 1024
"""Of a megabyte: what the kernel counts memory in."""


def _octets_of(megabytes: int) -> int:
    return megabytes * MEGABYTE


def test_an_evidence_of_30_mb_never_stands_in_memory_whole(tmp_path):
    """Imports made on the way are counted too, some 9 MB of them in the sender."""
    sent, received = both_ways(tmp_path, _octets_of(30))
    assert sent["sha256"] == received["sha256"]
    for side in (sent, received):
        grown = side["peak"] - side["before"]
        assert grown < 40 * KILOBYTES, f"{grown} kB more at the peak than before"


@pytest.mark.soak
def test_an_evidence_of_1_gb_takes_less_than_150_mb_on_either_side(tmp_path):
    megabytes = int(os.environ.get("SDG_BIG_PAYLOAD", "1024"))
    sent, received = both_ways(tmp_path, _octets_of(megabytes))
    assert sent["sha256"] == received["sha256"]
    assert max(sent["peak"], received["peak"]) < 150 * KILOBYTES
