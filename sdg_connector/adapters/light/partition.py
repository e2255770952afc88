"""In which part of a Hazelcast cluster an entry lies: MurmurHash3 (x86, 32 bits) of its key.

https://github.com/aappleby/smhasher/wiki/MurmurHash3
"""

import struct
from typing import Final

_SEED: Final = 0x01000193
_ALL: Final = 0xFFFFFFFF
_LOWEST: Final = -0x80000000


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a serialized key (without its head) among so many."""
    found = murmur3(key)
    signed = found - 0x100000000 if found & 0x80000000 else found
    return 0 if signed == _LOWEST else abs(signed) % partitions


def murmur3(octets: bytes) -> int:
    """The hash, as a number without a sign."""
    whole = len(octets) // 4 * 4
    found = _SEED
    for (block,) in struct.iter_unpack("<I", octets[:whole]):
        found ^= _mixed(block)
        found = (_turned(found, 13) * 5 + 0xE6546B64) & _ALL
    found ^= _mixed(int.from_bytes(octets[whole:], "little")) ^ len(octets)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        found ^= found >> shift
        found = found * factor & _ALL
    return found


def _mixed(block: int) -> int:
    return _turned(block * 0xCC9E2D51 & _ALL, 15) * 0x1B873593 & _ALL


def _turned(number: int, bits: int) -> int:
    return (number << bits | number >> (32 - bits)) & _ALL
